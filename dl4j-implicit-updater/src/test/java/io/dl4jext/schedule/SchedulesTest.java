package io.dl4jext.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;
import static org.nd4j.linalg.schedule.ScheduleType.EPOCH;
import static org.nd4j.linalg.schedule.ScheduleType.ITERATION;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.MapSchedule;

class SchedulesTest {

    private static final double CLOSE = 1e-14;

    static List<ISchedule> all() {
        ISchedule steps = new MultiStepSchedule(EPOCH, 0.1, 0.1, 50, 75);
        return List.of(
                new LinearDecaySchedule(EPOCH, 0.1, 1e-4, 10),
                new LinearDecaySchedule(ITERATION, 0.1, 1e-4, 10),
                new LinearDecaySchedule(EPOCH, 0.1, 1e-4, 11),
                new LinearDecaySchedule(EPOCH, 0.1, 1e-3, 10),
                new SigmoidAnnealingSchedule(EPOCH, 0.1, 0.001, 100),
                new SigmoidAnnealingSchedule(EPOCH, 0.1, 0.001, 100, 5),
                steps,
                new MultiStepSchedule(ITERATION, 0.1, 0.1, 50, 75),
                new MultiStepSchedule(EPOCH, 0.1, 0.1, 50),
                new WarmUpSchedule(EPOCH, 5, 0.1, steps),
                new WarmUpSchedule(EPOCH, 5, 0.2, steps),
                new WarmUpSchedule(ITERATION, 5, 0.1, new WarmUpSchedule(EPOCH, 5, 0.1, steps)),
                new BatchMomentumSchedule(new FixedSchedule(32)),
                new BatchMomentumSchedule(new LinearDecaySchedule(EPOCH, 16, 128, 10)));
    }

    @ParameterizedTest
    @MethodSource("all")
    void jsonSerialisationAndCloneKeepEverything(ISchedule schedule) throws Exception {
        String json = NeuralNetConfiguration.mapper().writeValueAsString(schedule);
        ISchedule read = NeuralNetConfiguration.mapper().readValue(json, ISchedule.class);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new ObjectOutputStream(bytes).writeObject(schedule);
        Object thawed = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();
        for (Object copy : List.of(read, thawed, schedule.clone())) {
            assertThat(copy).isEqualTo(schedule).hasSameHashCodeAs(schedule).hasToString(schedule.toString());
            for (int k = 0; k < 120; k++) {
                assertThat(((ISchedule) copy).valueAt(k, k / 2)).isEqualTo(schedule.valueAt(k, k / 2));
            }
        }
        assertThat(all().stream().filter(schedule::equals)).hasSize(1);
    }

    @Test
    void withinAnUpdater() throws Exception {
        for (ISchedule schedule : all()) {
            Nesterovs updater = new Nesterovs(schedule, 0.5);
            String json = NeuralNetConfiguration.mapper().writeValueAsString(updater);
            assertThat(NeuralNetConfiguration.mapper().readValue(json, IUpdater.class))
                    .isEqualTo(updater);
            assertThat(updater.clone()).isEqualTo(updater);
        }
    }

    @Test
    void linearDecayIsEquation5() {
        ISchedule epochs = new LinearDecaySchedule(EPOCH, 0.1, 0.001, 10);
        ISchedule iterations = new LinearDecaySchedule(ITERATION, 0.1, 0.001, 10);
        double[] expected = {0.1, 0.0901, 0.0802, 0.0703, 0.0604, 0.0505, 0.0406, 0.0307, 0.0208, 0.0109, 0.001, 0.001};
        for (int k = 0; k < expected.length; k++) {
            assertThat(epochs.valueAt(1000, k)).isCloseTo(expected[k], offset(CLOSE));
            assertThat(iterations.valueAt(k, 1000)).isCloseTo(expected[k], offset(CLOSE));
        }
    }

    @ParameterizedTest
    @CsvSource({"100, 10", "100, 1", "7, 30", "2, 10"})
    void sigmoidAnnealingAgainstThePlainFormula(int length, double steepness) {
        ISchedule schedule = new SigmoidAnnealingSchedule(EPOCH, 0.1, 0.001, length, steepness);
        double first = 1 / (1 + Math.exp(-steepness));
        double last = 1 / (1 + Math.exp(steepness));
        for (int k = 0; k < length; k++) {
            double x = -1 + 2.0 * k / (length - 1);
            double sigmoid = 1 / (1 + Math.exp(steepness * x));
            double expected = (0.1 - 0.001) * (sigmoid - last) / (first - last) + 0.001;
            assertThat(schedule.valueAt(0, k)).isCloseTo(expected, offset(CLOSE));
        }
        assertThat(schedule.valueAt(0, 0)).isEqualTo(0.1);
        assertThat(schedule.valueAt(0, length - 1)).isEqualTo(0.001);
        assertThat(schedule.valueAt(0, 10 * length)).isEqualTo(0.001);
    }

