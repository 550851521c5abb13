package io.dl4jext.fisher;

import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * The table of figures that a measurement and the run so far are written as: what {@code CsvSink} and
 * {@code JsonLinesSink} write, in this order, what {@link FisherHistory#read} reads back, and what a sink of your own
 * may write.
 *
 * <pre>{@code
 * FisherSink table = (measurement, soFar) -> {
 *     for (Column column : Column.values()) {
 *         insert(column.title(), column.of(measurement, soFar));
 *     }
 * };
 * }</pre>
 *
 * <p>{@link #description()} says what each holds. Spectrum and gradient norms have a value for each example, and are no
 * columns.
 */
public enum Column {
    EPOCH("the network's epoch counter, from 0", 0),
    ITERATION("the network's iteration counter, from 0", 0),
    BATCH_SIZE("B: examples in the mini-batch", 1),
    LEARNING_RATE("α: the learning rate of this iteration"),
    LOSS("the network's score of the mini-batch"),
    CONDITION_NUMBER("c_k = σ_max/σ_min over the singular values of J that are not zero"),
    RANK("how many singular values of J are not zero", 0),
    TRACE("Tr F̃ = Σ ‖g_i‖²"),
    ENERGY("l_k = (α/B)·√Tr F̃"),
    MEAN_GRADIENT_NORM("‖ḡ‖ = ‖(1/B) Σ g_i‖"),
    GRADIENT_NORM_MEDIAN("median of ‖g_i‖"),
    GRADIENT_NORM_MAX("largest ‖g_i‖"),
    COVARIANCE_TRACE("tr Σ = (Tr F̃ − B‖ḡ‖²)/(B − 1): the variance of the per-sample gradients"),
    NOISE_SCALE("tr Σ/(‖ḡ‖² − tr Σ/B): the simple gradient noise scale, in examples"),
    NORM_TEST("smallest θ with which the norm test passes"),
    INNER_PRODUCT_TEST("smallest θ with which the inner-product test passes"),
    ORTHOGONALITY_TEST("smallest ν with which the orthogonality test passes"),
    AVERAGE_CONDITION_NUMBER("C̄_K up to and including this row", FisherSummary::averageConditionNumber),
    CUMULATIVE_ENERGY("L_K up to and including this row", FisherSummary::cumulativeEnergy),
    EXAMPLES(
            "examples trained on, from the first row up to and including this one",
            0,
            1L << 53,
            FisherSummary::examples),
    EFFECTIVE_RANK("exp of the entropy of σ_i/Σσ over the singular values of J that are not zero"),
    GRADIENT_DIVERSITY("Σ ‖g_i‖²/‖Σ g_i‖²: 1/B where all gradients agree, 1 where they are at right angles"),
    MEAN_COSINE("mean of cos(g_i, g_j) over the pairs of examples"),
    SMALLEST_COSINE("smallest cos(g_i, g_j) of a pair of examples"),
    TOP_ALIGNMENT("cosine of ḡ and the largest eigenvector of J Jᵀ; NaN unless asked for");

    /** The least and the most that a column may hold that counts something; 0 is the most of those that do not. */
    final long least;

    final long most;

    private final String description;

    /** How it is read of the run so far; null for a figure of the measurement. */
    private final ToDoubleFunction<FisherSummary> ofRun;

    Column(String description) {
        this(description, null);
    }

    Column(String description, ToDoubleFunction<FisherSummary> ofRun) {
        this(description, 0, 0, ofRun);
    }

    Column(String description, long least) {
        this(description, least, Integer.MAX_VALUE, null);
    }

    Column(String description, long least, long most, ToDoubleFunction<FisherSummary> ofRun) {
        this.description = description;
        this.least = least;
        this.most = most;
        this.ofRun = ofRun;
    }

    /** Its name in the files: that of the constant in lower case. */
    public String title() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What it holds, in a line. */
    public String description() {
        return description;
    }

    /** Whether it counts something and so holds whole numbers; the others hold numbers, NaN and the infinities. */
    public boolean isCount() {
        return most > 0;
    }

    /** Whether each file has it: later versions than 0.1.0 add their columns at the end. */
    boolean isOfFirstVersion() {
        return compareTo(EXAMPLES) <= 0;
    }

    /** Whether a row may hold it. */
    boolean holds(double value) {
        return !isCount() || (value >= least && value <= most && value == Math.rint(value));
    }

    boolean isOfMeasurement() {
        return ofRun == null;
    }

    /**
     * Its value in the row of a measurement.
     *
     * @param measurement as a {@link FisherSink} is handed it
     * @param soFar the run up to and including it
     * @return a Long where it counts something, else a Double
     */
    public Number of(FisherMeasurement measurement, FisherSummary soFar) {
        double value = ofRun == null ? measurement.figure(this) : ofRun.applyAsDouble(soFar);
        if (isCount()) {
            return (long) value;
        }
        return value;
    }
}
