package io.dl4jext.examples;

import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.LayerContribution;
import java.util.zip.GZIPInputStream;
import org.datavec.api.records.reader.RecordReader;
import org.datavec.api.records.reader.impl.csv.CSVRecordReader;
import org.datavec.api.split.InputStreamInputSplit;
import org.deeplearning4j.datasets.datavec.RecordReaderDataSetIterator;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.zoo.model.LeNet;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.learning.config.Sgd;

/** Measures a model of DL4J's zoo while it trains, after asking how each of its layers will be measured. */
public final class MeasureZooModel {

    private MeasureZooModel() {}

    public static void main(String[] arguments) throws Exception {
        // The data: 1,797 handwritten digits, 64 pixels and the label in each row of a CSV file, as images of 24 x 24.
        RecordReader csv = new CSVRecordReader();
        csv.initialize(new InputStreamInputSplit(new GZIPInputStream(
                MeasureZooModel.class.getResourceAsStream("/io/dl4jext/experiments/data/digits/digits-8x8.csv.gz"))));
        DataSet digits = new RecordReaderDataSetIterator(csv, 1797, 64, 10).next();
        digits.divideBy(16);
        digits.setFeatures(
                digits.getFeatures().reshape(1797, 1, 8, 8).repeat(2, 3).repeat(3, 3));
        DataSetIterator train = new ExistingDataSetIterator(digits.batchBy(32));

        MultiLayerNetwork network = (MultiLayerNetwork) LeNet.builder()
                .inputShape(new int[] {1, 24, 24})
                .numClasses(10)
                .updater(new Sgd(0.05))
                .build()
                .init();
        LayerContribution.of(network).forEach(System.out::println);

        FisherListener fisher = FisherListener.builder().everyIterations(10).build();
        network.addListeners(fisher);
        network.fit(train);

        System.out.printf(
                "C %.0f, L %.2f after %d iterations%n",
                fisher.history().averageConditionNumber(),
                fisher.history().cumulativeEnergy(),
                network.getIterationCount());
    }
}
