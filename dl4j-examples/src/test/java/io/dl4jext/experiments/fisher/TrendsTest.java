package io.dl4jext.experiments.fisher;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.fisher.FisherListener;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrendsTest {

    @Test
    void eachLineOfTheGridHasItsOwnCorrelation() {
        List<Result> grid = grid(0.1, 0.2);
        // Grows with the batch size at the lower rate; at the higher one 1, 3, 2, 4 for the sizes in order.
        double[] measures = {5, 7, 8, 9, 1, 3, 2, 4};
        assertThat(Trends.correlations(
                        grid,
                        result -> result.configuration().batchSize(),
                        result -> result.configuration().learningRate(),
                        result -> measures[grid.indexOf(result)]))
                .containsExactly(1.0, 0.8);
    }

    @Test
    void divergedTrainingsAndUnknownMeasuresAreLeftOut() {
        List<Result> grid = grid(0.1);
        grid.set(3, result(grid.get(3).configuration(), Double.NaN));
        double[] measures = {3, 2, 1, 99};
        assertThat(Trends.correlations(
                        grid,
                        result -> result.configuration().batchSize(),
                        result -> result.configuration().learningRate(),
                        result -> measures[grid.indexOf(result)]))
                .containsExactly(-1.0);
        measures[2] = Double.NaN;
        assertThat(Trends.correlations(
                        grid,
                        result -> result.configuration().batchSize(),
                        result -> result.configuration().learningRate(),
                        result -> measures[grid.indexOf(result)]))
                .isEmpty();
    }

    @Test
    void nothingIsSaidOfTwoPoints() {
        assertThat(Trends.of(grid(0.1).subList(0, 2))).isEmpty();
    }

    private static List<Result> grid(double... rates) {
        List<Result> results = new ArrayList<>();
        for (double rate : rates) {
            for (int size : new int[] {16, 32, 64, 128}) {
                results.add(result(new Configuration(size, rate), 0.1));
            }
        }
        return results;
    }

    private static Result result(Configuration configuration, double error) {
        return new Result(
                configuration, 10, error, new FisherListener.Builder().build().history(), 1);
    }
}
