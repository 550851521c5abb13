package io.dl4jext.batch.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.nd4j.linalg.schedule.ScheduleType.EPOCH;
import static org.nd4j.linalg.schedule.ScheduleType.ITERATION;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.StepSchedule;
import org.nd4j.shade.jackson.databind.ObjectMapper;

class BatchScheduleTest {

    private static int[] perEpoch(BatchSchedule schedule, int epochs) {
        return IntStream.range(0, epochs)
                .map(epoch -> schedule.batchSize(epoch, 7 * epoch))
                .toArray();
    }

    private static int[] perIteration(BatchSchedule schedule, int iterations) {
        return IntStream.range(0, iterations)
                .map(iteration -> schedule.batchSize(0, iteration))
                .toArray();
    }

    @ParameterizedTest
    @CsvSource({
        "s32,        32 32 32 32 32",
        "s32-to-512, 32 64 128 256 512",
        "s512-to-32, 512 256 128 64 32",
        "s16-to-64,  16 16 32 32 64",
        "s16-to-256, 16 32 64 128 256",
        "s32-to-128, 32 32 64 64 128",
        "s128-to-512, 128 128 256 256 512",
        "s8-to-16,   8 8 8 16 16",
        "s16-to-128, 16 16 32 64 128"
    })
    void stagesOfThePapersNames(String name, String expected) {
        int[] sizes = Stream.of(expected.split(" ")).mapToInt(Integer::parseInt).toArray();

        assertThat(perEpoch(BatchSchedule.named(name, 5), 5)).containsExactly(sizes);
        int[] eachEightTimes = IntStream.range(0, 40).map(i -> sizes[i / 8]).toArray();
        assertThat(perEpoch(BatchSchedule.named(name, 40), 40)).containsExactly(eachEightTimes);
    }

    @Test
    void multiStepRestartsInEveryLearningRateStep() {
        BatchSchedule schedule = BatchSchedule.named("s32-to-512-MS", 40);

        // Steps of 20, 10 and 10 epochs: stages of 4, 2 and 2.
        assertThat(perEpoch(schedule, 40))
                .containsExactly(
                        32, 32, 32, 32, 64, 64, 64, 64, 128, 128, 128, 128, 256, 256, 256, 256, 512, 512, 512, 512, //
                        32, 32, 64, 64, 128, 128, 256, 256, 512, 512, //
                        32, 32, 64, 64, 128, 128, 256, 256, 512, 512);
        assertThat(schedule.batchSize(1000, 0)).isEqualTo(512);
    }

    @Test
    void milestonesMayBeGiven() {
        assertThat(perEpoch(BatchSchedule.named("s16-to-64-MS", 15, 10), 15))
                .containsExactly(16, 16, 16, 16, 32, 32, 32, 32, 64, 64, 16, 16, 32, 32, 64);
    }

    @Test
    void bordersThatAreNoWholeEpochsRoundDown() {
        // Stage ⌊5·e/7⌋: 0 0 1 2 2 3 4.
        assertThat(perEpoch(BatchSchedule.named("s32-to-512", 7), 9))
                .containsExactly(32, 32, 64, 128, 128, 256, 512, 512, 512);
        // 7 epochs: learning-rate steps begin at ⌈3.5⌉ = 4 and ⌈5.25⌉ = 6; lengths 4, 2, 1.
        assertThat(perEpoch(BatchSchedule.named("s32-to-512-MS", 7), 7)).containsExactly(32, 64, 128, 256, 32, 128, 32);
        assertThat(perEpoch(BatchSchedule.named("s32-to-512-MS", 1), 2)).containsExactly(32, 512);
    }

