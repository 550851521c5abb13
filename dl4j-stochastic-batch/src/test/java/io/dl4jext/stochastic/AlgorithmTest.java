package io.dl4jext.stochastic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dl4jext.stochastic.PaperAlgorithm.Range;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * Whole networks against {@link PaperAlgorithm}, which gets its gradients from DL4J's plain SGD with the rate 1: 50
 * steps in 10 epochs, by the host loops and by ND4J operations.
 */
class AlgorithmTest {

    private static final double RATE = 0.3;
    private static final double TOLERANCE = 1e-9;

    private static final Consumer<NeuralNetConfiguration.Builder> PLAIN = builder -> {};
    private static final Consumer<NeuralNetConfiguration.Builder> L1_L2 =
            builder -> builder.l1(0.002).l2(0.01).l2Bias(0.02);
    private static final Consumer<NeuralNetConfiguration.Builder> DECAY = builder -> builder.weightDecay(0.02);
    private static final Consumer<NeuralNetConfiguration.Builder> CLIPPED = builder ->
            builder.gradientNormalization(GradientNormalization.ClipL2PerLayer).gradientNormalizationThreshold(0.1);

    static Stream<Arguments> settings() {
        List<Arguments> all = new ArrayList<>();
        for (boolean scale : new boolean[] {true, false}) {
            for (double momentum : new double[] {0, 0.9}) {
                for (boolean reset : new boolean[] {true, false}) {
                    all.add(Arguments.of(
                            base().scaleLearningRate(scale)
                                    .momentum(momentum)
                                    .resetEachEpoch(reset)
                                    .build(),
                            "plain",
                            PLAIN));
                }
            }
        }
        StochasticBatch ours = base().build();
        all.add(Arguments.of(ours, "l1, l2", L1_L2));
        all.add(Arguments.of(ours, "clipped", CLIPPED));
        all.add(Arguments.of(base().alpha(0.7).lambda(0).build(), "local", PLAIN));
        all.add(Arguments.of(base().alpha(0).lambda(-1).build(), "global", PLAIN));
        all.add(Arguments.of(base().alpha(-0.5).lambda(2).build(), "other signs", PLAIN));
        all.add(Arguments.of(base().alpha(0).lambda(0).build(), "half", PLAIN));
        all.add(Arguments.of(base().fixedProbability(0.3).build(), "fixed", PLAIN));
        all.add(Arguments.of(base().groupBy(GroupBy.LAYER).build(), "layers", L1_L2));
        for (GradientMagnitude magnitude : GradientMagnitude.values()) {
            for (boolean weighted : new boolean[] {true, false}) {
                StochasticBatch.Builder reading =
                        base().alpha(0.4).lambda(-1).probabilityFrom(magnitude).weightGroupsBySize(weighted);
                all.add(Arguments.of(reading.build(), "reading", PLAIN));
                all.add(Arguments.of(reading.groupBy(GroupBy.LAYER).build(), "reading of layers", L1_L2));
                all.add(Arguments.of(
                        reading.scaleLearningRate(false).momentum(0.5).build(), "reading, not scaled", CLIPPED));
            }
        }
        return all.stream();
    }

    private static StochasticBatch.Builder base() {
        return StochasticBatch.builder().learningRate(RATE).seed(11);
    }

    @ParameterizedTest(name = "{1} {0}")
    @MethodSource("settings")
    void hostLoopsFollowThePaper(
            StochasticBatch config, String name, Consumer<NeuralNetConfiguration.Builder> settings) {
        follow(config, settings, new HostPasses());
    }

    /** {@link PassesTest} has more settings of these. */
    private static Stream<Arguments> someSettings() {
        return Stream.of(
                Arguments.of(base().build(), "plain", PLAIN),
                Arguments.of(base().scaleLearningRate(false).momentum(0.9).build(), "not scaled, with momentum", L1_L2),
                Arguments.of(base().groupBy(GroupBy.LAYER).build(), "layers", CLIPPED),
                Arguments.of(
                        base().probabilityFrom(GradientMagnitude.MINI_BATCH)
                                .weightGroupsBySize(true)
                                .build(),
                        "the mini-batch, by size",
                        PLAIN));
    }

    @ParameterizedTest(name = "{1} {0}")
    @MethodSource("someSettings")
    void operationsFollowThePaper(
            StochasticBatch config, String name, Consumer<NeuralNetConfiguration.Builder> settings) {
        follow(config, settings, new OperationPasses());
    }

