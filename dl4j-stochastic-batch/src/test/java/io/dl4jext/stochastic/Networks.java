package io.dl4jext.stochastic;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Small networks and data for the tests. */
final class Networks {

    static final int CLASSES = 3;

    private Networks() {}

    /**
     * Convolution, batch normalisation, dense, output: its updater has several blocks, as DL4J updates no BN
     * statistics.
     */
    static MultiLayerNetwork convolutional(
            IUpdater updater, DataType type, Consumer<NeuralNetConfiguration.Builder> more) {
        NeuralNetConfiguration.Builder builder =
                new NeuralNetConfiguration.Builder().seed(7).dataType(type).updater(updater);
        more.accept(builder);
        MultiLayerNetwork network = new MultiLayerNetwork(builder.list()
                .layer(new ConvolutionLayer.Builder(2, 2)
                        .nOut(3)
                        .activation(Activation.IDENTITY)
                        .build())
                .layer(new BatchNormalization.Builder().build())
                .layer(new DenseLayer.Builder()
                        .nOut(6)
                        .activation(Activation.TANH)
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.convolutional(4, 4, 1))
                .build());
        network.init();
        return network;
    }

    static MultiLayerNetwork convolutional(IUpdater updater, DataType type) {
        return convolutional(updater, type, builder -> {});
    }

    static List<DataSet> images(DataType type, int batches, int batchSize) {
        return batches(new Random(3), type, batches, batchSize, 1, 4, 4);
    }

    /** Two dense layers with ReLU, the first wide enough for several chunks and threads. */
    static MultiLayerNetwork dense(DataType type, int inputs, int hidden, IUpdater first, IUpdater second) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(7)
                .dataType(type)
                .list(
                        new DenseLayer.Builder()
                                .nIn(inputs)
                                .nOut(hidden)
                                .activation(Activation.RELU)
                                .updater(first.clone())
                                .build(),
                        new OutputLayer.Builder(LossFunction.MCXENT)
                                .nIn(hidden)
                                .nOut(CLASSES)
                                .activation(Activation.SOFTMAX)
                                .updater(second.clone())
                                .build())
                .build());
        network.init();
        return network;
    }

    /** As {@link #dense}, with the same names. */
    static ComputationGraph denseGraph(DataType type, int inputs, int hidden, IUpdater updater) {
        ComputationGraph network = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .seed(7)
                .dataType(type)
                .updater(updater)
                .graphBuilder()
                .addInputs("in")
                .addLayer(
                        "layer0",
                        new DenseLayer.Builder()
                                .nIn(inputs)
                                .nOut(hidden)
                                .activation(Activation.RELU)
                                .build(),
                        "in")
                .addLayer(
                        "layer1",
                        new OutputLayer.Builder(LossFunction.MCXENT)
                                .nIn(hidden)
                                .nOut(CLASSES)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "layer0")
                .setOutputs("layer1")
                .build());
        network.init();
        return network;
    }

    static ComputationGraph graph(IUpdater updater, DataType type) {
        ComputationGraphConfiguration configuration = new NeuralNetConfiguration.Builder()
                .seed(7)
                .dataType(type)
                .updater(updater)
                .graphBuilder()
                .addInputs("in")
                .addLayer(
                        "left",
                        new DenseLayer.Builder()
                                .nIn(5)
                                .nOut(4)
                                .activation(Activation.TANH)
                                .build(),
                        "in")
                .addLayer(
                        "right",
                        new DenseLayer.Builder()
                                .nIn(5)
                                .nOut(3)
                                .activation(Activation.RELU)
                                .build(),
                        "in")
                .addLayer(
                        "out",
                        new OutputLayer.Builder(LossFunction.MCXENT)
                                .nIn(7)
                                .nOut(CLASSES)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "left",
                        "right")
                .setOutputs("out")
                .build();
        ComputationGraph network = new ComputationGraph(configuration);
        network.init();
        return network;
    }

    static List<DataSet> vectors(DataType type, int batches, int batchSize, int inputs) {
        return batches(new Random(3), type, batches, batchSize, inputs);
    }

    private static List<DataSet> batches(Random random, DataType type, int batches, int batchSize, long... example) {
        List<DataSet> all = new ArrayList<>();
        for (int batch = 0; batch < batches; batch++) {
            long[] shape = new long[example.length + 1];
            shape[0] = batchSize;
            System.arraycopy(example, 0, shape, 1, example.length);
            double[] values = random.doubles(Arrays.stream(shape).reduce(1, (a, b) -> a * b), -1, 1)
                    .toArray();
            INDArray labels = Nd4j.zeros(type, batchSize, CLASSES);
            for (int i = 0; i < batchSize; i++) {
                labels.putScalar(i, random.nextInt(CLASSES), 1);
            }
            all.add(new DataSet(Nd4j.createFromArray(values).castTo(type).reshape('c', shape), labels));
        }
        return all;
    }

    /** Without DL4J's prefetching thread, and with epochs and their listeners, as from an iterator. */
    static void fitEpoch(MultiLayerNetwork network, List<DataSet> data) {
        network.fit(new ListIterator(data));
    }

    static double[] parameters(Model network) {
        return values(network.params());
    }

    static double[] values(INDArray array) {
        return array.dup().castTo(DataType.DOUBLE).data().asDouble();
    }

    static byte[] saved(Model network) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ModelSerializer.writeModel(network, bytes, true);
        return bytes.toByteArray();
    }

    static MultiLayerNetwork loaded(byte[] bytes) throws IOException {
        return ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(bytes), true);
    }
}