    @Test
    void moreThanFiveSizesNeedMoreStages() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BatchSchedule.named("s8-to-512", 40))
                .withMessageContaining("7 sizes from 8 to 512 for 5 stages")
                .withMessageContaining("BatchSchedule.doubling(8, 512, 7");
        assertThat(perEpoch(BatchSchedule.doubling(8, 512, 7, 7), 7)).containsExactly(8, 16, 32, 64, 128, 256, 512);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "32", "s", "s-32", "s32-512", "s32-to-", "s32-to-512-ms", "S32", "s32-to-512-MS-MS"})
    void aWrongNameShowsTheGrammar(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BatchSchedule.named(name, 10))
                .withMessageContaining("s<B>-to-<B>-MS")
                .withMessageContaining("got '" + name + "'");
    }

    @Test
    void namesAreCheckedFurther() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BatchSchedule.named("s32-to-96", 10))
                .withMessageContaining("power of two, got 32 and 96");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BatchSchedule.named("s0", 10))
                .withMessageContaining("got 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BatchSchedule.named("s32", 0))
                .withMessageContaining("totalEpochs > 0, got 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BatchSchedule.named("s32-to-64", 10, 5))
                .withMessageContaining("milestones with -MS only, got [5] for s32-to-64");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BatchSchedule.named("s32-to-64-MS", 10, 5, 5))
                .withMessageContaining("[5, 5]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BatchSchedule.named("s32-to-64-MS", 10, 5, 10))
                .withMessageContaining("below the total of 10 epochs");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BatchSchedule.named("s99999999999", 10))
                .withMessageContaining("99999999999");
    }

    @Test
    void stagedHasTheSizesInTurn() {
        assertThat(perEpoch(BatchSchedule.staged(6, 10, 7, 30), 7)).containsExactly(10, 10, 7, 7, 30, 30, 30);
    }

    @Test
    void multiStepMultipliesAtEachMilestone() {
        assertThat(perEpoch(BatchSchedule.multiStep(EPOCH, 32, 2, 2, 4), 6)).containsExactly(32, 32, 64, 64, 128, 128);
        assertThat(perIteration(BatchSchedule.multiStep(ITERATION, 10, 0.25, 1, 2), 3))
                .containsExactly(10, 3, 1);
    }

    @Test
    void rampsReachTheirEnd() {
        assertThat(perEpoch(BatchSchedule.linear(EPOCH, 10, 20, 4), 6)).containsExactly(10, 13, 15, 18, 20, 20);
        assertThat(perIteration(BatchSchedule.linear(ITERATION, 20, 10, 4), 6)).containsExactly(20, 18, 15, 13, 10, 10);
        assertThat(perEpoch(BatchSchedule.geometric(EPOCH, 16, 256, 4), 6)).containsExactly(16, 32, 64, 128, 256, 256);
    }

    @Test
    void piecewiseHoldsEachSize() {
        assertThat(perEpoch(BatchSchedule.piecewise(EPOCH, Map.of(0, 5, 2, 9, 3, 1)), 5))
                .containsExactly(5, 5, 9, 1, 1);
    }

    @Test
    void warmUpRisesToWhatFollows() {
        BatchSchedule then = BatchSchedule.multiStep(EPOCH, 40, 2, 6);

        assertThat(perEpoch(BatchSchedule.warmUp(EPOCH, 8, 4, then), 8)).containsExactly(8, 16, 24, 32, 40, 40, 80, 80);
    }

    @Test
    void growsInsteadOfDecaying() {
        ISchedule rate = new MapSchedule.Builder(EPOCH)
                .add(0, 0.1)
                .add(2, 0.01)
                .add(4, 0.03)
                .add(5, 0.4)
                .build();

        assertThat(perEpoch(BatchSchedule.insteadOfDecaying(rate, 32, 16, 300), 6))
                .containsExactly(32, 32, 300, 300, 107, 16);
        ISchedule zero = new MapSchedule.Builder(EPOCH).add(0, 0.1).add(1, 0.0).build();
        assertThat(BatchSchedule.insteadOfDecaying(zero, 32, 16, 300).batchSize(1, 0))
                .isEqualTo(300);
    }

    @Test
    void aRateThatIsNoNumberIsReported() {
        ISchedule rate =
                new MapSchedule.Builder(EPOCH).add(0, 0.1).add(2, Double.NaN).build();
        BatchSchedule schedule = BatchSchedule.insteadOfDecaying(rate, 32, 16, 300);

        assertThatIllegalStateException()
                .isThrownBy(() -> schedule.batchSize(2, 17))
                .withMessageContaining("got NaN")
                .withMessageContaining("epoch 2, iteration 17");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BatchSchedule.insteadOfDecaying(
                        new MapSchedule.Builder(EPOCH).add(0, 0.0).build(), 32, 16, 300))
                .withMessageContaining("got 0.0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BatchSchedule.insteadOfDecaying(rate, 8, 16, 300))
                .withMessageContaining("min 16, base 8, max 300");
    }

    @Test
    void settingsAreChecked() {
        assertThatIllegalArgumentException().isThrownBy(() -> BatchSchedule.constant(0));
        assertThatIllegalArgumentException().isThrownBy(() -> BatchSchedule.staged(3));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BatchSchedule.staged(3, 4, -1))
                .withMessageContaining("stage 1 > 0, got -1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BatchSchedule.multiStep(EPOCH, 4, Double.NaN, 1))
                .withMessageContaining("NaN");
        assertThatIllegalArgumentException().isThrownBy(() -> BatchSchedule.multiStep(EPOCH, 4, 2));
        assertThatIllegalArgumentException().isThrownBy(() -> BatchSchedule.linear(EPOCH, 4, 5, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> BatchSchedule.linear(null, 4, 5, 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BatchSchedule.piecewise(EPOCH, Map.of(1, 5)))
                .withMessageContaining("from 0 on, got {1=5}");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BatchSchedule.piecewise(EPOCH, Map.of(0, 5, 3, 0)))
                .withMessageContaining("from 3 > 0, got 0");
    }

    static Stream<BatchSchedule> all() {
        ISchedule rate = new ExponentialSchedule(ITERATION, 0.1, 0.99);
        return Stream.of(
                BatchSchedule.constant(17),
                BatchSchedule.named("s32-to-512", 40),
                BatchSchedule.named("s512-to-32-MS", 40),
                BatchSchedule.named("s32-to-512-MS", 40, 13, 21),
                BatchSchedule.doubling(8, 512, 9, 33),
                BatchSchedule.staged(12, 4, 9, 16),
                BatchSchedule.multiStep(ITERATION, 32, 1.5, 100, 200),
                BatchSchedule.multiStep(EPOCH, 32, 1e-3, 1),
                BatchSchedule.linear(EPOCH, 10, 20, 4),
                BatchSchedule.geometric(ITERATION, 10, 20, 4000),
                BatchSchedule.piecewise(EPOCH, Map.of(0, 5, 2, 9)),
                BatchSchedule.warmUp(ITERATION, 4, 100, BatchSchedule.named("s32-to-512-MS", 40, 13, 21)),
                BatchSchedule.insteadOfDecaying(rate, 32, 16, 300),
                BatchSchedule.warmUp(
                        EPOCH,
                        4,
                        5,
                        BatchSchedule.insteadOfDecaying(new StepSchedule(EPOCH, 0.1, 0.5, 3), 32, 1, 300)));
    }

    @ParameterizedTest
    @MethodSource("all")
    void isReadFromItsJson(BatchSchedule schedule) throws Exception {
        BatchSchedule read = BatchSchedule.fromJson(schedule.toJson());
        ObjectMapper dl4j = NeuralNetConfiguration.mapper();
        BatchSchedule byDl4j = dl4j.readValue(dl4j.writeValueAsString(schedule), BatchSchedule.class);

        assertThat(read).isEqualTo(schedule).hasSameHashCodeAs(schedule);
        assertThat(byDl4j).isEqualTo(schedule);
        assertThat(perEpoch(read, 50)).isEqualTo(perEpoch(schedule, 50));
        assertThat(perIteration(read, 300)).isEqualTo(perIteration(schedule, 300));
    }

    /** A schedule as a user writes it. */
    static final class Squares implements BatchSchedule {
        public int base;

        @Override
        public int batchSize(int epoch, int iteration) {
            return base + epoch * epoch;
        }
    }

    @Test
    void aClassOfOnesOwnIsReadFromItsJson() {
        Squares own = new Squares();
        own.base = 7;

        BatchSchedule read =
                BatchSchedule.fromJson(BatchSchedule.warmUp(EPOCH, 4, 2, own).toJson(), Squares.class);

        assertThat(read.batchSize(3, 0)).isEqualTo(16);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ((BatchSchedule) (epoch, iteration) -> 3).toJson())
                .withMessageContaining("lambda");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BatchSchedule.warmUp(EPOCH, 4, 2, (epoch, iteration) -> 3)
                        .toJson())
                .withMessageContaining("Cannot write the batch schedule warm-up(from=4")
                .withMessageContaining("Lambda");
    }

    @Test
    void jsonThatIsBrokenIsRefusedWithValueAndPlace() {
        String json = BatchSchedule.warmUp(EPOCH, 4, 2, BatchSchedule.linear(EPOCH, 10, 20, 5))
                .toJson();

        for (String[] change : new String[][] {
            {"\"to\":20", "\"to\":-20", "got -20"},
            {"\"to\":20", "\"to\":\"many\"", "many"},
            {"\"to\":20", "\"too\":20", "Expected a setting to, got none"},
            {"\"to\":20", "\"to\":20,\"colour\":2", "colour"},
            {"\"to\":20", "\"to\":20,\"to\":30", "Duplicate field 'to'"},
            {"\"to\":20", "\"to\":20.5", "20.5"},
            {"RampSchedule", "RumpSchedule", "RumpSchedule"},
        }) {
            assertThat(json).contains(change[0]);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> BatchSchedule.fromJson(json.replace(change[0], change[1])))
                    .withMessageContaining(change[2])
                    .withMessageContaining("line: 1, column: ")
                    .withMessageMatching("(?s).*(problem: then: |Duplicate).*");
        }
        assertThatIllegalArgumentException().isThrownBy(() -> BatchSchedule.fromJson(json + "3"));
        assertThatIllegalArgumentException().isThrownBy(() -> BatchSchedule.fromJson("null"));
        assertThatIllegalArgumentException().isThrownBy(() -> BatchSchedule.fromJson(null));
    }

    @Test
    void printsWhatItDoes() throws IOException {
        try (InputStream printed = getClass().getResourceAsStream("/schedules/printed.txt")) {
            assertThat(all().map(BatchSchedule::toString))
                    .containsExactlyElementsOf(new String(printed.readAllBytes(), StandardCharsets.UTF_8)
                            .lines()
                            .collect(Collectors.toList()));
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void survivesSerialisation(BatchSchedule schedule) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(schedule);
        }
        Object read = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();

        assertThat(read).isEqualTo(schedule);
        assertThat(perEpoch((BatchSchedule) read, 50)).isEqualTo(perEpoch(schedule, 50));
    }

    @Test
    void schedulesThatPrintDifferentlyDiffer() {
        assertThat(BatchSchedule.named("s32-to-512", 40)).isNotEqualTo(BatchSchedule.named("s32-to-512", 41));
        assertThat(BatchSchedule.constant(3)).isNotEqualTo("s3");
    }
}
