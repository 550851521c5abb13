package io.dl4jext.examples;

import io.dl4jext.batch.DynamicBatchIterator;
import io.dl4jext.batch.TrainingCheckpoints;
import io.dl4jext.batch.schedule.BatchSchedule;
import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.sink.CsvSink;
import java.nio.file.Files;
import java.nio.file.Path;
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
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Trains with checkpoints: kill it at any moment and start it again with the same folder, and it goes on as if it had
 * not been killed.
 */
public final class KilledAndResumed {

    private static final int EPOCHS = 20;

    private KilledAndResumed() {}

    /** @param arguments the folder of the checkpoints; without one, a new folder */
    public static void main(String[] arguments) throws Exception {
        Path folder = arguments.length > 0 ? Path.of(arguments[0]) : Files.createTempDirectory("checkpoints");

        // The data: 1,797 handwritten digits, 64 pixels and the label in each row of a CSV file.
        RecordReader csv = new CSVRecordReader();
        csv.initialize(new InputStreamInputSplit(new GZIPInputStream(
                KilledAndResumed.class.getResourceAsStream("/io/dl4jext/experiments/data/digits/digits-8x8.csv.gz"))));
        DataSet digits = new RecordReaderDataSetIterator(csv, 1797, 64, 10).next();
        digits.divideBy(16);

        // What the training consists of beside the network is made by every process anew, in the same way.
        DynamicBatchIterator batches = DynamicBatchIterator.builder(
                        new ViewIterator(digits, 32), BatchSchedule.named("s16-to-64", EPOCHS))
                .build();
        FisherListener fisher = FisherListener.builder()
                .everyIterations(20)
                .sink(CsvSink.appending(folder.resolve("fisher.csv")))
                .build();

        TrainingCheckpoints checkpoints = TrainingCheckpoints.builder(folder)
                .everyIterations(100)
                .data(batches)
                .fisher(fisher)
                .build();
        MultiLayerNetwork network = checkpoints.resume(MultiLayerNetwork.class).orElseGet(KilledAndResumed::network);
        System.out.printf("begins at update %d%n", network.getIterationCount());
        batches.attachTo(network);
        network.addListeners(fisher, checkpoints);
        while (network.getEpochCount() < EPOCHS) {
            network.fit(batches);
        }

        System.out.printf(
                "%d updates, %s, checksum of the parameters %.15g%n",
                network.getIterationCount(), fisher.history(), network.params().sumNumber());
    }

    private static MultiLayerNetwork network() {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .dropOut(0.8)
                .updater(new Adam(1e-3))
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
