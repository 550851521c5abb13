package io.dl4jext.batch.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dl4jext.batch.schedule.BatchSizes;
import io.dl4jext.fisher.Beacon;
import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.FisherSummary;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.AdaDelta;
import org.nd4j.linalg.learning.config.Sgd;

class BeaconFollowerTest {

    private static final DataSet DATA = Networks.data(DataType.DOUBLE, 240, 2);

    private static FisherHistory beaconRun(double rate, int size, int iterations) {
        return Training.run(Networks.layers(new Sgd(rate), 1), DATA, (e, k) -> size, 2, iterations);
    }

    /** The law itself, by the numbers of one beacon's last measurement. */
    @Test
    void thePlaneIsMappedToSizes() {
        FisherHistory history = beaconRun(0.2, 16, 15);
        Beacon beacon = Beacon.of(history);
        double c = history.averageConditionNumber();
        double l = beacon.energy(Long.MAX_VALUE);
        BeaconFollower follower = BeaconFollower.builder()
                .beacon(beacon)
                .conditionNumberGain(0.5)
                .energyGain(2)
                .tolerance(0.1)
                .build();
        assertThat(follower.size(9999, c, l)).isCloseTo(16, within(1e-9));
        assertThat(follower.size(9999, 1.09 * c, l / 1.09)).isCloseTo(16, within(1e-9));
        assertThat(follower.size(9999, 1.1 * c * 4, l)).isCloseTo(16 / 2.0, within(1e-9));
        assertThat(follower.size(9999, c / 1.1 / 4, l)).isCloseTo(16 * 2.0, within(1e-9));
        assertThat(follower.size(9999, c, 1.1 * l * 1.5)).isCloseTo(16 * 2.25, within(1e-9));
        assertThat(follower.size(9999, c, l / 1.1 / 1.5)).isCloseTo(16 / 2.25, within(1e-9));
        assertThat(follower.size(9999, 1.1 * c * 4, 1.1 * l * 1.5)).isCloseTo(16 * 2.25 / 2, within(1e-9));
        assertThat(follower.size(9999, Double.NaN, l)).isNaN();
        assertThat(follower.size(9999, c, Double.NaN)).isNaN();
        BeaconFollower energyOnly =
                BeaconFollower.builder().beacon(beacon).conditionNumberGain(0).build();
        assertThat(energyOnly.size(9999, Double.NaN, l)).isCloseTo(16, within(1e-9));
    }

    @Test
    void severalBeaconsSpanARegion() {
        Beacon small = Beacon.of(beaconRun(0.2, 8, 30));
        Beacon large = Beacon.of(beaconRun(0.2, 32, 8));
        BeaconFollower follower = BeaconFollower.builder()
                .beacon(small)
                .beacon(large)
                .tolerance(0)
                .conditionNumberGain(0)
                .build();
        double most = Math.max(small.energy(200), large.energy(200));
        double least = Math.min(small.energy(200), large.energy(200));
        assertThat(most).isGreaterThan(1.2 * least);
        for (double inside : new double[] {least, Math.sqrt(least * most), most}) {
            assertThat(follower.size(200, 1, inside)).isCloseTo(16, within(1e-9));
        }
        assertThat(follower.size(200, 1, 2 * most)).isCloseTo(32, within(1e-9));
        assertThat(follower.size(200, 1, least / 2)).isCloseTo(8, within(1e-9));
    }

    /** C̄_K, L_K and the examples that the rule keeps for itself are those of the listener, while that one lives. */
    @Test
    void keepsTheListenersOwnSums() {
        Beacon beacon = Beacon.of(beaconRun(0.2, 16, 15));
        BeaconFollower follower = BeaconFollower.builder().beacon(beacon).build();
        Trajectory trajectory = new Trajectory();
        List<String> seen = new ArrayList<>();
        FisherListener listener = Training.listener(3)
                .sink((measurement, soFar) -> {
                    trajectory.add(measurement, soFar, 20);
                    assertThat(trajectory.examples()).isEqualTo(soFar.examples());
                    assertThat(trajectory.conditionNumber())
                            .isCloseTo(soFar.averageConditionNumber(), within(1e-12 * soFar.averageConditionNumber()));
                    assertThat(trajectory.energy())
                            .isCloseTo(soFar.cumulativeEnergy(), within(1e-12 * soFar.cumulativeEnergy()));
                    assertThat(follower.request(measurement, soFar, 20).size())
                            .isCloseTo(
                                    follower.size(
                                            soFar.examples(), soFar.averageConditionNumber(), soFar.cumulativeEnergy()),
                                    within(1e-9));
                    seen.add(measurement.toString());
                })
                .build();
        MultiLayerNetwork network = Networks.layers(new Sgd(0.3), 9);
        network.setListeners(listener);
        // 240 in batches of 20 and 7: the last of each epoch are smaller.
        new Training(network, DATA, (e, k) -> k % 2 == 0 ? 20 : 7, 0).iterations(40);
        assertThat(seen).hasSize(14);
    }

    /** A gradient that is NaN, or all zero, is as if it had not been measured. */
    @Test
    void leavesOutWhatIsNotFinite() {
        Beacon beacon = Beacon.of(beaconRun(0.2, 16, 15));
        BatchController control = BatchController.builder(
                        BeaconFollower.builder().beacon(beacon).build())
                .movingAverage(0)
                .bounds(2, 200)
                .initialSize(16)
                .build();
        MultiLayerNetwork network = Networks.layers(new Sgd(0.2), 1);
        network.setListeners(Training.listener(1).sink(control).build());
        network.fit(Networks.rows(DATA, 0, 16));
        DataSet bad = Networks.rows(DATA, 16, 32);
        bad.getFeatures().putScalar(0, 0, Double.NaN);
        double[] before = network.params().dup().data().asDouble();
        network.fit(bad);
        network.setParams(Nd4j.create(before, new long[] {1, before.length}, 'c'));
        network.fit(Networks.rows(DATA, 32, 48));
        assertThat(control.log()).hasSize(3).allSatisfy(decision -> {
            assertThat(decision.requested()).isFinite();
        });
    }

