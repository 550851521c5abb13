package io.dl4jext.stochastic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;

class UpdateStatisticsTest {

    @TempDir
    private Path folder;

    private static List<ParameterGroup> groups(int count) {
        List<ParameterGroup> groups = new ArrayList<>();
        for (int l = 0; l < count; l++) {
            ParameterGroup group =
                    new ParameterGroup("layer" + l + "_W", ParameterKind.DENSE_WEIGHTS, new StochasticBatch());
            group.grow(10 + l);
            groups.add(group);
        }
        return groups;
    }

    @Test
    void countsOfIterationsAndWorkersAddUp() {
        UpdateStatistics statistics = new UpdateStatistics();
        List<ParameterGroup> groups = groups(2);
        statistics.begin(groups);
        groups.get(0).count = new UpdateCount(10, 5, 15);
        groups.get(1).count = new UpdateCount(11, 0, 0);
        statistics.add(7, groups);
        groups.get(0).count = new UpdateCount(10, 10, 10);
        statistics.add(7, groups);
        statistics.add(8, groups);
        assertThat(statistics.groups()).containsExactly("layer0_W", "layer1_W");
        assertThat(statistics.parameters("layer1_W")).isEqualTo(11);
        assertThat(statistics.iterations()).containsExactly(7, 8);
        assertThat(statistics.updateFractions("layer0_W")).containsExactly(0.75, 1);
        assertThat(statistics.meanBatchSizes("layer0_W")).containsExactly(25 / 15.0, 1);
        assertThat(statistics.updateFractions("layer1_W")).containsExactly(0, 0);
        assertThat(statistics.meanBatchSizes("layer1_W")).containsExactly(Double.NaN, Double.NaN);
        assertThatThrownBy(() -> statistics.updateFractions("W"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("layer0_W");
    }

    @Test
    void longRunsAreJoined() {
        UpdateStatistics statistics = new UpdateStatistics();
        List<ParameterGroup> groups = groups(1);
        statistics.begin(groups);
        int iterations = 5 * UpdateStatistics.MOST_RECORDS;
        for (int i = 0; i < iterations; i++) {
            groups.get(0).count = new UpdateCount(10, i % 2 == 0 ? 10 : 0, i % 2 == 0 ? 20 : 0);
            statistics.add(i, groups);
        }
        int[] starts = statistics.iterations();
        assertThat(starts.length).isLessThanOrEqualTo(UpdateStatistics.MOST_RECORDS);
        for (int r = 0; r < starts.length; r++) {
            assertThat(starts[r]).isEqualTo(8 * r);
        }
        assertThat(statistics.updateFractions("layer0_W")).containsOnly(0.5);
        assertThat(statistics.meanBatchSizes("layer0_W")).containsOnly(2);
    }

    /** p = ½ independently: half of them, with batches whose size is geometric with the mean 2, in a long epoch. */
    @Test
    void trainingWithOneHalfUpdatesHalf() {
        StochasticBatch config = StochasticBatch.builder().fixedProbability(0.5).build();
        MultiLayerNetwork network = Networks.dense(DataType.FLOAT, 40, 100, config, config);
        StochasticBatchListener listener = StochasticBatchListener.attachTo(network);
        for (DataSet batch : Networks.vectors(DataType.FLOAT, 30, 4, 40)) {
            network.fit(batch);
        }
        double[] fractions = listener.statistics().updateFractions("layer0_W");
        double[] sizes = listener.statistics().meanBatchSizes("layer0_W");
        assertThat(fractions).hasSize(30);
        assertThat(sizes[0]).isEqualTo(1);
        assertThat(Arrays.stream(fractions).average().getAsDouble()).isCloseTo(0.5, within(0.005));
        assertThat(Arrays.stream(sizes).skip(10).average().getAsDouble()).isCloseTo(2, within(0.02));
    }

    /** The local scheme: every layer's expectation is ½, whatever its gradients are. */
    @Test
    void localSchemeUpdatesHalfOfEveryLayer() {
        StochasticBatch config = StochasticBatch.builder().alpha(0.5).lambda(0).build();
        MultiLayerNetwork network = Networks.convolutional(config, DataType.FLOAT);
        StochasticBatchListener listener = StochasticBatchListener.attachTo(network);
        for (DataSet batch : Networks.images(DataType.FLOAT, 100, 4)) {
            network.fit(batch);
        }
        for (String group : listener.statistics().groups()) {
            double draws = 100.0 * listener.statistics().parameters(group);
            double mean = Arrays.stream(listener.statistics().updateFractions(group))
                    .average()
                    .getAsDouble();
            // Four deviations of a binomial, and 0.015 for the sigmoid's bend.
            assertThat(mean).as(group).isCloseTo(0.5, within(4 * 0.5 / Math.sqrt(draws) + 0.015));
        }
    }

    @Test
    void chartShowsTheLargestGroups() throws IOException {
        UpdateStatistics statistics = new UpdateStatistics();
        List<ParameterGroup> groups = groups(12);
        statistics.begin(groups);
        assertThatThrownBy(() -> statistics.writePng(folder.resolve("none.png")))
                .isInstanceOf(IllegalStateException.class);
        for (int i = 0; i < 5; i++) {
            for (ParameterGroup group : groups) {
                group.count = new UpdateCount(group.size(), i, 2 * i);
            }
            statistics.add(i, groups);
        }
        Path png = folder.resolve("new").resolve("updates.png");
        statistics.writePng(png);
        assertThat(ImageIO.read(png.toFile()).getWidth()).isEqualTo(1000);
        Path svg = folder.resolve("updates.svg");
        statistics.writeSvg(svg);
        assertThat(Files.readString(svg)).contains("<svg", "<path");
        assertThat(UpdateChart.of(statistics).getTitle())
                .isEqualTo("Stochastic batch size, the largest 10 of 12 groups");
        assertThat(UpdateChart.largest(statistics, statistics.groups()))
                .hasSize(10)
                .startsWith("layer2_W")
                .endsWith("layer11_W");
    }
}
