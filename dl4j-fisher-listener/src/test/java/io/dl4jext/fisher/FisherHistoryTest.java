package io.dl4jext.fisher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dl4jext.fisher.sink.CsvSink;
import io.dl4jext.fisher.sink.JsonLinesSink;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.AdaDelta;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

/** What a history holds, how it comes back from files, and how a run is continued from it. */
class FisherHistoryTest {

    private static final int INPUTS = 4;
    private static final int CLASSES = 3;

    /** All figures that are in the files. */
    private static final List<ToDoubleFunction<FisherMeasurement>> FIGURES = List.of(
            FisherMeasurement::epoch,
            FisherMeasurement::iteration,
            FisherMeasurement::batchSize,
            FisherMeasurement::learningRate,
            FisherMeasurement::loss,
            FisherMeasurement::conditionNumber,
            FisherMeasurement::rank,
            FisherMeasurement::trace,
            FisherMeasurement::energy,
            FisherMeasurement::meanGradientNorm,
            m -> m.gradientStatistics().medianGradientNorm(),
            m -> m.gradientStatistics().largestGradientNorm(),
            m -> m.gradientStatistics().covarianceTrace(),
            m -> m.gradientStatistics().noiseScale(),
            m -> m.gradientStatistics().normTest(),
            m -> m.gradientStatistics().innerProductTest(),
            m -> m.gradientStatistics().orthogonalityTest());

