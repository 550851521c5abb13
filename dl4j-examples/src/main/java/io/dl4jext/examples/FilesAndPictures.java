package io.dl4jext.examples;

import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.chart.FisherChart;
import io.dl4jext.fisher.report.FisherReport;
import io.dl4jext.fisher.sink.CsvSink;
import io.dl4jext.fisher.sink.JsonLinesSink;
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
import org.nd4j.linalg.dataset.SplitTestAndTrain;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Writes what is measured to files while a network trains (a CSV row and a JSON line for each measurement, both
 * readable after a crash), draws it, and makes a page of it to open in a browser.
 */
public final class FilesAndPictures {

    private FilesAndPictures() {}

    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createDirectories(Path.of(arguments.length > 0 ? arguments[0] : "results"));
        // The data: 1,797 handwritten digits, 64 pixels and the label in each row of a CSV file.
        RecordReader csv = new CSVRecordReader();
        csv.initialize(new InputStreamInputSplit(new GZIPInputStream(
                FilesAndPictures.class.getResourceAsStream("/io/dl4jext/experiments/data/digits/digits-8x8.csv.gz"))));
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

        FisherListener fisher = FisherListener.builder()
                .everyIterations(10) // default 50
                .denseForFirst(1) // every iteration of the first epoch
                .sink(CsvSink.appending(folder.resolve("run.csv"))) // one row a measurement
                .sink(JsonLinesSink.appending(folder.resolve("run.jsonl"))) // with the whole spectrum
                .build();
        network.addListeners(fisher);
        network.fit(train, 5);
        fisher.close();

        FisherChart.overIterations().add("s32-lr0.1", fisher.history()).build().writePng(folder.resolve("run.png"));
        FisherChart.plane().add("s32-lr0.1", fisher.history()).build().writeSvg(folder.resolve("plane.svg"));

        FisherReport.builder()
                .add("s32-lr0.1", folder.resolve("run.jsonl")) // or fisher.history()
                .network(network)
                .configuration("data", "1,437 handwritten digits")
                .build()
                .write(folder.resolve("report.html"));
        System.out.println("Written to " + folder + ": run.csv, run.jsonl, run.png, plane.svg, report.html");
    }
}
