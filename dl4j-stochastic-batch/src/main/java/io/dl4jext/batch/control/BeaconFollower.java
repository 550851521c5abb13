package io.dl4jext.batch.control;

import io.dl4jext.batch.internal.Checks;
import io.dl4jext.batch.internal.Settings;
import io.dl4jext.fisher.Beacon;
import io.dl4jext.fisher.FisherMeasurement;
import io.dl4jext.fisher.FisherSummary;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect.Visibility;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonIgnore;

/**
 * Keeps a run near the way of a good earlier one through the (C̄_K, L_K) plane, or within the region between several
 * good ones (Liao et al., sections 3.1 and 5: navigate close to a reference model, so that C̄_K and L_K do not grow too
 * quickly).
 *
 * <p>After the same number of examples let the beacons span C̄ from c₁ to c₂ and L from l₁ to l₂, and let b be the
 * geometric mean of their batch sizes. The paper finds that larger batches raise C̄_K and lower L_K. So
 *
 * <pre>B = b · exp(γ_L·e_L − γ_C·e_C)</pre>
 *
 * <p>where e is how far this run lies outside, in logarithms, after a tolerance of τ:
 *
 * <pre>
 * e_C = ln(C̄_K/(c₂(1 + τ)))   above,   ln(C̄_K(1 + τ)/c₁)   below,   0 between; e_L likewise</pre>
 *
 * <p>Too small a C̄_K and too large an L_K both ask for larger batches; where they contradict each other the gains
 * decide. This is proportional control around the beacons' own size: it does not swing, though both measures remember
 * the whole run, and if this run has another learning rate a part of the distance remains. With B alone in play and L_K
 * ∝ B^(−3/2) per example that part is 1/(1 + 1.5·γ_L) of the distance in logarithms.
 *
 * <p>Both measures are averages already: {@code movingAverage(0)} suits this rule. The beacons must have been measured
 * with the same network, data and rank tolerance ({@code FisherListener.Builder.rankTolerance} with a fixed value,
 * since the default depends on the batch size). C̄_K and L_K are those since the first measurement this rule has seen,
 * also across saving and resuming; measurements that are not finite are left out. The request is NaN before there is a
 * C̄_K, and while L_K is 0 (an updater without a learning rate).
 *
 * <p>Keeps state: belongs to one controller. JSON has the settings, without that state.
 */
@JsonAutoDetect(
        fieldVisibility = Visibility.ANY,
        getterVisibility = Visibility.NONE,
        isGetterVisibility = Visibility.NONE)
public final class BeaconFollower implements BatchRule {

    private final ArrayList<Beacon> beacons;
    private final double conditionNumberGain;
    private final double energyGain;
    private final double tolerance;

    @JsonIgnore
    private final Trajectory own = new Trajectory();

    /** Begins a follower; it needs at least one beacon. */
    public static Builder builder() {
        return new Builder();
    }

    private BeaconFollower(Builder builder) {
        this.beacons = new ArrayList<>(builder.beacons);
        this.conditionNumberGain = builder.conditionNumberGain;
        this.energyGain = builder.energyGain;
        this.tolerance = builder.tolerance;
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    private static BeaconFollower of(Settings json) {
        Builder builder = builder();
        json.list("beacons", Beacon.class).forEach(builder::beacon);
        json.number("conditionNumberGain", builder::conditionNumberGain)
                .number("energyGain", builder::energyGain)
                .number("tolerance", builder::tolerance)
                .end();
        return builder.build();
    }

    @Override
    public SizeRequest request(FisherMeasurement measurement, FisherSummary soFar, int size) {
        own.add(measurement, soFar, size);
        return SizeRequest.of(size(own.examples(), own.conditionNumber(), own.energy()));
    }

    @Override
    public double[] state() {
        return own.state();
    }

    @Override
    public void restore(double[] state) {
        own.restore(state);
    }

    /** The size asked for at that place in the plane. */
    double size(long examples, double conditionNumber, double energy) {
        double logSize = 0;
        double leastC = Double.POSITIVE_INFINITY;
        double mostC = 0;
        double leastL = Double.POSITIVE_INFINITY;
        double mostL = 0;
        for (Beacon beacon : beacons) {
            logSize += Math.log(beacon.batchSize(examples)) / beacons.size();
            leastC = Math.min(leastC, beacon.conditionNumber(examples));
            mostC = Math.max(mostC, beacon.conditionNumber(examples));
            leastL = Math.min(leastL, beacon.energy(examples));
            mostL = Math.max(mostL, beacon.energy(examples));
        }
        // A gain of 0 switches a measure off, also where it is not finite.
        if (conditionNumberGain > 0) {
            logSize -= conditionNumberGain * outside(conditionNumber, leastC, mostC);
        }
        if (energyGain > 0) {
            logSize += energyGain * outside(energy, leastL, mostL);
        }
        return Math.exp(logSize);
    }

    private double outside(double value, double least, double most) {
        if (!(value > 0)) {
            return Double.NaN;
        }
        double above = Math.log(value / (most * (1 + tolerance)));
        double below = Math.log(value * (1 + tolerance) / least);
        return above > 0 ? above : below < 0 ? below : 0;
    }

    @Override
    public String toString() {
        return "follower of " + beacons;
    }

    /** Configures a {@link BeaconFollower}. */
    public static final class Builder {

        private final List<Beacon> beacons = new ArrayList<>();
        private double conditionNumberGain = 1;
        private double energyGain = 1;
        private double tolerance = 0.05;

        private Builder() {}

        /** Adds a beacon; with more than one, the region they span is followed. */
        public Builder beacon(Beacon beacon) {
            if (beacon == null) {
                throw new IllegalArgumentException("Expected a beacon, got null");
            }
            beacons.add(beacon);
            return this;
        }

        /**
         * γ_C; default 1. 0 leaves C̄_K out.
         *
         * @throws IllegalArgumentException unless finite and not negative
         */
        public Builder conditionNumberGain(double gain) {
            conditionNumberGain = Checks.notNegative("conditionNumberGain", gain);
            return this;
        }

        /**
         * γ_L; default 1. 0 leaves L_K out.
         *
         * @throws IllegalArgumentException unless finite and not negative
         */
        public Builder energyGain(double gain) {
            energyGain = Checks.notNegative("energyGain", gain);
            return this;
        }

        /**
         * τ: how far from the beacons counts as near, relative; default 0.05.
         *
         * @throws IllegalArgumentException unless finite and not negative
         */
        public Builder tolerance(double relative) {
            tolerance = Checks.notNegative("tolerance", relative);
            return this;
        }

        /** @throws IllegalStateException without a beacon */
        public BeaconFollower build() {
            if (beacons.isEmpty()) {
                throw new IllegalStateException("Expected at least one beacon, got none");
            }
            return new BeaconFollower(this);
        }
    }
}
