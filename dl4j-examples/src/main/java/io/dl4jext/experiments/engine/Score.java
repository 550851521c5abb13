package io.dl4jext.experiments.engine;

/** What a network is worth on examples that it is measured on. Immutable. */
public final class Score {

    /** Nothing was measured. */
    public static final Score NONE = new Score(Double.NaN, Double.NaN);

    /** The mean loss of an example. */
    public final double loss;

    /** The share of the examples that are classified rightly, 0 to 1. */
    public final double accuracy;

    /** The same of the examples by which the best is chosen; NaN where nothing is chosen. */
    public final double validationAccuracy;

    /** The mean loss of these. */
    public final double validationLoss;

    public Score(double loss, double accuracy) {
        this(loss, accuracy, NONE);
    }

    private Score(double loss, double accuracy, Score validation) {
        this.loss = loss;
        this.accuracy = accuracy;
        this.validationAccuracy = validation == null ? Double.NaN : validation.accuracy;
        this.validationLoss = validation == null ? Double.NaN : validation.loss;
    }

    /** The same with what the network is worth on the examples by which the best is chosen. */
    public Score with(Score validation) {
        return new Score(loss, accuracy, validation);
    }
}
