package io.dl4jext.batch.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dl4jext.batch.BatchState;
import io.dl4jext.batch.DynamicBatchIterator;
import io.dl4jext.batch.control.BatchDecision.Outcome;
import io.dl4jext.batch.scaling.LearningRateScaling;
import io.dl4jext.batch.schedule.BatchSchedule;
import io.dl4jext.fisher.Beacon;
import io.dl4jext.fisher.FisherMeasurement;
import io.dl4jext.fisher.FisherSummary;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/** Settings as JSON: by DL4J's own mapper and by a plain one. */
class SettingsJsonTest {

    private static final String BEACON =
            "{\"examples\":[32,64],\"conditionNumbers\":[2.5,3.0],\"energies\":[0.0,0.125]," + "\"sizes\":[32,32]}";

    private static Stream<BatchRule> rules() {
        return Stream.of(
                new NormTest(),
                new NormTest(0.3),
                new NoiseScale(0.25),
                new Cabs(-1.5),
                new InnerProductTest(0.7),
                new InnerProductTest(0.9, 5.84));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void rules(BatchRule rule) throws Exception {
        for (ObjectMapper mapper : new ObjectMapper[] {NeuralNetConfiguration.mapper(), new ObjectMapper()}) {
            BatchRule read = mapper.readValue(mapper.writeValueAsString(rule), BatchRule.class);

            assertThat(read).isEqualTo(rule).hasSameHashCodeAs(rule).hasToString(rule.toString());
            assertThat(rules().filter(read::equals)).hasSize(1);
        }
    }

    @Test
    void rulesAreCheckedAsTheyAreRead() {
        for (BatchRule rule : new BatchRule[] {new NormTest(0.3), new InnerProductTest(0.3)}) {
            assertThatThrownBy(() -> new ObjectMapper()
                            .readValue(
                                    new ObjectMapper().writeValueAsString(rule).replace("0.3", "-2"), BatchRule.class))
                    .hasMessageContaining("Expected a finite theta > 0, got -2.0");
        }
    }

    @Test
    void beaconsAndTheirFollowers() throws Exception {
        ObjectMapper mapper = new ObjectMapper();
        Beacon beacon = mapper.readValue(BEACON, Beacon.class);
        assertThat(mapper.writeValueAsString(beacon)).isEqualTo(BEACON);
        assertThat(beacon.conditionNumber(48)).isEqualTo(2.75);
        BeaconFollower follower = BeaconFollower.builder()
                .beacon(beacon)
                .energyGain(0.5)
                .tolerance(0.1)
                .build();
        String json = mapper.writeValueAsString(follower);
        BeaconFollower read = (BeaconFollower) mapper.readValue(json, BatchRule.class);

        assertThat(mapper.writeValueAsString(read)).isEqualTo(json);
        assertThat(read.size(40, 7, 0.01)).isEqualTo(follower.size(40, 7, 0.01));
        assertThatThrownBy(() -> mapper.readValue(BEACON.replace("[32,32]", "[32]"), Beacon.class))
                .hasMessageContaining("four lists");
        assertThatThrownBy(() -> mapper.readValue(BEACON.replace("[2.5,3.0]", "null"), Beacon.class))
                .hasMessageContaining("four lists");
        assertThatThrownBy(() -> mapper.readValue(BEACON.replace("3.0", "0.5"), Beacon.class))
                .hasMessageContaining("got 0.5 after 64 examples");
        assertThatThrownBy(() -> mapper.readValue(json.replace(BEACON, ""), BatchRule.class))
                .hasMessageContaining("at least one beacon");
    }

    private static BatchController.Builder controller() {
        return BatchController.builder(new NormTest(0.5))
                .bounds(10, 200)
                .initialSize(24)
                .multipleOf(8)
                .growthCap(Double.POSITIVE_INFINITY)
                .shrinkCap(4)
                .hysteresis(0.125)
                .movingAverage(0.75)
                .decideEvery(3)
                .logLength(7)
                .neverShrink();
    }

    @Test
    void controllersBeginAnew() throws Exception {
        BatchController used = controller().build();
        String json = used.toJson();
        assertThat(json)
                .isEqualTo("{\"rule\":{\"@class\":\"io.dl4jext.batch.control.NormTest\",\"theta\":0.5},"
                        + "\"growthCap\":\"Infinity\",\"shrinkCap\":4.0,\"hysteresis\":0.125,\"neverShrink\":true,"
                        + "\"min\":16,\"max\":200,\"multipleOf\":8,\"movingAverage\":0.75,\"decideEvery\":3,"
                        + "\"logLength\":7,\"initialSize\":24}");
        for (int iteration = 0; iteration < 5; iteration++) {
            used.decide(0, iteration, 24, SizeRequest.of(90));
        }
        assertThat(used.batchSize(0, 0)).isEqualTo(96);
        assertThat(used.toJson()).isEqualTo(json);

        BatchController read = BatchController.fromJson(json);
        ObjectMapper dl4j = NeuralNetConfiguration.mapper();
        BatchController byDl4j = dl4j.readValue(dl4j.writeValueAsString(used), BatchController.class);
        BatchController fresh = controller().build();
        for (int iteration = 0; iteration < 12; iteration++) {
            SizeRequest request = SizeRequest.of(iteration < 6 ? 40 + 3 * iteration : 20);
            for (BatchController each : new BatchController[] {read, byDl4j, fresh}) {
                each.decide(iteration / 4, iteration, 24, request);
            }
        }
        assertThat(fresh.log()).extracting(BatchDecision::outcome).contains(Outcome.KEPT, Outcome.NOT_DUE);
        assertThat(fresh.batchSize(0, 0)).isGreaterThan(24);
        assertThat(read.log()).hasToString(fresh.log().toString());
        assertThat(byDl4j.log()).hasToString(fresh.log().toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"min\":16 | \"min\":0 | 0 < min <= max, got 0 and 200",
                "\"shrinkCap\":4.0 | \"shrinkCap\":1.0 | shrinkCap > 1, got 1.0",
                "\"initialSize\":24 | \"initialSize\":25 | a multiple of 8, got 25",
                "\"decideEvery\":3 | \"decideEvery\":3.5 | 3.5",
                "\"logLength\":7 | \"loglength\":7 | loglength",
                "NormTest | NoTest | NoTest",
            })
    void brokenControllersAreRefused(String good, String bad, String message) {
        String json = controller().build().toJson();
        assertThat(json).contains(good);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BatchController.fromJson(json.replace(good, bad)))
                .withMessageContaining("batch controller")
                .withMessageContaining(message);
    }

