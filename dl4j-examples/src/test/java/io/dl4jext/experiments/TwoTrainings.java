package io.dl4jext.experiments;

import io.dl4jext.batch.DynamicBatchIterator;
import io.dl4jext.batch.schedule.BatchSchedule;
import io.dl4jext.fisher.FisherListener;
import io.dl4jext.stochastic.StochasticBatch;
import io.dl4jext.stochastic.StochasticBatchListener;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The program of {@link TwoTrainingsTest}, for a JVM of its own. */
final class TwoTrainings {

    static final String SAME = "both networks as trained alone";

    private static final int EXAMPLES = 60;

    private TwoTrainings() {}

    /** Each network alone, then both at once, while a third thread collects. */
    public static void main(String[] arguments) {
        INDArray dense = trained(dense(), vectors());
        INDArray convolutional = trained(convolutional(), images());
        Thread collector = new Thread(() -> {
            while (true) {
                System.gc();
            }
        });
        collector.setDaemon(true);
        collector.start();
        CompletableFuture<INDArray> first = CompletableFuture.supplyAsync(() -> trained(dense(), vectors()), run());
        CompletableFuture<INDArray> second =
                CompletableFuture.supplyAsync(() -> trained(convolutional(), images()), run());
        double largest = Math.max(difference(dense, first.join()), difference(convolutional, second.join()));
        System.out.println(largest < 1e-4 ? SAME : "parameters differ by " + largest);
        System.exit(0);
    }

    /** A thread of its own for each training. */
    private static java.util.concurrent.Executor run() {
        return task -> new Thread(task).start();
    }

    private static double difference(INDArray expected, INDArray actual) {
        double largest = 0;
        for (long i = 0; i < expected.length(); i++) {
            double difference = Math.abs(expected.getDouble(i) - actual.getDouble(i));
            largest = difference <= largest ? largest : difference; // NaN counts
        }
        return largest;
    }

    private static INDArray trained(MultiLayerNetwork network, DataSet data) {
        StochasticBatchListener.attachTo(network);
        DynamicBatchIterator batches = DynamicBatchIterator.builder(
                        new ExistingDataSetIterator(List.of(data)), BatchSchedule.staged(1, 7, 20))
                .build();
        batches.attachTo(network);
        try (FisherListener listener =
                FisherListener.builder().everyIterations(1).failFast(true).build()) {
            network.addListeners(listener);
            network.fit(batches, 2);
        }
        return network.params().dup();
    }

    /** Enough parameters for loops on several threads. */
    private static MultiLayerNetwork dense() {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(5)
                .updater(new StochasticBatch(0.05))
                .list(
                        new DenseLayer.Builder()
                                .nIn(70)
                                .nOut(1000)
                                .activation(Activation.TANH)
                                .build(),
                        output(1000))
                .build());
        network.init();
        return network;
    }

    private static MultiLayerNetwork convolutional() {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(6)
                .updater(new StochasticBatch(0.05))
                .list()
                .layer(new ConvolutionLayer.Builder(3, 3)
                        .nOut(4)
                        .activation(Activation.IDENTITY)
                        .build())
                .layer(new BatchNormalization.Builder().build())
                .layer(new DenseLayer.Builder()
                        .nOut(20)
                        .activation(Activation.RELU)
                        .build())
                .layer(output(20))
                .setInputType(InputType.convolutional(8, 8, 1))
                .build());
        network.init();
        return network;
    }

    private static OutputLayer output(int inputs) {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nIn(inputs)
                .nOut(3)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private static DataSet vectors() {
        return new DataSet(numbers(EXAMPLES, 70), labels());
    }

    private static DataSet images() {
        return new DataSet(numbers(EXAMPLES, 1, 8, 8), labels());
    }

    private static INDArray numbers(int... shape) {
        java.util.Random random = new java.util.Random(1);
        int length = 1;
        for (int size : shape) {
            length *= size;
        }
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Nd4j.createFromArray(values).reshape('c', shape);
    }

    private static INDArray labels() {
        INDArray labels = Nd4j.zeros(DataType.FLOAT, EXAMPLES, 3);
        for (int i = 0; i < EXAMPLES; i++) {
            labels.putScalar(i, i % 3, 1);
        }
        return labels;
    }
}
