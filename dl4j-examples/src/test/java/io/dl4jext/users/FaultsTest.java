package io.dl4jext.users;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.dl4jext.batch.TrainingCheckpoints;
import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.FisherMeasurement;
import io.dl4jext.fisher.FisherSink;
import io.dl4jext.fisher.FisherSummary;
import io.dl4jext.fisher.sink.CsvSink;
import io.dl4jext.fisher.sink.JsonLinesSink;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * What goes wrong beside a training: its result is that without the pack's listeners, and what was measured is on disk.
 */
class FaultsTest {

    private static final int EPOCHS = 3;
    private static final int UPDATES = EPOCHS * Piece.TRAIN.size();

    @TempDir
    Path folder;

    @AfterEach
    void clearInterrupt() {
        Thread.interrupted();
    }

    private interface Fault {
        void happen(Model model) throws Exception;
    }

    /** Something that happens after the third update. */
    private static TrainingListener afterThree(Fault fault) {
        return new BaseTrainingListener() {
            @Override
            public void iterationDone(Model model, int iteration, int epoch) {
                if (iteration == 2) {
                    try {
                        fault.happen(model);
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                }
            }
        };
    }

    private Path csv() {
        return folder.resolve("fisher.csv");
    }

    private Path json() {
        return folder.resolve("fisher.jsonl");
    }

    /** Every update is measured, written and saved. */
    private FisherListener.Builder fisher() throws IOException {
        return FisherListener.builder()
                .everyIterations(1)
                .sink(new CsvSink(csv()))
                .sink(new JsonLinesSink(json()));
    }

    private TrainingCheckpoints checkpoints(FisherListener fisher) {
        return TrainingCheckpoints.builder(folder.resolve("checkpoints"))
                .everyIterations(1)
                .fisher(fisher)
                .build();
    }

    private static Model plain(Piece piece, boolean graph) {
        Model model = piece.network(graph);
        piece.attach(model);
        return Pieces.fit(model, piece.data(model), EPOCHS);
    }

    /** The iterations that the rows are of. */
    private static List<Integer> rows(Path file) throws IOException {
        Pattern row = Pattern.compile("(?:\\d+,|\\{\"epoch\":\\d+,\"iteration\":)(\\d+),.*");
        return Files.readAllLines(file).stream()
                .map(row::matcher)
                .filter(Matcher::matches)
                .map(matcher -> Integer.valueOf(matcher.group(1)))
                .collect(Collectors.toList());
    }

    private void assertAllOnDisk(int iterations) throws IOException {
        List<Integer> all = IntStream.range(0, iterations).boxed().collect(Collectors.toList());
        assertThat(rows(csv())).isEqualTo(all);
        assertThat(rows(json())).isEqualTo(all);
    }

    private List<Path> saved() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("checkpoints"))) {
            return files.filter(file -> file.getFileName().toString().startsWith("checkpoint-"))
                    .sorted()
                    .collect(Collectors.toList());
        }
    }

    private static int updates(Model model) {
        return model instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) model).getIterationCount()
                : ((ComputationGraph) model).getConfiguration().getIterationCount();
    }

    @ParameterizedTest
    @MethodSource("io.dl4jext.users.Piece#inBothContainers")
    void aThreadThatIsInterrupted(Piece piece, boolean graph) throws Exception {
        Model model = piece.network(graph);
        piece.attach(model);
        FisherListener fisher = fisher().build();
        model.addListeners(afterThree(network -> Thread.currentThread().interrupt()), fisher, checkpoints(fisher));
        Pieces.fit(model, piece.data(model), EPOCHS);
        fisher.close();
        assertThat(Thread.interrupted()).isTrue();
        Pieces.assertSameParameters(model, plain(piece, graph));
        assertAllOnDisk(updates(model));
        assertThat(saved()).last().asString().contains("checkpoint-" + updates(model) + ".zip");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void filesThatAreClosed(boolean graph) throws Exception {
        CsvSink csv = new CsvSink(csv());
        Model model = Piece.MEASURED.network(graph);
        FisherListener fisher = FisherListener.builder()
                .everyIterations(1)
                .sink(csv)
                .sink(new JsonLinesSink(json()))
                .build();
        model.addListeners(afterThree(network -> csv.close()), fisher, checkpoints(fisher));
        Pieces.fit(model, Piece.train(), EPOCHS);
        fisher.close();
        Pieces.assertSameParameters(model, plain(Piece.MEASURED, graph));
        assertThat(rows(csv())).containsExactly(0, 1);
        assertThat(rows(json())).hasSize(UPDATES);
        assertThat(saved()).last().asString().contains("checkpoint-" + UPDATES + ".zip");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDiskThatIsFull(boolean graph) throws Exception {
        Path full = Path.of("/dev/full");
        assumeThat(full).exists();
        Model model = Piece.MEASURED.network(graph);
        FisherListener fisher = FisherListener.builder()
                .everyIterations(1)
                .sink(new CsvSink(csv()))
                .sink(new FullDisk(full))
                .sink(new JsonLinesSink(json()))
                .build();
        model.addListeners(fisher);
        Pieces.fit(model, Piece.train(), EPOCHS);
        fisher.close();
        Pieces.assertSameParameters(model, plain(Piece.MEASURED, graph));
        assertAllOnDisk(UPDATES);
    }

    /** A sink as a user writes it. */
    private static final class FullDisk implements FisherSink {

        private final Path file;

        FullDisk(Path file) {
            this.file = file;
        }

        @Override
        public void accept(FisherMeasurement measurement, FisherSummary soFar) throws IOException {
            Files.writeString(file, measurement.toString());
        }
    }

    /** The folder of the checkpoints goes, and a file takes its place. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFolderThatIsGone(boolean graph) throws Exception {
        Model model = Piece.MEASURED.network(graph);
        FisherListener fisher = fisher().build();
        model.addListeners(fisher, checkpoints(fisher), afterThree(network -> {
            for (Path file : saved()) {
                Files.delete(file);
            }
            Files.delete(folder.resolve("checkpoints/in-use.lock"));
            Files.delete(folder.resolve("checkpoints"));
            Files.createFile(folder.resolve("checkpoints"));
        }));
        Pieces.fit(model, Piece.train(), EPOCHS);
        fisher.close();
        Pieces.assertSameParameters(model, plain(Piece.MEASURED, graph));
        assertAllOnDisk(UPDATES);
    }

    @ParameterizedTest
    @MethodSource("io.dl4jext.users.Piece#inBothContainers")
    void memoryThatRunsOutWithinASink(Piece piece, boolean graph) throws Exception {
        Model model = piece.network(graph);
        piece.attach(model);
        FisherListener fisher = fisher().sink((measurement, soFar) -> {
                    throw new OutOfMemoryError("Java heap space");
                })
                .build();
        model.addListeners(fisher, checkpoints(fisher));
        Pieces.fit(model, piece.data(model), EPOCHS);
        fisher.close();
        Pieces.assertSameParameters(model, plain(piece, graph));
        assertAllOnDisk(updates(model));
    }

    private static DataSetIterator with(DataSet batch) {
        List<DataSet> batches = new ArrayList<>(Piece.TRAIN);
        batches.set(2, batch);
        return new ExistingDataSetIterator(batches);
    }

    /** The third batch's inputs are not finite, or so large that the loss is not. */
    @ParameterizedTest
    @CsvSource({"NaN, false", "NaN, true", "Infinity, false", "Infinity, true", "1e308, false", "1e308, true"})
    void numbersThatAreNone(double value, boolean graph) throws Exception {
        DataSet bad = Piece.TRAIN.get(2).copy();
        bad.getFeatures().putScalar(1, 2, value);
        Model expected = Pieces.fit(Piece.MEASURED.network(graph), with(bad), EPOCHS);
        Model model = Piece.MEASURED.network(graph);
        FisherListener fisher = fisher().build();
        model.addListeners(fisher, checkpoints(fisher));
        Pieces.fit(model, with(bad), EPOCHS);
        fisher.close();
        Pieces.assertSameParameters(model, expected);
        assertAllOnDisk(UPDATES);
        assertThat(saved()).last().asString().contains("checkpoint-" + UPDATES + ".zip");
    }

    /** It is heard of by whoever called fit; the next fit goes on. */
    @ParameterizedTest
    @MethodSource("io.dl4jext.users.Piece#inBothContainers")
    void dataThatThrow(Piece piece, boolean graph) throws Exception {
        Model expected = piece.network(graph);
        piece.attach(expected);
        brokenOff(expected, piece.data(expected));
        Model model = piece.network(graph);
        piece.attach(model);
        FisherListener fisher = fisher().build();
        model.addListeners(fisher, checkpoints(fisher));
        brokenOff(model, piece.data(model));
        fisher.close();
        Pieces.assertSameParameters(model, expected);
        assertAllOnDisk(updates(model));
    }

    private static void brokenOff(Model model, DataSetIterator data) {
        AtomicBoolean thrown = new AtomicBoolean();
        DataSetIterator throwing = (DataSetIterator) Proxy.newProxyInstance(
                FaultsTest.class.getClassLoader(),
                new Class<?>[] {DataSetIterator.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("next") && updates(model) == 1 && !thrown.getAndSet(true)) {
                        throw new IllegalStateException("no such file");
                    }
                    try {
                        return method.invoke(data, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        assertThatThrownBy(() -> Pieces.fit(model, throwing, 2)).hasStackTraceContaining("no such file");
        throwing.reset();
        Pieces.fit(model, throwing, EPOCHS);
    }

    /** Another thread copies, saves and reads the network all the time. */
    @ParameterizedTest
    @MethodSource("io.dl4jext.users.Piece#inBothContainers")
    void aNetworkThatAnotherThreadReads(Piece piece, boolean graph) throws Exception {
        SeveralThreads.assumeSafe();
        Model model = piece.network(graph);
        piece.attach(model);
        FisherListener fisher = fisher().failFast(true).build();
        model.addListeners(fisher);
        AtomicBoolean over = new AtomicBoolean();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread reader = new Thread(() -> {
            while (!over.get() && failure.get() == null) {
                try {
                    read(model);
                } catch (Throwable e) {
                    failure.set(e);
                }
            }
        });
        reader.start();
        Pieces.fit(model, piece.data(model), 3 * EPOCHS);
        over.set(true);
        reader.join();
        fisher.close();
        assertThat(failure.get()).isNull();
        Model expected = piece.network(graph);
        piece.attach(expected);
        Pieces.assertSameParameters(model, Pieces.fit(expected, piece.data(expected), 3 * EPOCHS));
        assertAllOnDisk(updates(model));
    }

    private static void read(Model model) {
        model.params().sumNumber();
        if (model instanceof ComputationGraph) {
            ComputationGraph graph = (ComputationGraph) model;
            String json = graph.getConfiguration().toJson();
            new ComputationGraph(ComputationGraphConfiguration.fromJson(json)).init();
            graph.getConfiguration().clone();
            graph.summary();
        } else {
            MultiLayerNetwork network = (MultiLayerNetwork) model;
            String json = network.getLayerWiseConfigurations().toJson();
            new MultiLayerNetwork(MultiLayerConfiguration.fromJson(json)).init();
            network.getLayerWiseConfigurations().clone();
            network.summary();
        }
    }

    /** They measure the same. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void twoListeners(boolean graph) throws Exception {
        Model model = Piece.MEASURED.network(graph);
        FisherListener every = fisher().build();
        FisherListener second = FisherListener.builder().everyIterations(2).build();
        model.addListeners(every, second);
        Pieces.fit(model, Piece.train(), EPOCHS);
        every.close();
        Pieces.assertSameParameters(model, plain(Piece.MEASURED, graph));
        List<FisherMeasurement> measured = second.history().measurements();
        assertThat(measured).hasSize(UPDATES / 2);
        for (FisherMeasurement measurement : measured) {
            FisherMeasurement other = every.history().measurements().get(measurement.iteration());
            assertThat(Arrays.equals(measurement.eigenvalues(), other.eigenvalues()))
                    .isTrue();
        }
        assertAllOnDisk(UPDATES);
    }
}
