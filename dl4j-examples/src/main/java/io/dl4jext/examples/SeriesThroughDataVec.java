package io.dl4jext.examples;

import io.dl4jext.batch.DynamicBatchIterator;
import io.dl4jext.batch.schedule.BatchSchedule;
import io.dl4jext.fisher.FisherListener;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.datavec.api.records.reader.RecordReader;
import org.datavec.api.records.reader.impl.collection.CollectionSequenceRecordReader;
import org.datavec.api.records.reader.impl.csv.CSVRecordReader;
import org.datavec.api.split.InputStreamInputSplit;
import org.datavec.api.writable.Writable;
import org.deeplearning4j.datasets.datavec.SequenceRecordReaderDataSetIterator;
import org.deeplearning4j.datasets.datavec.SequenceRecordReaderDataSetIterator.AlignmentMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.preprocessor.NormalizerMinMaxScaler;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Time series of unequal length through DataVec, with their masks, into batches that grow from 16 to 64 and a listener
 * that measures them: a series is one example, however long. Here an image of a digit, read column by column, is a
 * series.
 */
public final class SeriesThroughDataVec {

    private SeriesThroughDataVec() {}

    public static void main(String[] arguments) throws Exception {
        RecordReader csv = new CSVRecordReader();
        csv.initialize(new InputStreamInputSplit(new GZIPInputStream(SeriesThroughDataVec.class.getResourceAsStream(
                "/io/dl4jext/experiments/data/digits/digits-8x8.csv.gz"))));
        List<List<List<Writable>>> series = new ArrayList<>();
        List<List<List<Writable>>> labels = new ArrayList<>();
        while (csv.hasNext()) {
            List<Writable> row = csv.next();
            List<List<Writable>> columns = new ArrayList<>();
            for (int x = 0; x < 8; x++) {
                List<Writable> column = new ArrayList<>();
                for (int y = 0; y < 8; y++) {
                    column.add(row.get(8 * y + x));
                }
                // An empty column is no step of the series.
                if (column.stream().anyMatch(pixel -> pixel.toInt() > 0)) {
                    columns.add(column);
                }
            }
            series.add(columns);
            labels.add(List.of(List.of(row.get(64))));
        }
        System.out.printf(
                "%d series of %d to %d steps%n",
                series.size(),
                series.stream().mapToInt(List::size).min().orElseThrow(),
                series.stream().mapToInt(List::size).max().orElseThrow());

        // The one label of a series belongs to its last step: ALIGN_END makes the masks that say so.
        DataSetIterator train = new SequenceRecordReaderDataSetIterator(
                new CollectionSequenceRecordReader(series.subList(0, 1437)),
                new CollectionSequenceRecordReader(labels.subList(0, 1437)),
                32,
                10,
                false,
                AlignmentMode.ALIGN_END);
        DataSetIterator test = new SequenceRecordReaderDataSetIterator(
                new CollectionSequenceRecordReader(series.subList(1437, 1797)),
                new CollectionSequenceRecordReader(labels.subList(1437, 1797)),
                360,
                10,
                false,
                AlignmentMode.ALIGN_END);
        NormalizerMinMaxScaler scaler = new NormalizerMinMaxScaler();
        scaler.fit(train);
        train.setPreProcessor(scaler);
        test.setPreProcessor(scaler);
        train.reset();

        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Adam(0.01))
                .list()
                .layer(new LSTM.Builder().nIn(8).nOut(32).build())
                .layer(new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(32)
                        .nOut(10)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        network.init();

        FisherListener fisher = FisherListener.builder().everyIterations(10).build();
        network.addListeners(fisher);
        int epochs = 5;
        DynamicBatchIterator batches = DynamicBatchIterator.builder(train, BatchSchedule.named("s16-to-64", epochs))
                .build();
        batches.attachTo(network);
        network.fit(batches, epochs);
        Evaluation evaluation = network.evaluate(test);
        System.out.println(fisher.history());
        System.out.printf("test accuracy %.3f%n", evaluation.accuracy());
    }
}