    @Test
    void sigmoidAnnealingOfTinySteepnessIsLinear() {
        ISchedule schedule = new SigmoidAnnealingSchedule(ITERATION, 1, 0, 11, 1e-9);
        for (int k = 0; k <= 10; k++) {
            assertThat(schedule.valueAt(k, 0)).isCloseTo(1 - k / 10.0, offset(CLOSE));
        }
    }

    @Test
    void milestonesAsCountsAndAsFractions() {
        MultiStepSchedule counts = new MultiStepSchedule(EPOCH, 0.1, 0.1, 50, 75);
        assertThat(MultiStepSchedule.atFractions(EPOCH, 0.1, 0.1, 100, 0.5, 0.75))
                .isEqualTo(counts);
        double[] expected = {0.1, 0.1, 0.01, 0.01, 0.001, 0.001};
        int[] epochs = {0, 49, 50, 74, 75, 1000};
        for (int i = 0; i < epochs.length; i++) {
            assertThat(counts.valueAt(0, epochs[i])).isCloseTo(expected[i], offset(CLOSE));
        }
        // 0.07 · 100 is 7.000000000000001 in binary; 0.5 of 5 epochs begins after two and a half.
        assertThat(MultiStepSchedule.atFractions(EPOCH, 1, 0.5, 100, 0.07).getMilestones())
                .containsExactly(7);
        assertThat(MultiStepSchedule.atFractions(EPOCH, 1, 0.5, 5, 0.5).getMilestones())
                .containsExactly(3);
        assertThat(new MultiStepSchedule(ITERATION, 1, 0.5, 3).valueAt(3, 0)).isEqualTo(0.5);
    }

    @Test
    void milestonesAreCopied() {
        int[] milestones = {2, 4};
        MultiStepSchedule schedule = new MultiStepSchedule(EPOCH, 1, 0.5, milestones);
        milestones[0] = 0;
        schedule.getMilestones()[1] = 0;
        assertThat(schedule.valueAt(0, 1)).isEqualTo(1);
        assertThat(schedule.valueAt(0, 4)).isEqualTo(0.25);
    }

