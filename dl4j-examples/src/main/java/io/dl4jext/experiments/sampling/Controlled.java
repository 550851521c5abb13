package io.dl4jext.experiments.sampling;

import io.dl4jext.batch.BatchSizes;
import io.dl4jext.batch.control.Beacon;
import java.util.List;
import java.util.Locale;

/** Sizes that a controller chooses while it sees what is measured; it begins with the smallest. */
final class Controlled implements Policy {

    private final Rule rule;
    private final Bounds bounds;
    private final List<Beacon> beacons;

    /** @param beacons for the rule that follows them */
    Controlled(Rule rule, Bounds bounds, List<Beacon> beacons) {
        this.rule = rule;
        this.bounds = bounds;
        this.beacons = beacons;
    }

    @Override
    public String name() {
        return rule.toString();
    }

    @Override
    public BatchSizes begin() {
        return rule.controller(beacons).bounds(bounds.min, bounds.max).build();
    }

    @Override
    public boolean isBeacon() {
        return false;
    }

    @Override
    public int size(int epoch) {
        return bounds.min;
    }

    @Override
    public long iterations(int examples, int epoch) {
        return (examples + bounds.min - 1) / bounds.min;
    }

    /** The smallest and the largest size allowed. */
    static final class Bounds {

        final int min;
        final int max;

        Bounds(int min, int max) {
            this.min = min;
            this.max = max;
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%d to %d", min, max);
        }
    }
}