    private static void follow(
            StochasticBatch config, Consumer<NeuralNetConfiguration.Builder> settings, Passes passes) {
        MultiLayerNetwork network = Networks.convolutional(config, DataType.DOUBLE, settings);
        GroupedParameters.installIn(Updaters.of(network), new UpdateStatistics(), passes);
        MultiLayerNetwork gradients = Networks.convolutional(new Sgd(1), DataType.DOUBLE, settings);
        List<DataSet> data = Networks.images(DataType.DOUBLE, 5, 4);
        PaperAlgorithm paper = new PaperAlgorithm(ranges(config.getGroupBy()), config, (int) network.numParams());

        int iteration = 0;
        int updated = 0;
        for (int epoch = 0; epoch < 6; epoch++) {
            paper.beginEpoch();
            double[] w = Networks.parameters(network);
            for (DataSet batch : data) {
                gradients.params().assign(network.params());
                gradients.fit(batch);
                double[] before = w.clone();
                double[] g = difference(before, Networks.parameters(gradients));
                paper.step(w, g, RATE, uniforms(config, iteration, w.length));
                network.fit(batch);
                double[] after = Networks.parameters(network);
                for (Range range : ranges(config.getGroupBy())) {
                    for (int j = range.first; j < range.first + range.length; j++) {
                        // Asserted only where it fails: there are too many for AssertJ.
                        if (!(Math.abs(after[j] - w[j]) <= TOLERANCE)) {
                            assertThat(after[j])
                                    .as("%s, parameter %s, iteration %s", range.group, j, iteration)
                                    .isEqualTo(w[j]);
                        }
                        updated += after[j] == before[j] ? 0 : 1;
                    }
                }
                // The statistics of batch normalisation are not ours to move.
                w = after;
                iteration++;
            }
            network.incrementEpochCount();
        }
        assertThat(updated).as("updates in all").isGreaterThan(500);
    }

    /**
     * Weight decay is no part of the gradient: all parameters shrink at each step, updated or not, as with DL4J's Sgd.
     */
    @ParameterizedTest
    @MethodSource("someSettings")
    void weightDecayComesAfterTheUpdater(
            StochasticBatch config, String name, Consumer<NeuralNetConfiguration.Builder> ignored) {
        double[] ours = afterOneStep(config, PLAIN);
        double[] oursDecayed = afterOneStep(config, DECAY);
        double[] sgd = afterOneStep(new Sgd(RATE), PLAIN);
        double[] sgdDecayed = afterOneStep(new Sgd(RATE), DECAY);
        double[] shrinkage = difference(sgd, sgdDecayed);
        assertThat(shrinkage[3]).isNotZero();
        assertThat(difference(ours, oursDecayed)).containsExactly(shrinkage, within(TOLERANCE));
    }

    private static double[] afterOneStep(IUpdater updater, Consumer<NeuralNetConfiguration.Builder> settings) {
        MultiLayerNetwork network = Networks.convolutional(updater, DataType.DOUBLE, settings);
        if (updater instanceof StochasticBatch) {
            StochasticBatchListener.attachTo(network);
        }
        network.fit(Networks.images(DataType.DOUBLE, 1, 4).get(0));
        return Networks.parameters(network);
    }

    /** Of {@link Networks#convolutional}, by hand; at 21 to 26 the mean and variance of batch normalisation. */
    private static List<Range> ranges(GroupBy groupBy) {
        boolean tensors = groupBy == GroupBy.TENSOR;
        return List.of(
                range(tensors, "0", "b", "biases", 0, 3),
                range(tensors, "0", "W", "convolution weights", 3, 12),
                range(tensors, "1", "gamma", "gammas", 15, 3),
                range(tensors, "1", "beta", "betas", 18, 3),
                range(tensors, "2", "W", "dense weights", 27, 162),
                range(tensors, "2", "b", "biases", 189, 6),
                range(tensors, "3", "W", "dense weights", 195, 18),
                range(tensors, "3", "b", "biases", 213, 3));
    }

    private static Range range(boolean tensors, String layer, String name, String kind, int first, int length) {
        return new Range(tensors ? layer + name : layer, tensors ? kind : "layer", first, length);
    }

    private static double[] uniforms(StochasticBatch config, int iteration, int length) {
        UpdateDraws draws = new UpdateDraws(config.getSeed(), iteration);
        double[] uniforms = new double[length];
        Arrays.setAll(uniforms, draws::uniform);
        return uniforms;
    }

    private static double[] difference(double[] a, double[] b) {
        double[] difference = new double[a.length];
        Arrays.setAll(difference, j -> a[j] - b[j]);
        return difference;
    }
}
