package io.dl4jext.examples;

import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.sink.LogSink;
import java.util.zip.GZIPInputStream;
import org.datavec.api.records.reader.RecordReader;
import org.datavec.api.records.reader.impl.csv.CSVRecordReader;
import org.datavec.api.split.InputStreamInputSplit;
import org.deeplearning4j.datasets.datavec.RecordReaderDataSetIterator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.SplitTestAndTrain;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Measures how well conditioned and how strong the per-sample gradients of a training are: two lines on a network that
 * you have. The log gets a line for each measured iteration; at the end C̄_K and L_K stand for the whole training.
 */
public final class MeasureTraining {

    private MeasureTraining() {}

    public static void main(String[] arguments) throws Exception {
        // The data: 1,797 handwritten digits, 64 pixels and the label in each row of a CSV file.
        RecordReader csv = new CSVRecordReader();
        csv.initialize(new InputStreamInputSplit(new GZIPInputStream(
                MeasureTraining.class.getResourceAsStream("/io/dl4jext/experiments/data/digits/digits-8x8.csv.gz"))));
        DataSet digits = new RecordReaderDataSetIterator(csv, 1797, 64, 10).next();
        digits.divideBy(16);
        SplitTestAndTrain split = digits.splitTestAndTrain(1437);
        DataSetIterator train = new ViewIterator(split.getTrain(), 32);

        // The network: any MultiLayerNetwork or ComputationGraph will do.
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Sgd(0.1))
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

        // The two lines: every 10th iteration is measured within its own backward pass.
        FisherListener fisher = FisherListener.builder()
                .everyIterations(10) // default 50
                .sink(new LogSink())
                .build();
        network.addListeners(fisher);

        network.fit(train, 5);
        System.out.println(fisher.history());
    }
}
