package io.dl4jext.examples;

import io.dl4jext.fisher.Beacon;
import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.ModelSelection;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.datavec.api.records.reader.RecordReader;
import org.datavec.api.records.reader.impl.csv.CSVRecordReader;
import org.datavec.api.split.InputStreamInputSplit;
import org.deeplearning4j.datasets.datavec.RecordReaderDataSetIterator;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.SplitTestAndTrain;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Chooses batch size and learning rate after two epochs each: the closest, in the plane of C and L, to a training that
 * is known to be good. Only that one is trained to the end.
 */
public final class SelectBatchSizeAndRate {

    private static final List<String> SETTINGS = List.of("16 0.5", "32 0.02", "32 0.1", "64 0.2", "128 0.1");

    private SelectBatchSizeAndRate() {}

    public static void main(String[] arguments) throws Exception {
        // The data: 1,797 handwritten digits, 64 pixels and the label in each row of a CSV file.
        RecordReader csv = new CSVRecordReader();
        csv.initialize(new InputStreamInputSplit(new GZIPInputStream(SelectBatchSizeAndRate.class.getResourceAsStream(
                "/io/dl4jext/experiments/data/digits/digits-8x8.csv.gz"))));
        DataSet digits = new RecordReaderDataSetIterator(csv, 1797, 64, 10).next();
        digits.divideBy(16);
        SplitTestAndTrain split = digits.splitTestAndTrain(1437);

        // What is known: a whole training with batches of 32 at the rate 0.1.
        FisherListener fisher = FisherListener.builder().everyIterations(5).build();
        MultiLayerNetwork known = network(7, 0.1);
        known.addListeners(fisher);
        known.fit(new ExistingDataSetIterator(split.getTrain().batchBy(32)), 10);

        List<ModelSelection.Candidate<String>> ranked = ModelSelection.builder(Beacon.of(fisher.history()))
                .epochs(2)
                .listener(() -> FisherListener.builder().everyIterations(5).build())
                .build()
                .rank(
                        SETTINGS,
                        setting -> network(1, Double.parseDouble(setting.split(" ")[1])),
                        setting -> new ExistingDataSetIterator(
                                split.getTrain().batchBy(Integer.parseInt(setting.split(" ")[0]))));
        ranked.forEach(System.out::println);

        MultiLayerNetwork best = (MultiLayerNetwork) ranked.get(0).train(8);
        System.out.println("test accuracy of " + ranked.get(0).configuration() + ": "
                + best.evaluate(new ExistingDataSetIterator(split.getTest().batchBy(360)))
                        .accuracy());
    }

    private static MultiLayerNetwork network(long seed, double rate) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(seed)
                .updater(new Sgd(rate))
                .list()
                .layer(new DenseLayer.Builder()
                        .nIn(64)
                        .nOut(100)
                        .activation(Activation.RELU)
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(100)
                        .nOut(10)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        network.init();
        return network;
    }
}
