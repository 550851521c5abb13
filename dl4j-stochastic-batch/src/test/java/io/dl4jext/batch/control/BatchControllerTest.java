package io.dl4jext.batch.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dl4jext.batch.control.BatchDecision.Outcome;
import io.dl4jext.fisher.FisherListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.Sgd;

/** Averages, intervals, what is undefined, the log and refusals: everything between request and size. */
class BatchControllerTest {

    private static final BatchRule UNUSED = (measurement, soFar, size) -> {
        throw new AssertionError("not asked in these tests");
    };

    private static BatchController.Builder builder() {
        return BatchController.builder(UNUSED).movingAverage(0).bounds(1, 1000);
    }

    private static List<Integer> sizes(BatchController control) {
        List<Integer> sizes = new ArrayList<>();
        control.log().forEach(decision -> sizes.add(decision.applied()));
        return sizes;
    }

    private static List<Outcome> outcomes(BatchController control) {
        List<Outcome> outcomes = new ArrayList<>();
        control.log().forEach(decision -> outcomes.add(decision.outcome()));
        return outcomes;
    }

    @Test
    void followsRequestsAndLogsThem() {
        BatchController control = builder().initialSize(100).build();
        assertThat(control.batchSize(0, 0)).isEqualTo(100);
        double[] requests = {150.2, 1e9, 1e9, 151, 10, 38, 38};
        for (int k = 0; k < requests.length; k++) {
            control.decide(k / 3, 5 * k, 99, SizeRequest.of(requests[k]));
            assertThat(control.batchSize(7, 7)).isEqualTo(control.log().get(k).applied());
        }
        assertThat(sizes(control)).containsExactly(151, 302, 604, 302, 151, 76, 38);
        assertThat(outcomes(control))
                .containsExactly(
                        Outcome.GREW,
                        Outcome.GREW,
                        Outcome.GREW,
                        Outcome.SHRANK,
                        Outcome.SHRANK,
                        Outcome.SHRANK,
                        Outcome.SHRANK);
        BatchDecision fourth = control.log().get(3);
        assertThat(fourth.epoch()).isEqualTo(1);
        assertThat(fourth.iteration()).isEqualTo(15);
        assertThat(fourth.measuredSize()).isEqualTo(99);
        assertThat(fourth.requested()).isEqualTo(151);
        assertThat(fourth.averaged()).isEqualTo(151);
        assertThat(fourth)
                .hasToString(
                        "epoch 1, iteration 15: measured at 99, requested 151.0 (average 151.0), applied 302 (shrank)");
    }

    /** To a checkpoint, or to the start: it does not wait until the iteration is where it was. */
    @Test
    void trainingThatGoesBackIsDecidedOn() {
        BatchController control = builder().decideEvery(5).initialSize(10).build();
        for (int k = 0; k < 20; k++) {
            control.decide(0, 5000 + k, 10, SizeRequest.of(20));
        }
        assertThat(control.batchSize(0, 0)).isEqualTo(20);
        for (int k = 0; k < 5; k++) {
            control.decide(0, 2000 + k, 20, SizeRequest.of(30));
        }
        assertThat(control.batchSize(0, 0)).isEqualTo(30);
        assertThat(outcomes(control).subList(20, 25))
                .containsExactly(Outcome.NOT_DUE, Outcome.NOT_DUE, Outcome.NOT_DUE, Outcome.NOT_DUE, Outcome.GREW);
    }

    /** What will be measured again is forgotten, averages too. */
    @Test
    void resumedAtAnEarlierIterationItForgetsWhatComesAgain() {
        BatchController control = builder().movingAverage(0.9).initialSize(10).build();
        BatchController fresh = builder().movingAverage(0.9).initialSize(10).build();
        for (int k = 0; k < 10; k++) {
            control.decide(0, k, 10, SizeRequest.of(10));
        }
        control.resumeAt(10, null);
        assertThat(control.log()).hasSize(10);
        control.resumeAt(4, null);
        assertThat(control.log()).extracting(BatchDecision::iteration).containsExactly(0, 1, 2, 3);
        for (int k = 4; k < 8; k++) {
            control.decide(0, k, 10, SizeRequest.of(15 + k));
            fresh.decide(0, k, 10, SizeRequest.of(15 + k));
        }
        assertThat(control.log().subList(4, 8)).hasToString(fresh.log().toString());
    }

