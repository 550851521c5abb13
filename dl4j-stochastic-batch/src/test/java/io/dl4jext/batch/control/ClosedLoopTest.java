package io.dl4jext.batch.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dl4jext.batch.DynamicBatchIterator;
import io.dl4jext.batch.scaling.LearningRateScaling;
import io.dl4jext.fisher.Beacon;
import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.FisherMeasurement;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/** Network, listener and controller together: sizes are applied without lag, and saving does not interrupt them. */
class ClosedLoopTest {

    private static final DataSet DATA = Networks.data(DataType.DOUBLE, 400, 11);
    private static final int EVERY = 5;

    @TempDir
    Path folder;

    static Stream<Supplier<BatchRule>> rules() {
        Beacon beacon = Beacon.of(Training.run(Networks.layers(new Sgd(0.1), 1), DATA, (e, k) -> 24, EVERY, 60));
        return Stream.of(
                NormTest::new,
                () -> new InnerProductTest(0.5, 1.5),
                Cabs::new,
                NoiseScale::new,
                () -> BeaconFollower.builder().beacon(beacon).build());
    }

    private static BatchController control(BatchRule rule) {
        return BatchController.builder(rule)
                .bounds(4, 64)
                .initialSize(16)
                .movingAverage(0.7)
                .growthCap(1.5)
                .decideEvery(10)
                .hysteresis(0.05)
                .build();
    }

    private static MultiLayerNetwork network() {
        return Networks.layers(new Nesterovs(0.4, 0.5), 5);
    }

    private static FisherListener listener(BatchController control) {
        return Training.listener(EVERY).sink(control).build();
    }

    @ParameterizedTest
    @MethodSource("rules")
    void everyBatchHasTheSizeLastDecided(Supplier<BatchRule> rule) {
        BatchController control = control(rule.get());
        MultiLayerNetwork network = network();
        network.setListeners(listener(control));
        Training training = new Training(network, DATA, control, 0);
        training.iterations(70);
        List<BatchDecision> log = control.log();
        assertThat(log).hasSize(14);
        int decided = 16;
        int next = 0;
        int cursor = 0;
        for (int k = 0; k < 70; k++) {
            assertThat(training.sizes.get(k)).as("iteration %d", k).isEqualTo(Math.min(decided, 400 - cursor));
            cursor = (cursor + training.sizes.get(k)) % 400;
            if (next < log.size() && log.get(next).iteration() == k) {
                assertThat(log.get(next).measuredSize()).isEqualTo(training.sizes.get(k));
                decided = log.get(next++).applied();
            }
        }
        assertThat(log)
                .extracting(BatchDecision::applied)
                .as("sizes that move: %s", log)
                .contains(16)
                .anyMatch(s -> s != 16);
    }

    /** The whole of it as users have it: a source in batches of 30, re-batched; the rate follows the size. */
    @ParameterizedTest
    @MethodSource("rules")
    void drivesTheRebatchingIterator(Supplier<BatchRule> rule) {
        List<DataSet> source = new ArrayList<>();
        for (int from = 0; from < 400; from += 30) {
            source.add(Networks.rows(DATA, from, Math.min(400, from + 30)));
        }
        BatchController control = control(rule.get());
        MultiLayerNetwork network = network();
        List<Integer> sizes = new ArrayList<>();
        List<FisherMeasurement> measurements = new ArrayList<>();
        network.setListeners(
                Training.listener(EVERY)
                        .sink(control)
                        .sink((measurement, soFar) -> measurements.add(measurement))
                        .build(),
                new BaseTrainingListener() {
                    @Override
                    public void iterationDone(Model model, int iteration, int epoch) {
                        sizes.add((int) ((MultiLayerNetwork) model).getInput().size(0));
                    }
                });
        DynamicBatchIterator batches = DynamicBatchIterator.builder(new ExistingDataSetIterator(source), control)
                .learningRateScaling(LearningRateScaling.squareRoot(16))
                .build();
        batches.attachTo(network);
        network.fit(batches, 3);

        assertThat(sizes.stream().mapToInt(size -> size).sum()).isEqualTo(3 * 400);
        List<Integer> expected = new ArrayList<>();
        int decided = 16;
        int cursor = 0;
        for (int k = 0; k < sizes.size(); k++) {
            expected.add(Math.min(decided, 400 - cursor));
            cursor = (cursor + expected.get(k)) % 400;
            for (BatchDecision decision : control.log()) {
                decided = decision.iteration() == k ? decision.applied() : decided;
            }
        }
        assertThat(sizes).isEqualTo(expected);
        assertThat(control.log()).extracting(BatchDecision::applied).anyMatch(size -> size != 16);
        assertThat(measurements)
                .hasSameSizeAs(control.log())
                .allSatisfy(measurement -> assertThat(measurement.learningRate())
                        .as("the scaled rate is measured")
                        .isCloseTo(0.4 * Math.sqrt(measurement.batchSize() / 16.0), within(1e-12)));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void savedWithItsModelItContinuesAsIfNeverAway(Supplier<BatchRule> rule) throws IOException {
        int before = 43;
        int after = 40;
        BatchController whole = control(rule.get());
        MultiLayerNetwork uninterrupted = network();
        uninterrupted.setListeners(listener(whole));
        Training all = new Training(uninterrupted, DATA, whole, 0);
        all.iterations(before + after);

        BatchController first = control(rule.get());
        MultiLayerNetwork network = network();
        network.setListeners(listener(first));
        Training begun = new Training(network, DATA, first, 0);
        begun.iterations(before);
        File file = folder.resolve("model.zip").toFile();
        ModelSerializer.writeModel(network, file, true);
        String state = first.state();

        BatchController resumed = control(rule.get());
        resumed.restore(state);
        assertThat(resumed).hasToString(first.toString());
        MultiLayerNetwork restored = MultiLayerNetwork.load(file, true);
        restored.setListeners(listener(resumed));
        Training continued = new Training(restored, DATA, resumed, begun.cursor());
        continued.iterations(after);

        assertThat(continued.sizes).isEqualTo(all.sizes.subList(before, before + after));
        assertThat(resumed.log()).extracting(BatchDecision::toString).isEqualTo(strings(whole));
        assertThat(restored.params()).isEqualTo(uninterrupted.params());
    }

    private static List<String> strings(BatchController control) {
        List<String> lines = new ArrayList<>();
        control.log().forEach(decision -> lines.add(decision.toString()));
        return lines;
    }
}
