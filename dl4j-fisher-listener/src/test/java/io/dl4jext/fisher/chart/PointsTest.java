package io.dl4jext.fisher.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PointsTest {

    private static Points points(double[] x, double[] y) {
        return Points.drawable(x, Scale.LINEAR, y, Scale.LINEAR);
    }

    private static Axis axis(double... values) {
        return Axis.around("", Scale.LINEAR, Arrays.stream(values));
    }

    @Test
    void whatALogarithmCannotShowIsLeftOut() {
        double[] x = {1, Double.NaN, 3, 4, 5, 6, 7};
        double[] y = {10, 20, 0, -1, Double.POSITIVE_INFINITY, Double.MIN_VALUE, 70};
        Points kept = Points.drawable(x, Scale.LINEAR, y, Scale.LOGARITHMIC);
        assertThat(kept.x).containsExactly(1, 6, 7);
        assertThat(kept.y).containsExactly(10, Double.MIN_VALUE, 70);
    }

    @Test
    void aLinearAxisShowsAllFiniteNumbers() {
        double[] x = {-1, 0, Double.NEGATIVE_INFINITY, 2};
        Points kept = Points.drawable(x, Scale.LINEAR, x, Scale.LINEAR);
        assertThat(kept.x).containsExactly(-1, 0, 2);
    }

    @Test
    void aShortPathIsKeptWhole() {
        Points path = points(new double[] {1, 2, 3}, new double[] {1, 1, 1});
        assertThat(path.thinned(3, axis(path.x), axis(path.y))).isSameAs(path);
    }

    @Test
    void aLongPathKeepsItsShapeWithFewPoints() {
        int n = 100_000;
        double[] x = IntStream.range(0, n).mapToDouble(i -> i).toArray();
        double[] y = IntStream.range(0, n).mapToDouble(i -> Math.log1p(i)).toArray();
        Axis across = axis(x);
        Axis up = axis(y);
        Points thin = points(x, y).thinned(1000, across, up);

        assertThat(thin.count()).isBetween(500, 1000);
        assertThat(thin.x[0]).isZero();
        assertThat(thin.x[thin.count() - 1]).isEqualTo(n - 1);
        assertThat(thin.x).isSorted();
        for (int i = 0; i < thin.count(); i++) {
            assertThat(thin.y[i]).isEqualTo(Math.log1p(thin.x[i]));
            if (i > 0) {
                double step = Math.hypot(
                        across.fraction(thin.x[i]) - across.fraction(thin.x[i - 1]),
                        up.fraction(thin.y[i]) - up.fraction(thin.y[i - 1]));
                // The first single steps of this path are longer than that: then no point was left out.
                assertThat(step <= 0.005 || thin.x[i] - thin.x[i - 1] == 1)
                        .as("gap of %s before point %d", step, i)
                        .isTrue();
            }
        }
    }

    @Test
    void aSingleSpikeOfALongPathIsKept() {
        double[] x = IntStream.range(0, 50_000).mapToDouble(i -> i).toArray();
        double[] y = new double[x.length];
        y[31_234] = 7;
        Points thin = points(x, y).thinned(100, axis(x), axis(y));
        assertThat(thin.count()).isLessThanOrEqualTo(100);
        assertThat(thin.y).contains(7);
    }

    @Test
    void manyEqualPointsBecomeTwo() {
        double[] same = new double[5000];
        Arrays.fill(same, 3);
        Points thin = points(same, same).thinned(1000, axis(same), axis(same));
        assertThat(thin.x).containsExactly(3, 3);
    }

    @Test
    void theEndIsTheLastPoint() {
        Points end = points(new double[] {1, 2}, new double[] {5, 6}).end();
        assertThat(end.x).containsExactly(2);
        assertThat(end.y[0]).isEqualTo(6, within(0.0));
    }
}
