package io.dl4jext.fisher.earlystopping;

import io.dl4jext.fisher.Beacon;
import io.dl4jext.fisher.FisherMeasurement;
import io.dl4jext.fisher.FisherSink;
import io.dl4jext.fisher.FisherSummary;
import java.util.Objects;
import org.deeplearning4j.earlystopping.termination.EpochTerminationCondition;
import org.deeplearning4j.earlystopping.termination.IterationTerminationCondition;

/**
 * Ends an early-stopping training when C̄_K or L_K has grown too large, or when the training has left the surroundings
 * of a good one in their plane: what goes on growing there has, as a rule, left the region of good convergence or
 * generalisation (Liao et al., section 5).
 *
 * <pre>{@code
 * FisherTerminationCondition lost = FisherTerminationCondition.distanceAbove(beacon, 1.5).notBefore(5000);
 * network.addListeners(FisherListener.builder().sink(lost).build());
 * new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
 *         .iterationTerminationConditions(lost) // or epochTerminationConditions(lost), or both
 * }</pre>
 *
 * <p>It is a sink of the listener that measures the training, and belongs to one training. What is not measured yet, or
 * is NaN, ends nothing; nor does it end the first epoch, as DL4J has no best model to return before that is over. With an
 * {@code EarlyStoppingParallelTrainer} epochs are its passes: DL4J's workers never count any.
 */
public final class FisherTerminationCondition
        implements FisherSink, IterationTerminationCondition, EpochTerminationCondition {

    private static final long serialVersionUID = 1L;

    /** The names of the threads that ParallelWrapper trains on, which are new at each pass. */
    private static final String WORKER = "ParallelWrapper training thread";

    private enum Measure {
        CONDITION_NUMBER,
        ENERGY,
        DISTANCE
    }

    private final Measure measure;
    private final Beacon beacon;
    private final double limit;
    private final long notBefore;
    private transient volatile FisherSummary latest;
    private transient volatile boolean inFirstEpoch;

    /** The thread of the first measurement. */
    private transient volatile Thread first;

    private FisherTerminationCondition(Measure measure, Beacon beacon, double limit, long notBefore) {
        if (!(limit > 0)) {
            throw new IllegalArgumentException("Expected a limit > 0, got " + limit);
        }
        if (notBefore < 0) {
            throw new IllegalArgumentException("Expected notBefore >= 0 examples, got " + notBefore);
        }
        this.measure = measure;
        this.beacon = beacon;
        this.limit = limit;
        this.notBefore = notBefore;
    }

    /** When C̄_K exceeds the limit. */
    public static FisherTerminationCondition conditionNumberAbove(double limit) {
        return new FisherTerminationCondition(Measure.CONDITION_NUMBER, null, limit, 0);
    }

    /** When L_K exceeds the limit. */
    public static FisherTerminationCondition energyAbove(double limit) {
        return new FisherTerminationCondition(Measure.ENERGY, null, limit, 0);
    }

    /** When the {@link Beacon#distance} exceeds the limit. */
    public static FisherTerminationCondition distanceAbove(Beacon beacon, double limit) {
        return new FisherTerminationCondition(Measure.DISTANCE, Objects.requireNonNull(beacon, "beacon"), limit, 0);
    }

    /**
     * The same, but not before so many examples: both measures are averages or sums, and settle in time.
     *
     * @throws IllegalArgumentException unless ≥ 0
     */
    public FisherTerminationCondition notBefore(long examples) {
        return new FisherTerminationCondition(measure, beacon, limit, examples);
    }

    @Override
    public void accept(FisherMeasurement measurement, FisherSummary soFar) {
        Thread thread = Thread.currentThread();
        if (first == null) {
            first = thread;
        }
        inFirstEpoch = thread.getName().startsWith(WORKER) ? thread == first : measurement.epoch() == 0;
        latest = soFar;
    }

    /** Forgets what was measured before the training begins. */
    @Override
    public void initialize() {
        latest = null;
        first = null;
    }

    @Override
    public boolean terminate(double lastMiniBatchScore) {
        return !inFirstEpoch && isBeyond();
    }

    @Override
    public boolean terminate(int epoch, double score, boolean minimise) {
        return isBeyond();
    }

    private boolean isBeyond() {
        FisherSummary now = latest;
        return now != null && now.examples() >= notBefore && hasMoved(now) && value(now) > limit;
    }

    /** With a learning rate of 0 so far, here or in the beacon, L_K is 0, and a distance from it says nothing. */
    private boolean hasMoved(FisherSummary now) {
        return measure != Measure.DISTANCE || now.cumulativeEnergy() != 0 && beacon.energy(now.examples()) != 0;
    }

    private double value(FisherSummary summary) {
        switch (measure) {
            case CONDITION_NUMBER:
                return summary.averageConditionNumber();
            case ENERGY:
                return summary.cumulativeEnergy();
            default:
                return beacon.distance(summary);
        }
    }

    /** What it ends a training for, as DL4J logs it, with the value now. */
    @Override
    public String toString() {
        String what = measure == Measure.DISTANCE
                ? "distance from the beacon"
                : measure == Measure.ENERGY ? "cumulative energy" : "mean condition number";
        FisherSummary now = latest;
        return "FisherTerminationCondition(" + what + " > " + limit
                + (notBefore == 0 ? "" : ", not before " + notBefore + " examples")
                + (now == null ? "" : ", now " + value(now)) + ")";
    }
}
