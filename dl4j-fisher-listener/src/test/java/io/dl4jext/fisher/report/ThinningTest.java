package io.dl4jext.fisher.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ThinningTest {

    @Test
    void allStayWhereThereIsRoom() {
        double[] path = {1, 2, 3};
        assertThat(Thinning.rows(List.of(path), path, path, 4)).containsExactly(0, 1, 2);
        assertThat(Thinning.rows(List.of(), new double[0], new double[0], 4)).isEmpty();
    }

    @Test
    void peaksStepsAndTheBeginningOfADivergenceStay() {
        int count = 5000;
        SplittableRandom random = new SplittableRandom(1);
        double[] loss = random.doubles(count).toArray();
        loss[1234] = 99;
        loss[2345] = -99;
        Arrays.fill(loss, 4321, count, Double.NaN);
        double[] rate = new double[count];
        Arrays.fill(rate, 0.01);
        Arrays.fill(rate, 3333, count, 0.1);
        double[] path = new double[count];
        Arrays.setAll(path, i -> 1 + i);
        int[] kept = Thinning.rows(List.of(loss, rate), path, path, 200);
        assertThat(kept)
                .contains(0, 1234, 2345, 3333, 4321, count - 1)
                .isSorted()
                .doesNotHaveDuplicates();
        assertThat(kept.length).isBetween(100, 200);
    }

    @Test
    void theStartOfThePathKeepsItsShape() {
        int count = 10_000;
        double[] energies = new double[count];
        Arrays.setAll(energies, i -> 1 + i);
        double[] conditions = new double[count];
        Arrays.fill(conditions, 5);
        int[] kept = Thinning.rows(List.of(), conditions, energies, 400);
        // Half of the path, in logarithms, are the first hundred rows.
        assertThat(Arrays.stream(kept).filter(i -> i < 100).count()).isBetween(20L, 60L);
    }

    @Test
    void whatIsNoNumberDoesNotBreakThePath() {
        double[] none = new double[50];
        Arrays.fill(none, Double.NaN);
        double[] zero = new double[50];
        assertThat(Thinning.rows(List.of(none), none, zero, 10)).contains(0, 49).hasSizeLessThanOrEqualTo(10);
    }

    @Test
    void soManyFiguresThatTheirExtremesDoNotFit() {
        SplittableRandom random = new SplittableRandom(1);
        double[][] figures = IntStream.range(0, 30)
                .mapToObj(i -> random.doubles(100).toArray())
                .toArray(double[][]::new);
        assertThat(Thinning.rows(List.of(figures), figures[0], figures[1], 8))
                .contains(0, 99)
                .hasSizeLessThanOrEqualTo(8);
    }
}
