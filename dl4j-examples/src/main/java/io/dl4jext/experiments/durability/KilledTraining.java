package io.dl4jext.experiments.durability;

import io.dl4jext.batch.DynamicBatchIterator;
import io.dl4jext.batch.TrainingCheckpoints;
import io.dl4jext.batch.control.BatchController;
import io.dl4jext.batch.control.NormTest;
import io.dl4jext.experiments.data.BatchIterator;
import io.dl4jext.experiments.data.Digits;
import io.dl4jext.experiments.data.Layout;
import io.dl4jext.experiments.engine.Networks;
import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.sink.CsvSink;
import io.dl4jext.fisher.sink.JsonLinesSink;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.solvers.BaseOptimizer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/** One process of a training: begins it, or goes on with it, as a user's program does, and writes down what it ends with. */
final class KilledTraining {

    static final int EPOCHS = 5;

    /** The numbers of a training that ended, one a line, and where each process went on. */
    private static final String RESULT = "result.txt";

    private static final String RESUMED = "resumed.txt";

    private final KilledSetup setup;
    private final Path folder;
    private final long seed;

    KilledTraining(KilledSetup setup, Path folder, long seed) {
        this.setup = setup;
        this.folder = folder;
        this.seed = seed;
    }

    KilledSetup setup() {
        return setup;
    }

    Path folder() {
        return folder;
    }

    /** What its processes print. */
    Path log() {
        return folder.resolve("log.txt");
    }

    void run() throws IOException {
        DataSetIterator source = BatchIterator.shuffled(Digits.embedded().train(), Layout.FLAT, 32, seed);
        BatchController control = BatchController.builder(new NormTest())
                .bounds(8, 64)
                .initialSize(16)
                .build();
        DataSetIterator batches = setup.batches(source, control);
        FisherListener fisher = FisherListener.builder()
                .everyIterations(5)
                .sink(control)
                .sink(CsvSink.appending(folder.resolve("fisher.csv")))
                .sink(JsonLinesSink.appending(folder.resolve("fisher.jsonl")))
                .build();
        TrainingCheckpoints checkpoints = TrainingCheckpoints.builder(folder.resolve("checkpoints"))
                .everyIterations(10)
                .data(batches)
                .fisher(fisher)
                .controller(control)
                .build();
        boolean graph = setup == KilledSetup.GRAPH;
        Class<? extends Model> type = graph ? ComputationGraph.class : MultiLayerNetwork.class;
        Optional<? extends Model> resumed = checkpoints.resume(type);
        Model network = resumed.isPresent() ? resumed.get() : setup.network(seed);
        if (resumed.isEmpty()) {
            // A network that was made of another begins with random numbers of the time of day.
            Nd4j.getRandom().setSeed(seed);
        }
        note(resumed.isPresent() ? BaseOptimizer.getIterationCount(network) : 0);
        if (batches instanceof DynamicBatchIterator) {
            ((DynamicBatchIterator) batches).attachTo(network);
        }
        Networks.attachListeners(network, setup.updater());
        network.addListeners(fisher, checkpoints);
        while (BaseOptimizer.getEpochCount(network) < EPOCHS) {
            ((NeuralNetwork) network).fit(batches);
        }
        fisher.close();
        write(
                RESULT,
                List.of(
                        "updates " + BaseOptimizer.getIterationCount(network),
                        "parameters " + digest(network.params()),
                        "updater state " + digest(updaterState(network)),
                        "history " + digest(fisher.history().toJson()),
                        "controller " + digest(control.state()),
                        "random numbers " + digest(Nd4j.rand(1, 8))));
    }

    private static INDArray updaterState(Model network) {
        return network instanceof ComputationGraph
                ? ((ComputationGraph) network).getUpdater().getStateViewArray()
                : ((MultiLayerNetwork) network).getUpdater().getStateViewArray();
    }

    private static String digest(INDArray array) {
        return array == null
                ? "none"
                : digest(Arrays.toString(array.dup().data().asDouble()));
    }

    private static String digest(String text) {
        try {
            byte[] bytes = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            StringBuilder hex = new StringBuilder();
            for (byte one : bytes) {
                hex.append(String.format("%02x", one));
            }
            return hex.toString();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private void note(int iteration) throws IOException {
        Files.writeString(
                folder.resolve(RESUMED), iteration + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** The updates that its processes began with; 0 for a beginning. */
    List<Integer> resumedAt() throws IOException {
        Path file = folder.resolve(RESUMED);
        return Files.exists(file)
                ? Files.readAllLines(file).stream().map(Integer::valueOf).collect(Collectors.toList())
                : List.of();
    }

    /** What it ended with, its rows included; to be compared. */
    List<String> end() throws IOException {
        List<String> end = new ArrayList<>(Files.readAllLines(folder.resolve(RESULT)));
        for (String file : List.of("fisher.csv", "fisher.jsonl")) {
            List<String> rows = Files.readAllLines(folder.resolve(file)).stream()
                    .filter(line -> !line.startsWith("#") && !line.matches("\\{\"(run|cut_off|done_again)\".*"))
                    .collect(Collectors.toList());
            end.add(file + " " + digest(String.join("\n", rows)));
        }
        return end;
    }
}
