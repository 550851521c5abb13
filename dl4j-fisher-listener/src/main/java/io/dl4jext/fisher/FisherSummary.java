package io.dl4jext.fisher;

import java.util.Locale;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect.Visibility;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The two running measures of Liao et al. after some iterations of a training run: C̄_K (eq. 7) and L_K (eq. 8).
 *
 * <p>Immutable.
 */
@JsonAutoDetect(
        fieldVisibility = Visibility.ANY,
        getterVisibility = Visibility.NONE,
        isGetterVisibility = Visibility.NONE)
public final class FisherSummary {

    static final FisherSummary NONE = new FisherSummary(0, 0, Double.NaN, 0, 0, 0, 0, 0, 0, 0);

    private final int measurements;
    private final long iterations;
    private final long examples;
    private final double averageConditionNumber;
    private final double cumulativeEnergy;

    /** How many c_k are in the mean, and their sum. */
    private final int conditioned;

    private final double conditionNumberSum;

    /** Σ l_k · iterations up to the last measurement, exclusive; its own l_k and iterations so far. */
    private final double closedEnergy;

    private final double lastEnergy;
    private final long lastIterations;

    /** A summary that nothing is added to. */
    FisherSummary(
            int measurements, long iterations, long examples, double averageConditionNumber, double cumulativeEnergy) {
        this(
                measurements,
                examples,
                averageConditionNumber,
                cumulativeEnergy,
                measurements,
                averageConditionNumber * measurements,
                iterations,
                cumulativeEnergy,
                0,
                0);
    }

    @JsonCreator
    private FisherSummary(
            @JsonProperty(value = "measurements", required = true) int measurements,
            @JsonProperty(value = "examples", required = true) long examples,
            @JsonProperty(value = "averageConditionNumber", required = true) double averageConditionNumber,
            @JsonProperty(value = "cumulativeEnergy", required = true) double cumulativeEnergy,
            @JsonProperty(value = "conditioned", required = true) int conditioned,
            @JsonProperty(value = "conditionNumberSum", required = true) double conditionNumberSum,
            @JsonProperty(value = "iterations", required = true) long iterations,
            @JsonProperty(value = "closedEnergy", required = true) double closedEnergy,
            @JsonProperty(value = "lastEnergy", required = true) double lastEnergy,
            @JsonProperty(value = "lastIterations", required = true) long lastIterations) {
        this.measurements = measurements;
        this.iterations = iterations;
        this.examples = examples;
        this.averageConditionNumber = averageConditionNumber;
        this.cumulativeEnergy = cumulativeEnergy;
        this.conditioned = conditioned;
        this.conditionNumberSum = conditionNumberSum;
        this.closedEnergy = closedEnergy;
        this.lastEnergy = lastEnergy;
        this.lastIterations = lastIterations;
    }

    /**
     * This, as it was read from a file.
     *
     * @throws IllegalArgumentException if a count is negative, or they do not fit together
     */
    FisherSummary checked() {
        if (measurements < 0
                || conditioned < 0
                || conditioned > measurements
                || iterations < measurements
                || examples < 0
                || lastIterations < 0
                || lastIterations > iterations) {
            throw new IllegalArgumentException("Expected counts that fit together, got " + measurements
                    + " measurements, " + conditioned + " of them with a c_k, " + iterations + " iterations, "
                    + lastIterations + " of the last, " + examples + " examples");
        }
        return this;
    }

    /** This and one more measurement. */
    FisherSummary plus(FisherMeasurement measurement) {
        double condition = measurement.conditionNumber();
        // No c_k where all gradients are zero or their inner products are not known; NaN where training has diverged.
        boolean hasCondition = !(Double.isNaN(condition) && Double.isFinite(measurement.trace()));
        int count = hasCondition ? conditioned + 1 : conditioned;
        double sum = hasCondition ? conditionNumberSum + condition : conditionNumberSum;
        double closed = measurements == 0 ? closedEnergy : closedEnergy + lastEnergy * lastIterations;
        double energy = measurement.energy();
        return new FisherSummary(
                measurements + 1,
                examples + measurement.batchSize(),
                count == 0 ? Double.NaN : sum / count,
                closed + energy,
                count,
                sum,
                iterations + 1,
                closed,
                energy,
                1);
    }

    /** This and iterations that were not measured; before the first measurement they do not count. */
    FisherSummary passed(long more, long moreExamples) {
        if (measurements == 0 || more == 0) {
            return this;
        }
        return new FisherSummary(
                measurements,
                examples + moreExamples,
                averageConditionNumber,
                closedEnergy + lastEnergy * (lastIterations + more),
                conditioned,
                conditionNumberSum,
                iterations + more,
                closedEnergy,
                lastEnergy,
                lastIterations + more);
    }

    /** This and as many iterations as bring L_K near a value. */
    FisherSummary passedUpTo(double energy) {
        double more = Math.rint((energy - cumulativeEnergy) / lastEnergy);
        return more > 0 && more < Integer.MAX_VALUE ? passed((long) more, 0) : this;
    }

    /** This with other figures right after a measurement, as a file has them, in place of those computed. */
    FisherSummary as(double average, double cumulative, long ofExamples) {
        boolean sameAverage = Double.compare(average, averageConditionNumber) == 0;
        boolean sameEnergy = Double.compare(cumulative, cumulativeEnergy) == 0;
        return new FisherSummary(
                measurements,
                ofExamples,
                average,
                cumulative,
                conditioned,
                sameAverage ? conditionNumberSum : average * conditioned,
                iterations,
                sameEnergy ? closedEnergy : cumulative - lastEnergy,
                lastEnergy,
                lastIterations);
    }

    /** How many iterations the last measurement stands for, itself included. */
    long lastIterations() {
        return lastIterations;
    }

    /** K: how many iterations were measured; a history may hold the last of them only. */
    public int measurements() {
        return measurements;
    }

    /** How many iterations the measurements stand for: those seen since the first measured one, inclusive. */
    public long iterations() {
        return iterations;
    }

    /**
     * How many examples these {@link #iterations()} were trained on: how far training has come, comparable between
     * batch sizes. An example counts once an iteration, so with truncated BPTT once for each part of its sequence.
     */
    public long examples() {
        return examples;
    }

    /**
     * C̄_K: the mean of c_k over the measured iterations that have one (gradients not all zero); NaN before the
     * first.
     */
    public double averageConditionNumber() {
        return averageConditionNumber;
    }

    /** L_K = Σ_k l_k·n_k, where n_k is the number of iterations from measurement k up to the next. */
    public double cumulativeEnergy() {
        return cumulativeEnergy;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "C̄ %.4g, L %.4g (%d measurements, %d iterations)",
                averageConditionNumber,
                cumulativeEnergy,
                measurements,
                iterations);
    }
}
