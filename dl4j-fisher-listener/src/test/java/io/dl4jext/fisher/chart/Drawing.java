package io.dl4jext.fisher.chart;

import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.sink.CsvSink;
import io.dl4jext.fisher.sink.JsonLinesSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** A user's program: trains, measures, writes files, draws. Prints what came of it. */
final class Drawing {

    private Drawing() {}

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Sgd(0.1))
                .list()
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(3)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        network.init();
        Path csv = folder.resolve("run.csv");
        FisherListener fisher = FisherListener.builder()
                .everyIterations(1)
                .sink(new CsvSink(csv))
                .sink(new JsonLinesSink(folder.resolve("run.jsonl")))
                .failFast(true)
                .build();
        network.addListeners(fisher);
        DataSet batch = new DataSet(
                Nd4j.createFromArray(new float[][] {{1, 2, 3}, {3, 1, 2}, {-1, 0, 1}}),
                Nd4j.createFromArray(new float[][] {{1, 0}, {0, 1}, {1, 0}}));
        network.fit(batch);
        network.fit(batch);
        fisher.close();
        long rows = Files.readAllLines(csv).stream()
                .filter(line -> !line.startsWith("#"))
                .count();
        System.out.println("measured " + fisher.history().measurements().size() + ", rows " + rows);

        report("iterations", FisherChart::overIterations);
        report("plane", () -> {
            FisherChart chart = FisherChart.plane().add("run", fisher.history()).build();
            report("png", () -> {
                chart.writePng(folder.resolve("plane.png"));
                return null;
            });
            report("svg", () -> {
                chart.writeSvg(folder.resolve("plane.svg"));
                return null;
            });
            return null;
        });
    }

    private static void report(String what, Callable<?> action) {
        try {
            action.call();
            System.out.println(what + ": written");
        } catch (Throwable e) {
            System.out.println(what + ": " + e);
        }
    }
}