    @Test
    void theLogKeepsTheLatest() {
        BatchController control = builder().logLength(3).build();
        BatchController unset = builder().build();
        int saved = 0;
        for (int k = 0; k < 2000; k++) {
            control.decide(0, k, 8, SizeRequest.of(1 + k % 7));
            unset.decide(0, k, 8, SizeRequest.of(1 + k % 7));
            if (k == 1000) {
                saved = unset.state().length();
            }
        }
        assertThat(control.log()).extracting(BatchDecision::iteration).containsExactly(1997, 1998, 1999);
        assertThat(unset.log()).hasSize(1000);
        assertThat(unset.log().get(0).iteration()).isEqualTo(1000);
        assertThat(unset.state().length()).isLessThan(saved + saved / 50);
        assertThat(control.batchSize(0, 0)).isEqualTo(unset.batchSize(0, 0));
        assertThatThrownBy(() -> builder().logLength(0)).hasMessageContaining("logLength > 0, got 0");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5, 0.9})
    void numeratorsAndDenominatorsAreAveragedApart(double decay) {
        BatchController control = BatchController.builder(UNUSED)
                .movingAverage(decay)
                .bounds(1, 100_000)
                .build();
        Random random = new Random(17);
        List<double[]> terms = new ArrayList<>();
        for (int k = 0; k < 20; k++) {
            double[] now = {random.nextDouble(), 0.1 + random.nextDouble(), random.nextDouble(), 0.3, 1 + k % 3};
            terms.add(now);
            control.decide(
                    0,
                    k,
                    8,
                    SizeRequest.ratio(now[0], now[1], now[4]).orLarger(SizeRequest.ratio(now[2], now[3], 0.5)));
            double[] sums = new double[4];
            for (int j = 0; j <= k; j++) {
                for (int i = 0; i < 4; i++) {
                    sums[i] += Math.pow(decay, k - j) * terms.get(j)[i];
                }
            }
            double expected = Math.max(now[4] * sums[0] / sums[1], 0.5 * sums[2] / sums[3]);
            assertThat(control.log().get(k).averaged()).isCloseTo(expected, within(1e-12 * expected));
            assertThat(control.log().get(k).requested())
                    .isEqualTo(Math.max(now[4] * (now[0] / now[1]), 0.5 * (now[2] / now[3])));
        }
    }

    @Test
    void whatIsNoNumberChangesNothing() {
        BatchController control = builder().movingAverage(0.5).initialSize(64).build();
        BatchController undisturbed =
                builder().movingAverage(0.5).initialSize(64).build();
        SizeRequest[] bad = {
            SizeRequest.of(Double.NaN),
            SizeRequest.of(Double.POSITIVE_INFINITY),
            SizeRequest.of(Double.NEGATIVE_INFINITY),
            SizeRequest.ratio(1, Double.NaN, 1),
            SizeRequest.ratio(1, 1, Double.NaN),
            SizeRequest.of(5).orLarger(SizeRequest.ratio(Double.NaN, 1, 1))
        };
        for (int k = 0; k < 24; k++) {
            if (k % 2 == 0) {
                int before = control.batchSize(0, k);
                control.decide(0, k, 4, bad[(k / 2) % bad.length]);
                assertThat(control.batchSize(0, k)).isEqualTo(before);
                BatchDecision last = control.log().get(k);
                assertThat(last.outcome()).isEqualTo(Outcome.UNDEFINED);
                assertThat(last.averaged()).isNaN();
                assertThat(last.applied()).isEqualTo(before);
            } else {
                control.decide(0, k, 4, SizeRequest.of(20 + 7 * k));
                undisturbed.decide(0, k, 4, SizeRequest.of(20 + 7 * k));
                assertThat(control.batchSize(0, k)).isEqualTo(undisturbed.batchSize(0, k));
            }
        }
        assertThat(control.log()).extracting(BatchDecision::requested).contains(Double.NaN, Double.POSITIVE_INFINITY);
    }

    /** An estimate of a positive denominator may be negative: it counts in the average, but gives no size by itself. */
    @Test
    void negativeDenominatorsCountInTheAverage() {
        BatchController control = builder().movingAverage(0.5).build();
        control.decide(0, 0, 4, SizeRequest.ratio(10, -1, 1));
        control.decide(0, 1, 4, SizeRequest.ratio(10, 2, 1));
        control.decide(0, 2, 4, SizeRequest.ratio(0, 0, 1));
        assertThat(control.log().get(0).requested()).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(outcomes(control)).containsExactly(Outcome.UNDEFINED, Outcome.GREW, Outcome.GREW);
        // (10 + 10/2)/(2 − 1/2) = 10; then (15/2)/(1.5/2), the same.
        assertThat(control.log().get(1).averaged()).isEqualTo(10);
        assertThat(control.log().get(2).averaged()).isEqualTo(10);
    }

    @Test
    void anOverflowIsForgotten() {
        BatchController control = builder().movingAverage(0.9).build();
        for (int k = 0; k < 3; k++) {
            control.decide(0, k, 4, SizeRequest.ratio(Double.MAX_VALUE, Double.MAX_VALUE, 1));
            assertThat(control.log().get(k).averaged()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, 0 1 2 3 4 5 6 7 8 9 10 11 12",
        "1, 3, 2 5 8 11",
        "4, 3, 4 8 12",
        "5, 10, 10",
        "5, 6, 5",
        "6, 6, 6 12"
    })
    void decidesWhenTheIntervalIsOver(int measuredEvery, int decideEvery, String expected) {
        BatchController control =
                builder().initialSize(1).decideEvery(decideEvery).build();
        List<String> decided = new ArrayList<>();
        for (int k = 0; k < 13; k += measuredEvery) {
            control.decide(0, k, 4, SizeRequest.of(1000));
            if (control.log().get(control.log().size() - 1).outcome() != Outcome.NOT_DUE) {
                decided.add(String.valueOf(k));
            }
        }
        assertThat(String.join(" ", decided)).isEqualTo(expected);
    }

    @Test
    void aDecisionThatCouldNotBeTakenStaysDue() {
        BatchController control = builder().decideEvery(3).build();
        for (int k = 0; k < 8; k++) {
            control.decide(0, k, 4, SizeRequest.of(k == 2 || k == 3 ? Double.NaN : 500));
        }
        assertThat(outcomes(control))
                .containsExactly(
                        Outcome.NOT_DUE,
                        Outcome.NOT_DUE,
                        Outcome.UNDEFINED,
                        Outcome.UNDEFINED,
                        Outcome.GREW,
                        Outcome.NOT_DUE,
                        Outcome.NOT_DUE,
                        Outcome.GREW);
    }

    @Test
    void hysteresisCapAndShrinking() {
        BatchController control = builder()
                .initialSize(40)
                .multipleOf(8)
                .hysteresis(0.25)
                .growthCap(1.5)
                .shrinkCap(4)
                .build();
        double[] requests = {50, 50.1, 1000, 47, 45, 1, 1};
        for (int k = 0; k < requests.length; k++) {
            control.decide(0, k, 4, SizeRequest.of(requests[k]));
        }
        assertThat(sizes(control)).containsExactly(40, 56, 80, 48, 48, 16, 8);
        BatchController growing = builder().initialSize(40).neverShrink().build();
        growing.decide(0, 0, 4, SizeRequest.of(3));
        growing.decide(0, 1, 4, SizeRequest.of(60));
        growing.decide(0, 2, 4, SizeRequest.of(3));
        assertThat(sizes(growing)).containsExactly(40, 60, 60);
    }

    @Test
    void theLogIsASnapshot() {
        BatchController control = builder().build();
        List<BatchDecision> before = control.log();
        control.decide(0, 0, 4, SizeRequest.of(5));
        assertThat(before).isEmpty();
        assertThat(control.log()).hasSize(1);
        assertThatThrownBy(() -> control.log().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void aRuleThatThrowsLeavesTrainingAndSizeAlone() {
        BatchController control = BatchController.builder((measurement, soFar, size) -> {
                    if (measurement.iteration() == 2) {
                        throw new IllegalStateException("a rule's own fault (expected in this test)");
                    }
                    return SizeRequest.of(2 * size);
                })
                .initialSize(16)
                .movingAverage(0)
                .build();
        MultiLayerNetwork network = Networks.layers(new Sgd(0.1), 3);
        network.setListeners(
                FisherListener.builder().everyIterations(1).sink(control).build());
        for (int k = 0; k < 5; k++) {
            network.fit(Networks.data(DataType.DOUBLE, 4, k));
        }
        assertThat(network.getIterationCount()).isEqualTo(5);
        assertThat(control.log()).hasSize(2);
        assertThat(control.batchSize(0, 5)).isEqualTo(64);
    }

    @Test
    void settingsAreNamedWhenRefused() {
        assertRefused(() -> BatchController.builder(null), "rule", "null");
        assertRefused(() -> builder().bounds(0, 5), "bounds", "0", "5");
        assertRefused(() -> builder().bounds(6, 5), "bounds", "6", "5");
        assertRefused(() -> builder().initialSize(0), "initialSize", "0");
        assertRefused(() -> builder().multipleOf(-3), "multipleOf", "-3");
        assertRefused(() -> builder().growthCap(1), "growthCap", "1.0");
        assertRefused(() -> builder().growthCap(Double.NaN), "growthCap", "NaN");
        assertRefused(() -> builder().shrinkCap(0.5), "shrinkCap", "0.5");
        assertRefused(() -> builder().hysteresis(-0.1), "hysteresis", "-0.1");
        assertRefused(() -> builder().hysteresis(Double.NaN), "hysteresis", "NaN");
        assertRefused(() -> builder().movingAverage(1), "movingAverage", "1.0");
        assertRefused(() -> builder().movingAverage(Double.NaN), "movingAverage", "NaN");
        assertRefused(() -> builder().decideEvery(0), "decideEvery", "0");
        assertRefused(() -> builder().bounds(17, 31).multipleOf(16).build(), "multiple of 16", ", got 17 and 31");
        assertRefused(() -> builder().bounds(16, 64).initialSize(128).build(), "initialSize", "16 to 64", "128");
        assertRefused(
                () -> builder().bounds(10, 70).multipleOf(16).initialSize(24).build(),
                "initialSize",
                "16 to 64",
                "multiple of 16",
                "24");
        assertThat(BatchController.builder(new NormTest()).build())
                .hasToString("BatchController(norm test (theta 0.9), size 16 within 16 to 2048)");
    }

    private static void assertRefused(Runnable call, String... parts) {
        assertThatThrownBy(call::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(parts);
    }
}
