package io.dl4jext.experiments.durability;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One process of a training: begins it, or goes on with it, as a user's program does, and writes down what it ends
 * with.
 */
final class KilledTraining {

    static final int EPOCHS = 5;

    /** The numbers of a training that ended, one a line, and where each process went on. */
    private static final String RESULT = "result.txt";

    private static final String RESUMED = "resumed.txt";

    private final Setup setup;
    private final Path folder;
    private final long seed;

    KilledTraining(Setup setup, Path folder, long seed) {
        this.setup = setup;
        this.folder = folder;
        this.seed = seed;
    }

    Setup setup() {
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
        SavedTraining training = new SavedTraining(setup, folder, seed, 5, 10);
        note(training.begunAt);
        while (training.epochs() < EPOCHS) {
            training.trainEpoch();
        }
        training.fisher.close();
        Model network = training.network;
        write(List.of(
                "updates " + training.updates(),
                "parameters " + digest(network.params()),
                "updater state " + digest(updaterState(network)),
                "history " + digest(training.fisher.history().toJson()),
                "controller " + digest(training.control.state()),
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

    /** The file is there when it is complete; it may be there already, if a process was killed just before its end. */
    private void write(List<String> result) throws IOException {
        Path fresh = folder.resolve(RESULT + ".new");
        Files.write(fresh, result);
        Files.move(fresh, folder.resolve(RESULT), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
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
        for (String file : List.of(SavedTraining.CSV, SavedTraining.JSON_LINES)) {
            List<String> rows = Files.readAllLines(folder.resolve(file)).stream()
                    .filter(line -> !line.startsWith("#") && !line.matches("\\{\"(run|cut_off|done_again)\".*"))
                    .collect(Collectors.toList());
            end.add(file + " " + digest(String.join("\n", rows)));
        }
        return end;
    }
}
