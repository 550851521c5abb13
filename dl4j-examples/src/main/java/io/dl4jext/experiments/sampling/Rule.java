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
import java.util.function.Supplier;

/** The rules of the pack's controllers, each with its paper's settings and the controller's defaults otherwise. */
enum Rule {
    /** Sizes never fall. */
    NORM_TEST {
        @Override
        BatchController.Builder controller(Supplier<List<Beacon>> beacons) {
            return BatchController.builder(new NormTest()).neverShrink();
        }
    },
    /** Sizes never fall. */
    INNER_PRODUCT_TEST {
        @Override
        BatchController.Builder controller(Supplier<List<Beacon>> beacons) {
            return BatchController.builder(new InnerProductTest()).neverShrink();
        }
    },
    CABS {
        @Override
        BatchController.Builder controller(Supplier<List<Beacon>> beacons) {
            return BatchController.builder(new Cabs());
        }
    },
    NOISE_SCALE {
        @Override
        BatchController.Builder controller(Supplier<List<Beacon>> beacons) {
            return BatchController.builder(new NoiseScale());
        }
    },
    /** Stays near recorded runs; without a moving average, as it follows measures that are averages already. */
    BEACON_FOLLOWER {
        @Override
        BatchController.Builder controller(Supplier<List<Beacon>> beacons) {
            BeaconFollower.Builder follower = BeaconFollower.builder();
            beacons.get().forEach(follower::beacon);
            return BatchController.builder(follower.build()).movingAverage(0);
        }
    };

    abstract BatchController.Builder controller(Supplier<List<Beacon>> beacons);

    @Override
    public String toString() {
        return EnumName.typed(name());
    }
}
