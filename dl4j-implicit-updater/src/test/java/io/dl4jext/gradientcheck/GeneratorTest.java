package io.dl4jext.gradientcheck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dl4jext.implicit.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.dropout.AlphaDropout;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.dropout.GaussianDropout;
import org.deeplearning4j.nn.conf.dropout.GaussianNoise;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.rng.Random;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * A check leaves ND4J's random generator exactly as it was: seed, state, and the second of a pair of Gaussian numbers.
 */
class GeneratorTest {

    private static final GradientCheck CHECK =
            GradientCheck.builder().parameters(5).build();

    static Stream<Arguments> cases() {
        List<Arguments> cases = new ArrayList<>();
        for (String noise : List.of("dropout", "DropConnect", "GaussianNoise", "GaussianDropout", "AlphaDropout")) {
            cases.add(Arguments.of(noise, false));
            cases.add(Arguments.of(noise, true));
        }
        return cases.stream();
    }

    @ParameterizedTest(name = "{0}, graph: {1}")
    @MethodSource("cases")
    void theNextDrawsAreThoseOfARunWithoutACheck(String noise, boolean graph) {
        NeuralNetwork network = network(noise, graph);
        for (boolean halfOfAPair : new boolean[] {false, true}) {
            List<Object> without = draws(halfOfAPair, () -> {});
            assertThat(draws(halfOfAPair, () -> {})).isEqualTo(without);
            assertThat(draws(halfOfAPair, () -> check(network, data()))).isEqualTo(without);
            DataSet wrong = new DataSet(data().getFeatures(), Nd4j.ones(DataType.FLOAT, 7, 9));
            assertThat(draws(
                            halfOfAPair,
                            () -> assertThatThrownBy(() -> check(network, wrong))
                                    .isNotNull()))
                    .isEqualTo(without);
        }
    }

    @ParameterizedTest(name = "{0}, graph: {1}")
    @MethodSource("cases")
    void trainingGoesOnAsInARunWithoutChecks(String noise, boolean graph) {
        assertThat(trained(noise, graph, true)).isDeepEqualTo(trained(noise, graph, false));
    }

    /** What comes next, of each kind, after some draws and the action. */
    private static List<Object> draws(boolean halfOfAPair, Runnable action) {
        Random random = Nd4j.getRandom();
        finishPair(random);
        random.setSeed(123);
        Nd4j.rand(3, 3);
        random.nextInt();
        if (halfOfAPair) {
            random.nextGaussian();
        }
        action.run();
        return List.of(
                random.getSeed(),
                random.rootState(),
                random.nodeState(),
                random.getPosition(),
                random.nextGaussian(),
                random.nextInt(),
                random.nextDouble(),
                random.nextFloat(),
                Nd4j.randn(DataType.DOUBLE, 4, 5),
                Nd4j.rand(DataType.FLOAT, 4, 5),
                random.nextGaussian());
    }

    /** ND4J draws Gaussian numbers in pairs and keeps the second one for the next call, also across setSeed. */
    private static void finishPair(Random random) {
        boolean drawn;
        do {
            List<Long> before = place(random);
            random.nextGaussian();
            drawn = !place(random).equals(before);
        } while (drawn);
    }

    /** Of the next scalar: the states on 1.0.0-M2.1, a position of its own on 1.0.0-beta7. */
    private static List<Long> place(Random random) {
        return List.of(random.rootState(), random.nodeState(), random.getPosition());
    }

    private static double[][] trained(String noise, boolean graph, boolean checks) {
        NeuralNetwork network = network(noise, graph);
        Nd4j.getRandom().setSeed(9);
        double[][] parameters = new double[4][];
        for (int step = 0; step < 4; step++) {
            network.fit(data());
            parameters[step] = network.params().dup().data().asDouble();
            if (checks) {
                check(network, data());
            }
        }
        assertThat(parameters[3]).isNotEqualTo(parameters[2]);
        return parameters;
    }

    private static void check(NeuralNetwork network, DataSet data) {
        CHECK.check((org.deeplearning4j.nn.api.Model) network, data);
    }

    private static NeuralNetwork network(String noise, boolean graph) {
        DenseLayer.Builder hidden = new DenseLayer.Builder().nIn(5).nOut(6).activation(Activation.TANH);
        switch (noise) {
            case "dropout":
                hidden.dropOut(new Dropout(0.5));
                break;
            case "DropConnect":
                hidden.weightNoise(new DropConnect(0.5));
                break;
            case "GaussianNoise":
                hidden.dropOut(new GaussianNoise(0.5));
                break;
            case "GaussianDropout":
                hidden.dropOut(new GaussianDropout(0.5));
                break;
            default:
                hidden.dropOut(new AlphaDropout(0.5));
        }
        Layer output = new OutputLayer.Builder(LossFunction.MCXENT)
                .nIn(6)
                .nOut(4)
                .activation(Activation.SOFTMAX)
                .build();
        NeuralNetConfiguration.Builder settings =
                new NeuralNetConfiguration.Builder().seed(3).updater(new Sgd(0.1));
        if (graph) {
            ComputationGraph network = new ComputationGraph(settings.graphBuilder()
                    .addInputs("in")
                    .addLayer("hidden", hidden.build(), "in")
                    .addLayer("out", output, "hidden")
                    .setOutputs("out")
                    .build());
            network.init();
            return network;
        }
        MultiLayerNetwork network =
                new MultiLayerNetwork(settings.list(hidden.build(), output).build());
        network.init();
        return network;
    }

    private static DataSet data() {
        java.util.Random random = Seeds.random("generator");
        float[] labels = new float[28];
        for (int i = 0; i < 7; i++) {
            labels[4 * i + random.nextInt(4)] = 1;
        }
        double[] features = random.doubles(35, -2, 2).toArray();
        return new DataSet(
                Nd4j.createFromArray(features).castTo(DataType.FLOAT).reshape(7, 5),
                Nd4j.createFromArray(labels).reshape(7, 4));
    }
}