    @Test
    void aRuleOfOnesOwn() {
        BatchController own = BatchController.builder(new Own()).build();
        assertThat(BatchController.fromJson(own.toJson(), Own.class).toString()).isEqualTo(own.toString());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BatchController.builder((measurement, soFar, size) -> SizeRequest.of(3))
                        .build()
                        .toJson())
                .withMessageContaining("rule of a named class, got the lambda");
    }

    /** A rule as a user writes it. */
    static final class Own implements BatchRule {

        private static final long serialVersionUID = 1L;

        public int size = 5;

        @Override
        public SizeRequest request(FisherMeasurement measurement, FisherSummary soFar, int present) {
            return SizeRequest.of(size);
        }

        @Override
        public String toString() {
            return "own " + size;
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "none | {\"rule\":\"NONE\"}",
                "linear(32) | {\"rule\":\"LINEAR\",\"base\":32}",
                "squareRoot(7) | {\"rule\":\"SQUARE_ROOT\",\"base\":7}",
                "constantRatio(0.001) | {\"rule\":\"CONSTANT_RATIO\",\"ratio\":0.001}",
            })
    void learningRateScalings(String text, String json) throws Exception {
        LearningRateScaling read = new ObjectMapper().readValue(json, LearningRateScaling.class);

        assertThat(read).hasToString(text);
        assertThat(new ObjectMapper().writeValueAsString(read)).isEqualTo(json);
        ObjectMapper dl4j = NeuralNetConfiguration.mapper();
        assertThat(dl4j.readValue(dl4j.writeValueAsString(read), LearningRateScaling.class))
                .isEqualTo(read);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"rule\":\"LINEAR\"} | base null",
                "{\"rule\":\"LINEAR\",\"base\":32,\"ratio\":1} | ratio 1.0",
                "{\"rule\":\"LINEAR\",\"base\":0} | got 0.0",
                "{\"rule\":\"CUBIC\",\"base\":32} | CUBIC",
                "{\"base\":32} | rule",
                "{\"rule\":\"CONSTANT_RATIO\",\"ratio\":\"NaN\"} | got NaN",
            })
    void brokenLearningRateScalingsAreRefused(String json, String message) {
        assertThatThrownBy(() -> new ObjectMapper().readValue(json, LearningRateScaling.class))
                .hasMessageContaining(message);
    }

    @Test
    void whereAnIteratorStands() throws Exception {
        DynamicBatchIterator batches = DynamicBatchIterator.builder(
                        new ExistingDataSetIterator(List.of(new DataSet(Nd4j.rand(10, 2), Nd4j.rand(10, 2)))),
                        BatchSchedule.constant(4))
                .build();
        batches.next();
        String json = "{\"epoch\":0,\"iteration\":1,\"examples\":4,\"carried\":0,\"exhausted\":false}";

        assertThat(new ObjectMapper().writeValueAsString(batches.state())).isEqualTo(json);
        BatchState read = NeuralNetConfiguration.mapper().readValue(json, BatchState.class);
        assertThat(read).isEqualTo(batches.state()).hasSameHashCodeAs(batches.state());
        batches.next();
        assertThat(read).isNotEqualTo(batches.state());
        for (String number : List.of("epoch\":0", "iteration\":1", "examples\":4", "carried\":0")) {
            assertThatThrownBy(() -> new ObjectMapper()
                            .readValue(json.replace(number, number.replace(":", ":-7")), BatchState.class))
                    .hasMessageContaining(">= 0, got -7");
        }
        assertThatThrownBy(() -> new ObjectMapper().readValue(json.replace("carried", "kept"), BatchState.class))
                .hasMessageContaining("kept");
    }
}
