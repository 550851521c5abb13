package io.dl4jext.batch.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dl4jext.fisher.Beacon;
import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.FisherMeasurement;
import io.dl4jext.fisher.FisherSummary;
import io.dl4jext.fisher.sink.CsvSink;
import io.dl4jext.fisher.sink.JsonLinesSink;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.AdaDelta;
import org.nd4j.linalg.learning.config.Sgd;

class BeaconTest {

    @TempDir
    Path folder;

    private static final DataSet DATA = Networks.data(DataType.DOUBLE, 50, 2);

    @Test
    void passesThroughItsMeasurements() {
        FisherHistory history = Training.run(Networks.layers(new Sgd(0.2), 1), DATA, (e, k) -> k < 8 ? 8 : 16, 3, 20);
        Beacon beacon = Beacon.of(history);
        List<FisherSummary> summaries = history.summaries();
        assertThat(summaries).hasSize(7);
        for (int i = 0; i < summaries.size(); i++) {
            FisherSummary at = summaries.get(i);
            assertThat(beacon.conditionNumber(at.examples())).isEqualTo(at.averageConditionNumber());
            assertThat(beacon.energy(at.examples())).isEqualTo(at.cumulativeEnergy());
            if (i > 0) {
                FisherSummary before = summaries.get(i - 1);
                long span = at.examples() - before.examples();
                long between = before.examples() + span / 3;
                double part = (double) (between - before.examples()) / span;
                assertThat(beacon.energy(between))
                        .isCloseTo(
                                before.cumulativeEnergy() + part * (at.cumulativeEnergy() - before.cumulativeEnergy()),
                                within(1e-12));
                assertThat(beacon.conditionNumber(between))
                        .isBetween(
                                Math.min(before.averageConditionNumber(), at.averageConditionNumber()),
                                Math.max(before.averageConditionNumber(), at.averageConditionNumber()));
            }
        }
        FisherSummary first = summaries.get(0);
        FisherSummary last = summaries.get(6);
        assertThat(beacon.energy(0)).isEqualTo(first.cumulativeEnergy());
        assertThat(beacon.conditionNumber(0)).isEqualTo(first.averageConditionNumber());
        assertThat(beacon.energy(Long.MAX_VALUE)).isEqualTo(last.cumulativeEnergy());
        assertThat(beacon.batchSize(0)).isEqualTo(8);
        assertThat(beacon.batchSize(Long.MAX_VALUE)).isEqualTo(16);
    }

    /** 50 examples in batches of 8: iterations 6, 13 and 20 hold 2. */
    @Test
    void anEpochsLastBatchIsNotTakenForItsSize() {
        FisherHistory history = Training.run(Networks.layers(new Sgd(0.2), 1), DATA, (e, k) -> 8, 2, 12);
        assertThat(history.measurements())
                .extracting(FisherMeasurement::batchSize)
                .containsExactly(8, 8, 8, 2, 8, 8);
        Beacon beacon = Beacon.of(history);
        for (long examples = 0; examples < 100; examples++) {
            assertThat(beacon.batchSize(examples)).isEqualTo(8);
        }
    }

    @Test
    void isReadFromTheFileOfItsRun() throws IOException {
        Path csv = folder.resolve("beacon.csv");
        FisherListener listener = Training.listener(2).sink(new CsvSink(csv)).build();
        MultiLayerNetwork network = Networks.layers(new Sgd(0.2), 1);
        network.setListeners(listener);
        new Training(network, DATA, (e, k) -> 8, 0).iterations(12);
        listener.close();
        assertSame(Beacon.read(csv), Beacon.of(listener.history()));
    }

    @Test
    void isReadFromJsonLines() throws IOException {
        Path lines = folder.resolve("beacon.jsonl");
        FisherListener listener =
                Training.listener(2).sink(new JsonLinesSink(lines)).build();
        MultiLayerNetwork network = Networks.layers(new Sgd(0.2), 1);
        network.setListeners(listener);
        new Training(network, DATA, (e, k) -> 8, 0).iterations(12);
        listener.close();
        assertSame(Beacon.read(lines), Beacon.of(listener.history()));
    }

