package io.dl4jext.adagrad;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Small networks and data for the tests. */
public final class Nets {

    public static final int IN = 4;
    public static final int OUT = 3;
    static final int BATCH = 8;
    static final double L2 = 0.01;

    private Nets() {}

    /** Three layers with an updater each, l1 and l2 off. */
    public static MultiLayerNetwork mlp(DataType type, IUpdater first, IUpdater second, IUpdater third) {
        Layer[] layers = layers(first, second, third);
        return initialised(new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(7)
                .dataType(type)
                .list(layers)
                .build()));
    }

    public static MultiLayerNetwork mlp(DataType type, IUpdater updater) {
        return mlp(type, updater, updater, updater);
    }

    /** Copies: {@code setLearningRate} changes a layer's own updater. */
    private static Layer[] layers(IUpdater first, IUpdater second, IUpdater third) {
        return new Layer[] {
            new DenseLayer.Builder()
                    .nIn(IN)
                    .nOut(6)
                    .activation(Activation.TANH)
                    .updater(first.clone())
                    .build(),
            new DenseLayer.Builder()
                    .nIn(6)
                    .nOut(5)
                    .activation(Activation.TANH)
                    .updater(second.clone())
                    .build(),
            new OutputLayer.Builder(LossFunction.MCXENT)
                    .nIn(5)
                    .nOut(OUT)
                    .activation(Activation.SOFTMAX)
                    .updater(third.clone())
                    .build()
        };
    }

    /** With batch normalisation, whose statistics have an updater of their own, between layers, and with l2. */
    static MultiLayerNetwork normalised(DataType type, IUpdater updater) {
        return initialised(new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(7)
                .dataType(type)
                .updater(updater)
                .l2(L2)
                .list(
                        new DenseLayer.Builder()
                                .nIn(IN)
                                .nOut(6)
                                .activation(Activation.TANH)
                                .build(),
                        new BatchNormalization.Builder().nIn(6).nOut(6).build(),
                        new OutputLayer.Builder(LossFunction.MCXENT)
                                .nIn(6)
                                .nOut(OUT)
                                .activation(Activation.SOFTMAX)
                                .build())
                .build()));
    }

    public static ComputationGraph graph(DataType type, IUpdater updater) {
        Layer[] layers = layers(updater, updater, updater);
        ComputationGraphConfiguration configuration = new NeuralNetConfiguration.Builder()
                .seed(7)
                .dataType(type)
                .graphBuilder()
                .addInputs("in")
                .addLayer("a", layers[0], "in")
                .addLayer("b", layers[1], "a")
                .addLayer("c", layers[2], "b")
                .setOutputs("c")
                .build();
        ComputationGraph graph = new ComputationGraph(configuration);
        graph.init();
        return graph;
    }

    private static MultiLayerNetwork initialised(MultiLayerNetwork network) {
        network.init();
        return network;
    }

    /** Attaches the listener where the updater needs it. */
    static <M extends Model> M attached(M network, Member member) {
        if (member.needsNetwork()) {
            AdaGradListener.attachTo(network);
        }
        return network;
    }

    public static List<DataSet> batches(Random random, DataType type, int count) {
        List<DataSet> batches = new ArrayList<>();
        for (int b = 0; b < count; b++) {
            INDArray features = Nd4j.createFromArray(
                            random.doubles(BATCH * IN, -2, 2).toArray())
                    .reshape(BATCH, IN)
                    .castTo(type);
            INDArray labels = Nd4j.zeros(type, BATCH, OUT);
            for (int i = 0; i < BATCH; i++) {
                labels.putScalar(i, random.nextInt(OUT), 1);
            }
            batches.add(new DataSet(features, labels));
        }
        return batches;
    }

    /** The gradient of the mean loss at these parameters, without l2. */
    static double[] gradient(MultiLayerNetwork network, double[] parameters, DataSet batch) {
        network.setParams(
                Nd4j.createFromArray(parameters).castTo(network.params().dataType()));
        network.setInput(batch.getFeatures());
        network.setLabels(batch.getLabels());
        network.computeGradientAndScore();
        return network.gradient().gradient().div(batch.numExamples()).data().asDouble();
    }

    /** The ends of the parameter tensors. */
    static int[] borders(MultiLayerNetwork network) {
        List<Integer> borders = new ArrayList<>();
        int end = 0;
        for (Map.Entry<String, INDArray> parameter : network.paramTable().entrySet()) {
            end += (int) parameter.getValue().length();
            borders.add(end);
        }
        return borders.stream().mapToInt(Integer::intValue).toArray();
    }

    public static double[] values(INDArray array) {
        return array.dup().data().asDouble();
    }

    static void assertClose(double[] actual, double[] expected, double tolerance) {
        assertThat(actual).hasSameSizeAs(expected);
        double worst = 0;
        for (int i = 0; i < expected.length; i++) {
            double difference = Math.abs(actual[i] - expected[i]);
            worst = difference <= worst ? worst : difference;
        }
        assertThat(worst).isLessThanOrEqualTo(tolerance);
    }
}