    /** Those that follow from the ones in the files. */
    private static final List<ToDoubleFunction<FisherMeasurement>> DERIVED = List.of(
            m -> m.gradientStatistics().meanGradientSquaredNorm(),
            m -> m.gradientStatistics().innerProductVariance(),
            m -> m.gradientStatistics().orthogonalVariance());

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"1000, 1000", "1000, 3", "1000, 0", "5, 2", "2, 5", "1, 0"})
    void theLimitsBoundWhatIsHeldNotWhatIsSaid(int limit, int spectra) {
        FisherListener all =
                FisherListener.builder().everyIterations(1).keepGramMatrix(true).build();
        FisherListener some = FisherListener.builder()
                .everyIterations(1)
                .keepGramMatrix(true)
                .historyLimit(limit)
                .spectraOfLast(spectra)
                .build();
        MultiLayerNetwork network = network(new Sgd(0.2));
        network.setListeners(all, some);
        network.fit(batches(), 4);
        FisherHistory whole = all.history();
        FisherHistory held = some.history();
        assertSummary(held.summary(), whole.summary());
        int first = Math.max(0, 12 - limit);
        assertThat(held.measurements()).hasSize(12 - first);
        assertThat(held.summaries()).hasSize(12 - first);
        for (int i = first; i < 12; i++) {
            FisherMeasurement actual = held.measurements().get(i - first);
            FisherMeasurement expected = whole.measurements().get(i);
            assertFigures(actual, expected);
            assertClose(DERIVED, actual, expected, 0);
            assertSummary(held.summaries().get(i - first), whole.summaries().get(i));
            boolean kept = i >= 12 - spectra;
            assertThat(actual.eigenvalues()).isEqualTo(kept ? expected.eigenvalues() : new double[0]);
            assertThat(actual.gradientStatistics().gradientNorms())
                    .isEqualTo(kept ? expected.gradientStatistics().gradientNorms() : new double[0]);
            if (kept) {
                assertThat(actual.gramMatrix()).isEqualTo(expected.gramMatrix());
            } else {
                assertThat(actual.gramMatrix()).isNull();
            }
        }
    }

    @Test
    void aSnapshotKeepsWhatTheListenerNoLongerHolds() {
        FisherListener fisher = FisherListener.builder()
                .everyIterations(1)
                .historyLimit(2)
                .spectraOfLast(1)
                .build();
        MultiLayerNetwork network = network(new Sgd(0.2));
        network.setListeners(fisher);
        network.fit(batches(), 1);
        FisherHistory history = fisher.history();
        double[] spectrum = history.measurements().get(1).eigenvalues();
        assertThat(spectrum).isNotEmpty();
        network.fit(batches(), 3);
        assertThat(history.measurements().get(1).eigenvalues()).isEqualTo(spectrum);
        assertThat(history.measurements())
                .extracting(FisherMeasurement::iteration)
                .containsExactly(1, 2);
    }

    /** Interpolated from what is left, a beacon's early values would be those of a later time. */
    @Test
    void aBeaconNeedsTheBeginning() {
        FisherListener fisher =
                FisherListener.builder().everyIterations(1).historyLimit(2).build();
        MultiLayerNetwork network = network(new Sgd(0.1));
        network.setListeners(fisher);
        data(2).forEach(network::fit);
        assertThat(Beacon.of(fisher.history()).energy(1)).isPositive();
        data(1).forEach(network::fit);
        assertRefused(() -> Beacon.of(fisher.history()), "begins at iteration 1", "historyLimit", "Beacon.read");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFileBehindALinkStaysOne(boolean csv) throws IOException {
        Path file = Files.createDirectory(folder.resolve("elsewhere")).resolve("run");
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        FisherListener fisher = FisherListener.builder()
                .everyIterations(1)
                .sink(csv ? CsvSink.appending(link) : JsonLinesSink.appending(link))
                .build();
        MultiLayerNetwork network = network(new Sgd(0.1));
        network.setListeners(fisher);
        data(5).forEach(network::fit);
        int done = network.getIterationCount();
        network.setIterationCount(1);
        fisher.follow(network);
        data(1).forEach(network::fit);
        fisher.close();
        assertThat(done).isGreaterThan(2);
        assertThat(link).isSymbolicLink();
        assertThat(FisherHistory.read(file).measurements()).hasSize(2);
    }

    @Test
    void theDefaultLimitsBoundTheHeap() {
        FisherHistory.Recorder recorder = new FisherHistory.Recorder(10_000, 100);
        for (int i = 0; i < 30_000; i++) {
            recorder.add(FisherMeasurements.measurement(0, i, 0.1, 1, 4, 1, 0.5));
        }
        FisherHistory history = recorder.snapshot();
        assertThat(history.measurements()).hasSize(10_000);
        assertThat(history.measurements().get(0).iteration()).isEqualTo(20_000);
        assertThat(history.measurements().stream().filter(m -> m.eigenvalues().length > 0))
                .hasSize(100);
        assertThat(history.summary().measurements()).isEqualTo(30_000);
        assertThat(history.averageConditionNumber()).isCloseTo(Math.sqrt(8), within(1e-9));
    }

    @Test
    void theBuilderNamesTheValueItRefuses() throws IOException {
        assertRefused(() -> FisherListener.builder().historyLimit(0), "historyLimit", "0");
        assertRefused(() -> FisherListener.builder().spectraOfLast(-1), "spectraOfLast", "-1");
        assertRefused(() -> FisherListener.builder().continuing(null), "history", "null");
        assertRefused(() -> FisherListener.builder().build().follow(null), "ComputationGraph", "null");
        // A file that begins in the middle of a run: K is not in it.
        Path late = folder.resolve("late.csv");
        List<String> lines = Files.readAllLines(written(new Sgd(0.2), 1, true));
        int header = header(lines);
        List<String> rest = new ArrayList<>(lines.subList(0, header + 1));
        rest.addAll(lines.subList(header + 5, lines.size()));
        Files.write(late, rest);
        FisherHistory history = FisherHistory.read(late);
        assertThat(history.measurements().get(0).iteration()).isEqualTo(4);
        assertRefused(() -> FisherListener.builder().continuing(history), "first measurement");
        assertRefused(
                () -> FisherListener.builder().build().resume(network(new Sgd(0.2)), history), "first measurement");
        assertRefused(() -> FisherListener.builder().build().resume(network(new Sgd(0.2)), null), "history", "null");
    }

    @ParameterizedTest
    @CsvSource({"true, 1", "true, 3", "true, 5", "false, 1", "false, 3", "false, 5"})
    void filesComeBackToTheLastBit(boolean csv, int every) throws IOException {
        for (IUpdater updater :
                List.of(new Sgd(new StepSchedule(ScheduleType.ITERATION, 0.4, 0.5, 4)), new AdaDelta())) {
            Run run = run(updater, every, csv);
            FisherHistory read = FisherHistory.read(run.file);
            FisherHistory live = run.listener.history();
            assertThat(read.measurements()).hasSameSizeAs(live.measurements());
            for (int i = 0; i < live.measurements().size(); i++) {
                FisherMeasurement actual = read.measurements().get(i);
                FisherMeasurement expected = live.measurements().get(i);
                assertFigures(actual, expected);
                assertClose(DERIVED, actual, expected, 1e-13);
                assertSummary(read.summaries().get(i), live.summaries().get(i));
                assertThat(actual.eigenvalues()).isEqualTo(csv ? new double[0] : expected.eigenvalues());
                assertThat(actual.gradientStatistics().gradientNorms())
                        .isEqualTo(
                                csv
                                        ? new double[0]
                                        : expected.gradientStatistics().gradientNorms());
                assertThat(actual.gramMatrix()).isNull();
                assertThat(actual.toString()).isEqualTo(expected.toString());
            }
            Files.delete(run.file);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCutLastLineIsLeftOut(boolean csv) throws IOException {
        Path file = written(new Sgd(0.2), 1, csv);
        String text = Files.readString(file);
        int measurements = FisherHistory.read(file).measurements().size();
        for (int lost : new int[] {2, 5, 40}) {
            Files.writeString(file, text.substring(0, text.length() - lost));
            assertThat(FisherHistory.read(file).measurements()).hasSize(measurements - 1);
        }
        // What appending makes of such a line.
        Files.writeString(file, text.substring(0, text.length() - 40));
        (csv ? CsvSink.appending(file) : JsonLinesSink.appending(file)).close();
        assertThat(FisherHistory.read(file).measurements()).hasSize(measurements - 1);
    }

    @Test
    void errorsNameFileAndLine() throws IOException {
        assertUnreadable("a.csv", "x;y\n1;2\n", "line 1", "header row", "x;y");
        assertUnreadable("empty.csv", "", "expected a file of CsvSink or JsonLinesSink, got an empty file");
        assertUnreadable("blank.csv", "\n\n", "line 2", "header row");
        assertUnreadable("b.jsonl", "{\"run\":{}}\n[1]\n", "line 2", "JSON object");
        assertUnreadable("c.jsonl", "{\"run\":{}}\n{\"epoch\":0}\n", "line 2", "'iteration'");
        assertUnreadable("d.jsonl", "{\"run\":{}}\n{\"epoch\":\"x\"}\n", "line 2", "epoch", "'x'");
        List<String> csv = Files.readAllLines(written(new Sgd(0.2), 1, true));
        int row = header(csv) + 1;
        for (String[] change : new String[][] {
            {"", "25 columns"},
            {"0,1d", "iteration"},
            {"0,1.5", "whole number"},
            {"-1,0", "epoch"},
            {"0,0,0", "batch_size"},
            {"0,0,5,0x1p3", "learning_rate"}
        }) {
            String[] cells = csv.get(row).split(",");
            String[] given = change[0].split(",");
            System.arraycopy(given, 0, cells, 0, given.length);
            String changed = change[0].isEmpty() ? "1,2,3" : String.join(",", Arrays.asList(cells));
            List<String> lines = new ArrayList<>(csv);
            lines.set(row, changed);
            assertUnreadable("e.csv", String.join("\n", lines) + "\n", "line " + (row + 1), change[1]);
        }
        assertThatThrownBy(() -> FisherHistory.read(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("folder");
        assertThatThrownBy(() -> FisherHistory.read(folder.resolve("none.csv")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("none.csv");
        assertThatThrownBy(() -> FisherHistory.read(null)).isInstanceOf(IllegalArgumentException.class);
    }

    /** The network is saved in the middle of training, and everything after that is lost but the file's rows. */
    @ParameterizedTest
    @CsvSource({
        "true, 1, 5, 5",
        "false, 1, 5, 5",
        "true, 4, 6, 6",
        "true, 4, 7, 7",
        "false, 4, 8, 8",
        "true, 3, 5, 9",
        "false, 3, 7, 10",
        "true, 50, 4, 7",
        "true, 4, 0, 5"
    })
    void aContinuedRunIsTheUnbrokenRun(boolean csv, int every, int saved, int killed) throws IOException {
        List<DataSet> data = data(13);
        FisherListener unbroken =
                FisherListener.builder().everyIterations(every).build();
        MultiLayerNetwork network = network(new Sgd(new StepSchedule(ScheduleType.ITERATION, 0.4, 0.5, 4)));
        network.setListeners(unbroken);
        data.forEach(network::fit);

        Path file = folder.resolve("run");
        File model = folder.resolve("model.zip").toFile();
        MultiLayerNetwork first = network(new Sgd(new StepSchedule(ScheduleType.ITERATION, 0.4, 0.5, 4)));
        FisherListener before = FisherListener.builder()
                .everyIterations(every)
                .sink(csv ? new CsvSink(file) : new JsonLinesSink(file))
                .build();
        first.setListeners(before);
        for (int i = 0; i < killed; i++) {
            if (i == saved) {
                ModelSerializer.writeModel(first, model, true);
            }
            first.fit(data.get(i));
        }
        if (saved == killed) {
            ModelSerializer.writeModel(first, model, true);
        }

        MultiLayerNetwork restored = ModelSerializer.restoreMultiLayerNetwork(model, true);
        FisherListener after = FisherListener.builder()
                .everyIterations(every)
                .continuing(FisherHistory.read(file))
                .sink(csv ? CsvSink.appending(file) : JsonLinesSink.appending(file))
                .failFast(true)
                .build();
        restored.setListeners(after);
        data.subList(saved, data.size()).forEach(restored::fit);

        assertRun(after.history(), unbroken.history());
        assertRows(FisherHistory.read(file), unbroken.history());
    }

    @ParameterizedTest
    @CsvSource({"1, 5, 9", "4, 6, 9", "3, 7, 7", "50, 4, 6"})
    void aListenerFollowsARestoredNetwork(int every, int saved, int killed) throws IOException {
        List<DataSet> data = data(13);
        FisherListener unbroken =
                FisherListener.builder().everyIterations(every).build();
        MultiLayerNetwork network = network(new Sgd(0.3));
        network.setListeners(unbroken);
        data.forEach(network::fit);

        File model = folder.resolve("model.zip").toFile();
        FisherListener fisher =
                FisherListener.builder().everyIterations(every).failFast(true).build();
        MultiLayerNetwork first = network(new Sgd(0.3));
        first.setListeners(fisher);
        for (int i = 0; i < killed; i++) {
            if (i == saved) {
                ModelSerializer.writeModel(first, model, true);
            }
            first.fit(data.get(i));
        }
        if (saved == killed) {
            ModelSerializer.writeModel(first, model, true);
        }
        MultiLayerNetwork restored = ModelSerializer.restoreMultiLayerNetwork(model, true);
        restored.setListeners(fisher);
        fisher.follow(restored);
        data.subList(saved, data.size()).forEach(restored::fit);
        assertRun(fisher.history(), unbroken.history());
        // The former one is now another.
        first.fit(data.get(0));
        assertRun(fisher.history(), unbroken.history());
    }

    @Test
    void aLimitedHistoryIsContinued() {
        List<DataSet> data = data(13);
        FisherListener unbroken = FisherListener.builder().everyIterations(1).build();
        FisherListener limited =
                FisherListener.builder().everyIterations(1).historyLimit(2).build();
        MultiLayerNetwork network = network(new Sgd(0.3));
        network.setListeners(unbroken, limited);
        data.subList(0, 6).forEach(network::fit);
        FisherListener continued = FisherListener.builder()
                .everyIterations(1)
                .historyLimit(3)
                .continuing(limited.history())
                .build();
        network.setListeners(unbroken, continued);
        data.subList(6, 13).forEach(network::fit);
        assertSummary(continued.history().summary(), unbroken.history().summary());
        assertThat(continued.history().measurements())
                .extracting(FisherMeasurement::iteration)
                .containsExactly(10, 11, 12);
    }

    @Test
    void anUntrainedNetworkBeginsAnewWhateverTheLimitHasTaken() {
        FisherListener fisher = FisherListener.builder()
                .everyIterations(1)
                .historyLimit(2)
                .failFast(true)
                .build();
        MultiLayerNetwork network = network(new Sgd(0.3));
        network.setListeners(fisher);
        data(5).forEach(network::fit);
        FisherListener fresh = FisherListener.builder().everyIterations(1).build();
        MultiLayerNetwork next = network(new Sgd(0.3));
        next.setListeners(fisher, fresh);
        fisher.follow(next);
        data(2).forEach(next::fit);
        assertRun(fisher.history(), fresh.history());
    }

    @Test
    void sinksAreClosedThoughTheNetworkIsEarlierThanTheHistory() {
        boolean[] closed = {false};
        FisherListener fisher = FisherListener.builder()
                .everyIterations(1)
                .historyLimit(1)
                .failFast(true)
                .sink(new FisherSink() {
                    @Override
                    public void accept(FisherMeasurement measurement, FisherSummary soFar) {}

                    @Override
                    public void close() {
                        closed[0] = true;
                    }
                })
                .build();
        MultiLayerNetwork network = network(new Sgd(0.3));
        network.setListeners(fisher);
        data(3).forEach(network::fit);
        MultiLayerNetwork earlier = network(new Sgd(0.3));
        earlier.fit(data(1).get(0));
        fisher.follow(earlier);
        assertThatThrownBy(fisher::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("raise historyLimit");
        assertThat(closed[0]).isTrue();
    }

    private static void assertRun(FisherHistory actual, FisherHistory expected) {
        assertRows(actual, expected);
        assertSummary(actual.summary(), expected.summary());
    }

    private static void assertRows(FisherHistory actual, FisherHistory expected) {
        assertThat(actual.measurements()).hasSameSizeAs(expected.measurements());
        for (int i = 0; i < expected.measurements().size(); i++) {
            assertFigures(actual.measurements().get(i), expected.measurements().get(i));
            assertSummary(actual.summaries().get(i), expected.summaries().get(i));
        }
    }

    private static void assertFigures(FisherMeasurement actual, FisherMeasurement expected) {
        assertClose(FIGURES, actual, expected, 0);
    }

    private static void assertClose(
            List<ToDoubleFunction<FisherMeasurement>> figures,
            FisherMeasurement actual,
            FisherMeasurement expected,
            double relative) {
        for (int i = 0; i < figures.size(); i++) {
            double e = figures.get(i).applyAsDouble(expected);
            double a = figures.get(i).applyAsDouble(actual);
            if (Double.compare(a, e) != 0) {
                assertThat(a).as("figure %d", i).isCloseTo(e, within(relative * Math.abs(e)));
            }
        }
    }

    private static void assertSummary(FisherSummary actual, FisherSummary expected) {
        assertThat(actual.measurements()).isEqualTo(expected.measurements());
        assertThat(actual.iterations()).isEqualTo(expected.iterations());
        assertThat(actual.examples()).isEqualTo(expected.examples());
        assertThat(Double.compare(actual.averageConditionNumber(), expected.averageConditionNumber()))
                .isZero();
        assertThat(Double.compare(actual.cumulativeEnergy(), expected.cumulativeEnergy()))
                .as("%s and %s", actual.cumulativeEnergy(), expected.cumulativeEnergy())
                .isZero();
    }

    private static void assertRefused(Runnable call, String... parts) {
        assertThatThrownBy(call::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(parts);
    }

    private void assertUnreadable(String name, String text, String... parts) throws IOException {
        Path file = folder.resolve(name);
        Files.writeString(file, text);
        assertThatThrownBy(() -> FisherHistory.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(name)
                .hasMessageContainingAll(parts);
    }

    private static int header(List<String> lines) {
        int header = 0;
        while (lines.get(header).startsWith("#")) {
            header++;
        }
        return header;
    }

    private static final class Run {
        FisherListener listener;
        Path file;
    }

    private Path written(IUpdater updater, int every, boolean csv) throws IOException {
        return run(updater, every, csv).file;
    }

    private Run run(IUpdater updater, int every, boolean csv) throws IOException {
        Run run = new Run();
        run.file = folder.resolve("written");
        run.listener = FisherListener.builder()
                .everyIterations(every)
                .sink(csv ? new CsvSink(run.file) : new JsonLinesSink(run.file))
                .build();
        MultiLayerNetwork network = network(updater);
        network.setListeners(run.listener);
        network.fit(batches(), 4);
        run.listener.close();
        return run;
    }

    private static Setting setting() {
        return new Setting(DataType.DOUBLE, 5, WorkspaceMode.ENABLED, false, 41);
    }

    private static MultiLayerNetwork network(IUpdater updater) {
        MultiLayerNetwork network = new MultiLayerNetwork(Case.base(setting())
                .updater(updater)
                .list()
                .layer(new DenseLayer.Builder()
                        .nOut(5)
                        .activation(Activation.TANH)
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.feedForward(INPUTS))
                .build());
        network.init();
        return network;
    }

    private static DataSet examples(Draw draw, int samples) {
        return new DataSet(draw.normal(samples, INPUTS), draw.oneHot(samples, CLASSES));
    }

    private static List<DataSet> data(int batches) {
        Draw draw = setting().draw();
        List<DataSet> data = new ArrayList<>();
        for (int i = 0; i < batches; i++) {
            data.add(examples(draw, 5));
        }
        return data;
    }

    /** 13 examples in batches of 5, 5 and 3. */
    private static Batches batches() {
        return new Batches(examples(setting().draw(), 13), 5);
    }
}