    @Test
    void withoutALearningRateNothingIsAskedFor() {
        Beacon beacon = Beacon.of(beaconRun(0.2, 16, 15));
        BatchController control = BatchController.builder(
                        BeaconFollower.builder().beacon(beacon).build())
                .initialSize(20)
                .build();
        MultiLayerNetwork network = Networks.layers(new AdaDelta(), 1);
        network.setListeners(Training.listener(1).sink(control).build());
        new Training(network, DATA, control, 0).iterations(4);
        assertThat(control.log())
                .hasSize(4)
                .extracting(BatchDecision::outcome)
                .containsOnly(BatchDecision.Outcome.UNDEFINED);
        assertThat(control.batchSize(0, 0)).isEqualTo(20);
    }

    /**
     * With a rate of four times the beacon's, L_K runs away at the beacon's batch size. The follower stays nearer, and
     * from a wrong size it finds the beacon's when the rate is the same.
     */
    @Test
    void comesNearTheBeacon() {
        int examples = 240 * 12;
        Beacon beacon = Beacon.of(beaconRun(0.1, 16, examples / 16));
        double goal = beacon.energy(examples);

        double apart = Math.abs(Math.log(energy(0.4, (e, k) -> 16, null, examples) / goal));
        BatchController control = follower(beacon, 16);
        double followed = Math.abs(Math.log(energy(0.4, control, control, examples) / goal));
        assertThat(followed).isLessThan(0.6 * apart);
        assertThat(control.batchSize(0, 0)).isGreaterThan(24);

        double wrong = Math.abs(Math.log(energy(0.1, (e, k) -> 96, null, examples) / goal));
        BatchController back = follower(beacon, 96);
        double found = Math.abs(Math.log(energy(0.1, back, back, examples) / goal));
        assertThat(found).isLessThan(0.3 * wrong);
        assertThat(back.batchSize(0, 0)).isBetween(8, 32);
    }

    /** To the start, for another fold, say, or to a checkpoint: what it had kept of what comes again is forgotten. */
    @ParameterizedTest
    @ValueSource(ints = {0, 3})
    void trainingThatGoesBackIsFollowedFromThere(int back) {
        FisherHistory run = beaconRun(0.3, 20, 16);
        int measured = run.measurements().size();
        Beacon beacon = Beacon.of(beaconRun(0.1, 20, 16));
        BatchController control = follower(beacon, 20);
        BatchController fresh = follower(beacon, 20);
        for (int k = 0; k < measured; k++) {
            control.accept(run.measurements().get(k), run.summaries().get(k));
        }
        assertThat(measured).isGreaterThan(back + 2);
        control.resumeAt(run.measurements().get(back).iteration(), null);
        for (int k = 0; k < measured; k++) {
            fresh.accept(run.measurements().get(k), run.summaries().get(k));
            if (k >= back) {
                control.accept(run.measurements().get(k), run.summaries().get(k));
            }
        }
        assertThat(control.log())
                .extracting(BatchDecision::requested)
                .containsExactlyElementsOf(
                        fresh.log().stream().map(BatchDecision::requested).collect(Collectors.toList()));
    }

    private static BatchController follower(Beacon beacon, int initialSize) {
        return BatchController.builder(BeaconFollower.builder()
                        .beacon(beacon)
                        .conditionNumberGain(0)
                        .energyGain(2)
                        .build())
                .movingAverage(0)
                .bounds(4, 240)
                .initialSize(initialSize)
                .build();
    }

    /** L_K of a run after that many examples. */
    private static double energy(double rate, BatchSizes sizes, BatchController control, int examples) {
        List<FisherSummary> last = new ArrayList<>();
        FisherListener.Builder builder = Training.listener(2).sink((measurement, soFar) -> {
            if (soFar.examples() <= examples) {
                last.add(soFar);
            }
        });
        if (control != null) {
            builder.sink(control);
        }
        MultiLayerNetwork network = Networks.layers(new Sgd(rate), 1);
        network.setListeners(builder.build());
        Training training = new Training(network, DATA, sizes, 0);
        int seen = 0;
        while (seen < examples) {
            training.iterations(1);
            seen += training.sizes.get(training.sizes.size() - 1);
        }
        FisherSummary end = last.get(last.size() - 1);
        return end.cumulativeEnergy() * examples / end.examples();
    }

    @Test
    void settingsAreNamedWhenRefused() {
        assertThatThrownBy(() -> BeaconFollower.builder().build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("at least one beacon");
        assertRefused(() -> BeaconFollower.builder().beacon(null), "beacon", "null");
        assertRefused(() -> BeaconFollower.builder().tolerance(-0.1), "tolerance", "-0.1");
        assertRefused(() -> BeaconFollower.builder().energyGain(Double.NaN), "energyGain", "NaN");
        assertRefused(
                () -> BeaconFollower.builder().conditionNumberGain(Double.POSITIVE_INFINITY),
                "conditionNumberGain",
                "Infinity");
    }

    private static void assertRefused(Runnable call, String... parts) {
        assertThatThrownBy(call::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(parts);
    }
}
