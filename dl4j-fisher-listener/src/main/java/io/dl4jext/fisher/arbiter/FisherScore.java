package io.dl4jext.fisher.arbiter;

import io.dl4jext.fisher.Beacon;
import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.FisherSummary;
import io.dl4jext.fisher.internal.capture.Network;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.function.ToDoubleFunction;
import org.deeplearning4j.arbiter.optimize.api.data.DataProvider;
import org.deeplearning4j.arbiter.optimize.api.data.DataSource;
import org.deeplearning4j.arbiter.optimize.api.score.ScoreFunction;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect.Visibility;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Scores a candidate by its place in the (C̄_K, L_K) plane, alone or together with another score such as the loss on
 * test data. Smaller is better.
 *
 * <pre>{@code
 * FisherScore.distance(beacon)                                         // √(ln²(C̄/C̄_b) + ln²(L/L_b))
 * FisherScore.distance(beacon).plus(0.5, new TestSetLossScoreFunction())   // distance + 0.5 · loss
 * }</pre>
 *
 * <p>The candidate must be measured: {@link FisherCandidates}. Where nothing was measured, or the measures are not
 * finite, the score is infinite, which is worse than any other. A network that has gone astray may have finite
 * measures, and if its units are saturated a small C̄_K: score by the distance, or let hopeless candidates end.
 */
@JsonAutoDetect(
        fieldVisibility = Visibility.ANY,
        getterVisibility = Visibility.NONE,
        isGetterVisibility = Visibility.NONE)
public final class FisherScore implements ScoreFunction {

    private static final long serialVersionUID = 1L;

    private enum Measure {
        CONDITION_NUMBER(FisherSummary::averageConditionNumber),
        ENERGY(FisherSummary::cumulativeEnergy),
        DISTANCE(null);

        private final transient ToDoubleFunction<FisherSummary> value;

        Measure(ToDoubleFunction<FisherSummary> value) {
            this.value = value;
        }
    }

    private final Measure measure;
    private final Beacon beacon;
    private final double weight;
    private final ScoreFunction other;

    @JsonCreator
    private FisherScore(
            @JsonProperty(value = "measure", required = true) Measure measure,
            @JsonProperty("beacon") Beacon beacon,
            @JsonProperty("weight") double weight,
            @JsonProperty("other") ScoreFunction other) {
        this.measure = measure;
        this.beacon = beacon;
        this.weight = weight;
        this.other = other;
        if (measure == null || (measure == Measure.DISTANCE) != (beacon != null)) {
            throw new IllegalArgumentException(
                    "Expected a measure, and a beacon for the distance only, got " + measure + " and " + beacon);
        }
    }

    /** C̄_K at the end of the training. */
    public static FisherScore conditionNumber() {
        return new FisherScore(Measure.CONDITION_NUMBER, null, 0, null);
    }

    /** L_K at the end of the training. */
    public static FisherScore energy() {
        return new FisherScore(Measure.ENERGY, null, 0, null);
    }

    /** The {@link Beacon#distance} at the end of the training, from where the beacon was after as many examples. */
    public static FisherScore distance(Beacon beacon) {
        return new FisherScore(Measure.DISTANCE, Objects.requireNonNull(beacon, "beacon"), 0, null);
    }

    /**
     * This score + weight · another.
     *
     * @param share 0 &lt; weight &lt; ∞
     * @param added one to minimise
     * @throws IllegalArgumentException if the other is to be maximised, or there is another already
     */
    public FisherScore plus(double share, ScoreFunction added) {
        if (!(share > 0) || Double.isInfinite(share)) {
            throw new IllegalArgumentException("Expected a weight > 0 and finite, got " + share);
        }
        if (added == null || !added.minimize()) {
            throw new IllegalArgumentException("Expected a score to minimise, as this one is, got " + added);
        }
        if (other != null) {
            throw new IllegalArgumentException("Expected one other score, got " + other + " and " + added);
        }
        return new FisherScore(measure, beacon, share, added);
    }

    @Override
    public double score(Object model, DataProvider dataProvider, Map<String, Object> dataParameters) {
        double own = own((Model) model);
        return other == null ? own : sum(own, other.score(model, dataProvider, dataParameters));
    }

    @Override
    public double score(Object model, Class<? extends DataSource> dataSource, Properties dataSourceProperties) {
        double own = own((Model) model);
        return other == null ? own : sum(own, other.score(model, dataSource, dataSourceProperties));
    }

    private double sum(double own, double others) {
        return finite(own + weight * others);
    }

    private double own(Model model) {
        FisherListener fisher = (FisherListener) Network.of(model).listeners().stream()
                .filter(listener -> listener instanceof FisherListener)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("Expected a candidate with a FisherListener: give the"
                        + " search a CandidateTaskCreator with FisherCandidates"));
        if (fisher.history().summaries().isEmpty()) {
            return Double.POSITIVE_INFINITY;
        }
        FisherSummary summary = fisher.history().summary();
        return finite(measure == Measure.DISTANCE ? beacon.distance(summary) : measure.value.applyAsDouble(summary));
    }

    /** Arbiter takes a NaN that comes first for the best. */
    private static double finite(double value) {
        return Double.isNaN(value) ? Double.POSITIVE_INFINITY : value;
    }

    @Override
    public boolean minimize() {
        return true;
    }

    @Override
    public List<Class<?>> getSupportedModelTypes() {
        return List.of(Model.class);
    }

    @Override
    public List<Class<?>> getSupportedDataTypes() {
        return List.of(DataSetIterator.class, MultiDataSetIterator.class);
    }

    @Override
    public boolean equals(Object object) {
        return object instanceof FisherScore
                && measure == ((FisherScore) object).measure
                && Objects.equals(beacon, ((FisherScore) object).beacon)
                && weight == ((FisherScore) object).weight
                && Objects.equals(other, ((FisherScore) object).other);
    }

    @Override
    public int hashCode() {
        return Objects.hash(measure, beacon, weight, other);
    }

    @Override
    public String toString() {
        String own = measure == Measure.DISTANCE
                ? "distance from " + beacon
                : measure == Measure.ENERGY ? "cumulative energy" : "mean condition number";
        return "FisherScore(" + own + (other == null ? "" : " + " + weight + " * " + other) + ")";
    }
}
