package io.dl4jext.implicit;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * A user's program: trains implicit layers of every kind. Prints what came of it, and whether it could have measured.
 */
final class ImplicitTraining {

    private static final int STEPS = 5;

    private ImplicitTraining() {}

    public static void main(String[] arguments) {
        boolean measuring = ImplicitTraining.class.getResource("/io/dl4jext/fisher/FisherListener.class") != null;
        System.out.println("measuring: " + measuring);
        System.out.println(parameters());
    }

    /** After some steps of two networks. */
    static String parameters() {
        MultiLayerNetwork vectors = network(
                InputType.feedForward(4),
                new DenseLayer.Builder().nOut(5).activation(Activation.RELU).build(),
                new OutputLayer.Builder(LossFunction.MSE)
                        .nOut(3)
                        .activation(Activation.TANH)
                        .build());
        vectors.fit(data(new long[] {6, 4}, new long[] {6, 3}));
        MultiLayerNetwork series = network(
                InputType.recurrent(4),
                new SimpleRnn.Builder().nOut(5).activation(Activation.TANH).build(),
                new RnnOutputLayer.Builder(LossFunction.MSE)
                        .nOut(3)
                        .activation(Activation.TANH)
                        .build());
        series.fit(data(new long[] {6, 4, STEPS}, new long[] {6, 3, STEPS}));
        return "parameters: " + vectors.params().norm2Number() + " "
                + series.params().norm2Number();
    }

    private static MultiLayerNetwork network(
            InputType type,
            org.deeplearning4j.nn.conf.layers.Layer first,
            org.deeplearning4j.nn.conf.layers.Layer second) {
        ImplicitSgd updater = new ImplicitSgd(0.5);
        MultiLayerNetwork network = new MultiLayerNetwork(ImplicitBackprop.convert(
                        new NeuralNetConfiguration.Builder()
                                .seed(5)
                                .dataType(DataType.DOUBLE)
                                .updater(updater)
                                .list()
                                .layer(first)
                                .layer(second)
                                .setInputType(type)
                                .build(),
                        updater)
                .result());
        network.init();
        return network;
    }

    private static DataSet data(long[] features, long[] labels) {
        Nd4j.getRandom().setSeed(3);
        return new DataSet(Nd4j.rand(DataType.DOUBLE, features), Nd4j.rand(DataType.DOUBLE, labels));
    }
}