    @Test
    void warmUpThenTheScheduleFromItsStart() {
        ISchedule then = new ExponentialSchedule(ITERATION, 0.8, 0.5);
        ISchedule schedule = new WarmUpSchedule(ITERATION, 4, 0.25, then);
        double[] expected = {0.2, 0.35, 0.5, 0.65, 0.8, 0.4, 0.2, 0.1};
        for (int k = 0; k < expected.length; k++) {
            assertThat(schedule.valueAt(k, 9)).isCloseTo(expected[k], offset(CLOSE));
        }
        // A warm-up in iterations leaves epochs as they are.
        ISchedule mixed = new WarmUpSchedule(ITERATION, 4, 0.5, new MultiStepSchedule(EPOCH, 1, 0.1, 2));
        assertThat(mixed.valueAt(2, 0)).isCloseTo(0.75, offset(CLOSE));
        assertThat(mixed.valueAt(100, 1)).isEqualTo(1);
        assertThat(mixed.valueAt(200, 2)).isEqualTo(0.1);
        ISchedule byEpoch = new WarmUpSchedule(EPOCH, 2, 0, new MultiStepSchedule(EPOCH, 1, 0.1, 2));
        assertThat(byEpoch.valueAt(500, 0)).isZero();
        assertThat(byEpoch.valueAt(500, 1)).isEqualTo(0.5);
        assertThat(byEpoch.valueAt(500, 3)).isEqualTo(1);
        assertThat(byEpoch.valueAt(500, 4)).isEqualTo(0.1);
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "8, 0", "16, 0", "32, 0.3", "64, 0.6", "128, 0.9", "256, 0.9", "22.627416997969522, 0.15"})
    void momentumOfABatchSize(double batchSize, double momentum) {
        assertThat(BatchMomentumSchedule.momentum(batchSize)).isCloseTo(momentum, offset(1e-12));
    }

    @Test
    void momentumFollowsTheBatchSizes() {
        ISchedule sizes =
                new MapSchedule.Builder(EPOCH).add(0, 16).add(1, 32).add(2, 128).build();
        ISchedule momentum = new BatchMomentumSchedule(sizes);
        assertThat(momentum.valueAt(0, 0)).isZero();
        assertThat(momentum.valueAt(0, 1)).isCloseTo(0.3, offset(CLOSE));
        assertThat(momentum.valueAt(0, 2)).isCloseTo(0.9, offset(CLOSE));
        assertThatThrownBy(() -> new BatchMomentumSchedule(new FixedSchedule(0)).valueAt(0, 0))
                .hasMessage("Expected 1 ≤ batchSize < ∞, got 0.0");
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1, -1e-300, Double.NaN, Double.POSITIVE_INFINITY})
    void refusesValues(double value) {
        assertRefused(() -> new LinearDecaySchedule(EPOCH, value, 1, 1), "0 ≤ initialValue < ∞, got " + value);
        assertRefused(() -> new LinearDecaySchedule(EPOCH, 1, value, 1), "0 ≤ finalValue < ∞, got " + value);
        assertRefused(() -> new SigmoidAnnealingSchedule(EPOCH, value, 1, 2), "0 ≤ initialValue < ∞, got " + value);
        assertRefused(() -> new SigmoidAnnealingSchedule(EPOCH, 1, value, 2), "0 ≤ finalValue < ∞, got " + value);
        assertRefused(() -> new SigmoidAnnealingSchedule(EPOCH, 1, 0, 2, value), "0 < steepness < ∞, got " + value);
        assertRefused(() -> new MultiStepSchedule(EPOCH, value, 1, 1), "0 ≤ initialValue < ∞, got " + value);
        assertRefused(() -> new MultiStepSchedule(EPOCH, 1, value, 1), "0 < factor < ∞, got " + value);
        assertRefused(() -> MultiStepSchedule.atFractions(EPOCH, 1, 0.1, 10, value), "0 ≤ fraction ≤ 1, got " + value);
        assertRefused(
                () -> new WarmUpSchedule(EPOCH, 1, value, new FixedSchedule(1)), "0 ≤ startShare ≤ 1, got " + value);
        assertRefused(() -> BatchMomentumSchedule.momentum(value), "1 ≤ batchSize < ∞, got " + value);
    }

    @Test
    void refusesLengthsAndMilestones() {
        assertRefused(() -> new LinearDecaySchedule(EPOCH, 1, 1, 0), "length ≥ 1, got 0");
        assertRefused(() -> new SigmoidAnnealingSchedule(EPOCH, 1, 1, 1), "length ≥ 2, got 1");
        assertRefused(() -> new WarmUpSchedule(EPOCH, 0, 0, new FixedSchedule(1)), "length ≥ 1, got 0");
        assertRefused(() -> MultiStepSchedule.atFractions(EPOCH, 1, 0.1, 0, 0.5), "length ≥ 1, got 0");
        assertRefused(() -> new MultiStepSchedule(EPOCH, 1, 0.1), "at least one milestone");
        assertRefused(() -> new MultiStepSchedule(EPOCH, 1, 0.1, 5, 5), "got 5 at position 1 of [5, 5]");
        assertRefused(() -> new MultiStepSchedule(EPOCH, 1, 0.1, -1), "got -1 at position 0");
        assertRefused(
                () -> MultiStepSchedule.atFractions(EPOCH, 1, 0.1, 3, 0.5, 0.6),
                "got 0.6 after 0.5 of length 3, at 2 after 2");
        assertRefused(
                () -> MultiStepSchedule.atFractions(EPOCH, 1, 0.1, 100, 0.5, 0.3),
                "got 0.3 after 0.5 of length 100, at 30 after 50");
        assertThatThrownBy(() -> new LinearDecaySchedule(null, 1, 1, 1)).hasMessageContaining("scheduleType");
        assertThatThrownBy(() -> new WarmUpSchedule(EPOCH, 1, 0, null)).hasMessageContaining("schedule to follow");
        assertThatThrownBy(() -> new BatchMomentumSchedule(null)).hasMessageContaining("batch sizes");
    }

    private static void assertRefused(Runnable action, String message) {
        assertThatThrownBy(action::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