    /** Wrong rows of a real file: the message names the file, the row and what is wrong with it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "run.csv|,[^,]*$||columns",
                "run.csv|$|,9|columns",
                "run.csv|,8,|,8.5,|8.5",
                "run.csv|[^,]*$|x|x",
                "run.jsonl|\"examples\"|\"exemplars\"|examples",
                "run.jsonl|\\{|[|JSON",
                "run.jsonl|\"batch_size\":8|\"batch_size\":8.5|batch_size",
            })
    void whatCannotBeReadIsNamed(String name, String pattern, String replacement, String what) throws IOException {
        Path file = folder.resolve(name);
        FisherListener listener = Training.listener(2)
                .sink(name.endsWith("csv") ? new CsvSink(file) : new JsonLinesSink(file))
                .build();
        MultiLayerNetwork network = Networks.layers(new Sgd(0.2), 1);
        network.setListeners(listener);
        new Training(network, DATA, (e, k) -> 8, 0).iterations(12);
        listener.close();
        List<String> lines = new ArrayList<>(Files.readAllLines(file));
        int wrong = lines.size() - 2;
        String mutated = lines.get(wrong).replaceFirst(pattern, replacement == null ? "" : replacement);
        assertThat(mutated).isNotEqualTo(lines.get(wrong));
        lines.set(wrong, mutated);
        Files.write(file, lines);
        assertThatThrownBy(() -> Beacon.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll(file.toString(), "line " + (wrong + 1), what);
    }

    @Test
    void aFileIsNeeded() {
        assertThatThrownBy(() -> Beacon.read(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll(folder.toString(), "folder");
        assertThatThrownBy(() -> Beacon.read(null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("got null");
        assertThatThrownBy(() -> Beacon.read(folder.resolve("none.csv")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("none.csv");
    }

    @Test
    void isSavedAndLoaded() throws IOException, ClassNotFoundException {
        Beacon beacon = Beacon.of(Training.run(Networks.layers(new Sgd(0.2), 1), DATA, (e, k) -> 8, 2, 12));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(beacon);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertSame((Beacon) in.readObject(), beacon);
        }
    }

    private static void assertSame(Beacon actual, Beacon expected) {
        assertThat(actual).hasToString(expected.toString());
        for (long examples = 0; examples < 120; examples++) {
            assertThat(actual.conditionNumber(examples)).isEqualTo(expected.conditionNumber(examples));
            assertThat(actual.energy(examples)).isEqualTo(expected.energy(examples));
            assertThat(actual.batchSize(examples)).isEqualTo(expected.batchSize(examples));
        }
    }

    @Test
    void gradientsThatAreZeroAtTheStartAreLeftOut() {
        FisherListener listener = Training.listener(1).build();
        MultiLayerNetwork network = Networks.layers(new Sgd(0.2), 1);
        network.setListeners(listener);
        DataSet masked = Networks.rows(DATA, 0, 5);
        masked.setLabelsMaskArray(Nd4j.zeros(DataType.DOUBLE, 5, 1));
        network.fit(masked);
        network.fit(Networks.rows(DATA, 5, 15));
        Beacon beacon = Beacon.of(listener.history());
        assertThat(beacon.toString()).contains("1 measurements").contains("15 examples");
    }

    @Test
    void runsThatAreNoBeaconsAreRefused() throws IOException {
        assertRefused(() -> Beacon.of(FisherListener.builder().build().history()), "at least one measurement");
        FisherHistory noRate = Training.run(Networks.layers(new AdaDelta(), 1), DATA, (e, k) -> 8, 1, 2);
        assertRefused(() -> Beacon.of(noRate), "cumulative energy", "NaN", "8 examples");

        FisherListener listener = Training.listener(1).build();
        MultiLayerNetwork network = Networks.layers(new Sgd(0.2), 1);
        network.setListeners(listener);
        network.fit(Networks.rows(DATA, 0, 5));
        DataSet bad = Networks.rows(DATA, 0, 5);
        INDArray features = bad.getFeatures();
        features.putScalar(0, 0, Double.NaN);
        network.fit(bad);
        assertRefused(() -> Beacon.of(listener.history()), "condition number", "NaN", "10 examples");

        Path csv = folder.resolve("some.csv");
        Files.writeString(csv, "epoch,iteration\n0,0\n");
        assertThatThrownBy(() -> Beacon.read(csv))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("some.csv", "line 1", "examples");
    }

    private static void assertRefused(Runnable call, String... parts) {
        assertThatThrownBy(call::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(parts);
    }

    /** In logarithms, at the same number of examples. */
    @Test
    void distances() {
        FisherHistory history = Training.run(Networks.layers(new Sgd(0.2), 1), DATA, (e, k) -> 8, 3, 10);
        FisherHistory other = Training.run(Networks.layers(new Sgd(0.4), 2), DATA, (e, k) -> 16, 3, 10);
        Beacon beacon = Beacon.of(history);

        history.summaries()
                .forEach(summary -> assertThat(beacon.distance(summary)).isZero());
        for (FisherSummary summary : other.summaries()) {
            double c =
                    Math.log(summary.averageConditionNumber()) - Math.log(beacon.conditionNumber(summary.examples()));
            double l = Math.log(summary.cumulativeEnergy()) - Math.log(beacon.energy(summary.examples()));
            assertThat(beacon.distance(summary))
                    .isCloseTo(Math.sqrt(c * c + l * l), within(1e-12))
                    .isPositive();
        }
    }
}
