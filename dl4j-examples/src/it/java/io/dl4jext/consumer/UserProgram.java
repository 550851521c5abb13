package io.dl4jext.consumer;

import io.dl4jext.adagrad.AdaGradPresets;
import io.dl4jext.batch.DynamicBatchIterator;
import io.dl4jext.batch.schedule.BatchSchedule;
import io.dl4jext.fisher.Beacon;
import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.chart.FisherChart;
import io.dl4jext.fisher.sink.CsvSink;
import io.dl4jext.fisher.sink.JsonLinesSink;
import io.dl4jext.fisher.sink.LogSink;
import io.dl4jext.implicit.ImplicitBackprop;
import io.dl4jext.implicit.ImplicitSgd;
import io.dl4jext.stochastic.StochasticBatch;
import io.dl4jext.stochastic.StochasticBatchListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * What a user does with every module of the pack, on whatever class path their project has. Fails when something does.
 */
public final class UserProgram {

    private static final int INPUTS = 4;
    private static final int CLASSES = 2;
    private static final int BATCH = 8;
    private static final int BATCHES = 5;

    private final Path folder;

    private UserProgram(Path folder) {
        this.folder = folder;
    }

    public static void main(String[] arguments) throws IOException {
        Path folder = Files.createDirectories(Path.of(arguments[1]));
        UserProgram program = new UserProgram(Files.createTempDirectory(folder, "run"));
        program.withoutOptionalLibraries(arguments[0]);
        program.measure();
        program.convert();
        program.adaGrad();
        program.schedule();
        program.stochasticBatch();
        System.out.println("User's project " + arguments[0] + ", DL4J " + version(MultiLayerNetwork.class) + ", ND4J "
                + version(Nd4j.class) + ": all modules work");
    }

    /** Who adds the modules only gets none of what single features need. */
    private void withoutOptionalLibraries(String project) {
        if (project.equals("readme")) {
            for (String type : List.of(
                    "org.deeplearning4j.arbiter.MultiLayerSpace",
                    "org.deeplearning4j.arbiter.optimize.api.ParameterSpace",
                    "org.deeplearning4j.zoo.ZooModel",
                    "org.deeplearning4j.nn.modelimport.keras.KerasModelImport",
                    "org.deeplearning4j.ui.model.stats.StatsListener",
                    "org.bytedeco.opencv.global.opencv_core",
                    "org.joda.time.DateTime")) {
                expect(
                        "place of " + type,
                        0,
                        getClass().getResource("/" + type.replace('.', '/') + ".class") == null ? 0 : 1);
            }
        }
    }

    /** From the jar's name. */
    private static String version(Class<?> type) {
        String jar = Path.of(
                        type.getProtectionDomain().getCodeSource().getLocation().getPath())
                .getFileName()
                .toString();
        return jar.replaceAll("^\\D*\\d?j\\D*-|\\.jar$", "");
    }

    private void measure() throws IOException {
        MultiLayerNetwork network = network(new Sgd(0.1));
        Path csv = folder.resolve("run.csv");
        Path json = folder.resolve("run.jsonl");
        FisherListener fisher = FisherListener.builder()
                .everyIterations(1)
                .sink(new LogSink())
                .sink(new CsvSink(csv))
                .sink(new JsonLinesSink(json))
                .failFast(true)
                .build();
        network.addListeners(fisher);
        network.fit(examples(), 2);
        fisher.close();
        int expected = 2 * BATCHES;
        expect("measurements", expected, fisher.history().measurements().size());
        expect("lines with an iteration in " + csv, expected, lines(csv, "^\\d+,\\d+,.*"));
        expect("lines with an iteration in " + json, expected, lines(json, ".*\"iteration\".*"));
        expect("batch size of the beacon", BATCH, Beacon.read(csv).batchSize(1));
        FisherChart chart =
                FisherChart.overIterations().add("run", fisher.history()).build();
        Path png = folder.resolve("run.png");
        chart.writePng(png);
        expect("PNG signature", 0x89, Files.readAllBytes(png)[0] & 0xFF);
    }

    private static long lines(Path path, String pattern) throws IOException {
        return Files.readAllLines(path).stream()
                .filter(line -> line.matches(pattern))
                .count();
    }

    private void convert() {
        MultiLayerNetwork implicit = ImplicitBackprop.convert(network(new Sgd(0.1)), new ImplicitSgd(0.5))
                .result();
        train(implicit, examples());
    }

    private void adaGrad() {
        train(network(AdaGradPresets.pyTorch().learningRate(0.05).build()), examples());
    }

    private void schedule() {
        MultiLayerNetwork network = network(new Sgd(0.1));
        DynamicBatchIterator batches = DynamicBatchIterator.builder(examples(), BatchSchedule.constant(2 * BATCH))
                .build();
        batches.attachTo(network);
        train(network, batches);
        expect("updates", (BATCHES + 1) / 2, network.getIterationCount());
    }

    private void stochasticBatch() throws IOException {
        MultiLayerNetwork network = network(new StochasticBatch(0.1));
        StochasticBatchListener listener = StochasticBatchListener.attachTo(network);
        train(network, examples());
        expect("steps", BATCHES, listener.statistics().iterations().length);
        Path png = folder.resolve("updates.png");
        listener.statistics().writePng(png);
        expect("PNG signature", 0x89, Files.readAllBytes(png)[0] & 0xFF);
    }

    private static void train(MultiLayerNetwork network, DataSetIterator iterator) {
        double before = network.params().norm2Number().doubleValue();
        network.fit(iterator);
        double after = network.params().norm2Number().doubleValue();
        if (!Double.isFinite(after) || before == after) {
            throw new IllegalStateException("Expected trained parameters, got norm " + before + " and then " + after);
        }
    }

    private static void expect(String what, long expected, long actual) {
        if (expected != actual) {
            throw new IllegalStateException("Expected " + what + " " + expected + ", got " + actual);
        }
    }

    private static MultiLayerNetwork network(IUpdater updater) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(updater)
                .list()
                .layer(new DenseLayer.Builder()
                        .nIn(INPUTS)
                        .nOut(6)
                        .activation(Activation.RELU)
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(6)
                        .nOut(CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        network.init();
        return network;
    }

    private static DataSetIterator examples() {
        Random random = new Random(1);
        List<DataSet> batches = new ArrayList<>();
        for (int i = 0; i < BATCHES; i++) {
            float[][] features = new float[BATCH][INPUTS];
            float[][] labels = new float[BATCH][CLASSES];
            for (int example = 0; example < BATCH; example++) {
                for (int j = 0; j < INPUTS; j++) {
                    features[example][j] = (float) random.nextGaussian();
                }
                labels[example][features[example][0] > 0 ? 1 : 0] = 1;
            }
            batches.add(new DataSet(Nd4j.createFromArray(features), Nd4j.createFromArray(labels)));
        }
        return new ExistingDataSetIterator(batches);
    }
}
