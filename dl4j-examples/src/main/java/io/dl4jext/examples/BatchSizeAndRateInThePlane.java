package io.dl4jext.examples;

import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.RankTolerance;
import io.dl4jext.fisher.chart.FisherChart;
import java.io.File;
import java.util.zip.GZIPInputStream;
import org.datavec.api.records.reader.RecordReader;
import org.datavec.api.records.reader.impl.csv.CSVRecordReader;
import org.datavec.api.split.InputStreamInputSplit;
import org.deeplearning4j.datasets.datavec.RecordReaderDataSetIterator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.SplitTestAndTrain;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Finds a batch size and a learning rate: trains six settings for a few epochs, places each by C̄_K and L_K, and draws
 * them in the plane. Settings that train and generalise well keep both small.
 */
public final class BatchSizeAndRateInThePlane {

    private BatchSizeAndRateInThePlane() {}

    public static void main(String[] arguments) throws Exception {
        File picture = new File(arguments.length > 0 ? arguments[0] : "plane.png");
        // The data: 1,797 handwritten digits, 64 pixels and the label in each row of a CSV file.
        RecordReader csv = new CSVRecordReader();
        csv.initialize(
                new InputStreamInputSplit(new GZIPInputStream(BatchSizeAndRateInThePlane.class.getResourceAsStream(
                        "/io/dl4jext/experiments/data/digits/digits-8x8.csv.gz"))));
        DataSet digits = new RecordReaderDataSetIterator(csv, 1797, 64, 10).next();
        digits.divideBy(16);
        SplitTestAndTrain split = digits.splitTestAndTrain(1437);

        FisherChart.Builder plane = FisherChart.plane().title("Digits: batch size and learning rate");
        System.out.println("setting       test accuracy      C_K      L_K");
        for (int batchSize : new int[] {16, 64}) {
            for (double rate : new double[] {0.02, 0.1, 0.5}) {
                MultiLayerNetwork network = network(rate);
                FisherListener fisher = FisherListener.builder()
                        .everyIterations(10)
                        .rankTolerance(RankTolerance.SINGLE_PRECISION) // the same for all batch sizes
                        .build();
                network.addListeners(fisher);
                network.fit(new ViewIterator(split.getTrain(), batchSize), 5);

                String name = "s" + batchSize + "-lr" + rate;
                Evaluation evaluation = network.evaluate(new ViewIterator(split.getTest(), 360));
                System.out.printf(
                        "%-12s %14.3f %8.1f %8.2f%n",
                        name,
                        evaluation.accuracy(),
                        fisher.history().averageConditionNumber(),
                        fisher.history().cumulativeEnergy());
                plane.add(name, fisher.history());
            }
        }
        plane.build().writePng(picture.toPath());
        System.out.println("Picture: " + picture);
    }

    private static MultiLayerNetwork network(double learningRate) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Sgd(learningRate))
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
