package io.dl4jext.fisher.chart;

import java.util.Arrays;
import java.util.stream.IntStream;

/** The points of one run in one panel, in the order of training. */
final class Points {

    final double[] x;
    final double[] y;

    private Points(double[] x, double[] y) {
        this.x = x;
        this.y = y;
    }

    /** Those points of two columns that have a place on both scales; the others are left out. */
    static Points drawable(double[] x, Scale across, double[] y, Scale up) {
        return new Points(x, y)
                .at(IntStream.range(0, x.length)
                        .filter(i -> Double.isFinite(across.place(x[i])) && Double.isFinite(up.place(y[i]))));
    }

    int count() {
        return x.length;
    }

    boolean isEmpty() {
        return x.length == 0;
    }

    /** The first point alone. */
    Points first() {
        return at(IntStream.of(0));
    }

    /** The last point alone. */
    Points end() {
        return at(IntStream.of(x.length - 1));
    }

    private Points at(IntStream indices) {
        int[] kept = indices.toArray();
        return new Points(at(kept, x), at(kept, y));
    }

    /** Some values of a column. */
    static double[] at(int[] indices, double[] column) {
        return Arrays.stream(indices).mapToDouble(index -> column[index]).toArray();
    }

    /**
     * At most {@code most} points that draw the same path.
     *
     * <p>Steps of equal length along the drawn path, not of equal number of points: on a logarithmic axis the first
     * few points of a run can span half the picture and the last thousands fall on one pixel. First and last point are
     * kept, and every point that a long jump leads to.
     *
     * @param most at least 2
     * @param xAxis where a value stands across the panel
     * @param yAxis where a value stands up the panel
     */
    Points thinned(int most, Axis xAxis, Axis yAxis) {
        if (x.length <= most) {
            return this;
        }
        int last = x.length - 1;
        double[] travelled = new double[x.length];
        for (int i = 1; i <= last; i++) {
            double across = xAxis.fraction(x[i]) - xAxis.fraction(x[i - 1]);
            double up = yAxis.fraction(y[i]) - yAxis.fraction(y[i - 1]);
            travelled[i] = travelled[i - 1] + Math.hypot(across, up);
        }
        double step = travelled[last] / (most - 1);
        // The first point of each step: one long jump is not followed by a burst of points. No step, no such point.
        IntStream kept = IntStream.range(0, last)
                .filter(i -> i == 0 || Math.floor(travelled[i] / step) > Math.floor(travelled[i - 1] / step))
                .limit(most - 1);
        return at(IntStream.concat(kept, IntStream.of(last)));
    }
}
