package io.dl4jext.experiments.sampling;

import io.dl4jext.batch.control.BatchController;
import io.dl4jext.batch.control.BeaconFollower;
import io.dl4jext.batch.control.Cabs;
import io.dl4jext.batch.control.InnerProductTest;
import io.dl4jext.batch.control.NoiseScale;
import io.dl4jext.batch.control.NormTest;
import io.dl4jext.experiments.command.EnumName;
import io.dl4jext.fisher.Beacon;
import java.util.List;
import java.util.function.Function;

/** The rules of the pack's controllers, each with its paper's settings and the controller's defaults otherwise. */
enum Rule {
    /** Sizes never fall. */
    NORM_TEST(beacons -> BatchController.builder(new NormTest()).neverShrink()),
    /** Sizes never fall. */
    INNER_PRODUCT_TEST(
            beacons -> BatchController.builder(new InnerProductTest()).neverShrink()),
    CABS(beacons -> BatchController.builder(new Cabs())),
    NOISE_SCALE(beacons -> BatchController.builder(new NoiseScale())),
    /** Stays near recorded runs; without a moving average, as it follows measures that are averages already. */
    BEACON_FOLLOWER(beacons -> {
        BeaconFollower.Builder follower = BeaconFollower.builder();
        beacons.forEach(follower::beacon);
        return BatchController.builder(follower.build()).movingAverage(0);
    });

    private final Function<List<Beacon>, BatchController.Builder> maker;

    Rule(Function<List<Beacon>, BatchController.Builder> maker) {
        this.maker = maker;
    }

    /** @param beacons for the rule that follows them */
    BatchController.Builder controller(List<Beacon> beacons) {
        return maker.apply(beacons);
    }

    @Override
    public String toString() {
        return EnumName.typed(name());
    }
}
