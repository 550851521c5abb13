package io.dl4jext.updater.internal.elementwise;

import io.dl4jext.updater.internal.json.Settings;
import org.nd4j.linalg.schedule.ISchedule;

/** The part of a builder that takes learning rate or schedule. */
public abstract class RateBuilder<B extends RateBuilder<B>> {

    private Double learningRate;
    private ISchedule learningRateSchedule;
    private final Double defaultRate;

    /** @param defaultRate or null if the rate must be given */
    protected RateBuilder(Double defaultRate) {
        this.defaultRate = defaultRate;
    }

    /** Each builder extends this class with itself as B. */
    @SuppressWarnings("unchecked")
    private B self() {
        return (B) this;
    }

    /** η, 0 ≤ η &lt; ∞; excludes {@link #learningRateSchedule}. */
    public B learningRate(double learningRate) {
        this.learningRate = learningRate;
        return self();
    }

    /** η as a function of iteration and epoch; excludes {@link #learningRate}. */
    public B learningRateSchedule(ISchedule learningRateSchedule) {
        this.learningRateSchedule = learningRateSchedule;
        return self();
    }

    /**
     * Takes rate and schedule from JSON, which has a rate beside a schedule too: NaN as we write it, the former one
     * where a search puts a schedule in. As everywhere in DL4J, it does not count then.
     */
    protected final Settings read(Settings json) {
        return json.object("learningRateSchedule", ISchedule.class, this::learningRateSchedule)
                .number("learningRate", rate -> {
                    if (learningRateSchedule == null) {
                        learningRate(rate);
                    }
                });
    }

    protected ISchedule schedule() {
        return learningRateSchedule;
    }

    /** @throws IllegalArgumentException if there are both, or there is none and no default */
    protected double rate(String where) {
        Double rate = learningRate == null ? defaultRate : learningRate;
        new Problems()
                .require(
                        learningRate == null || learningRateSchedule == null,
                        "a learning rate or a schedule",
                        "both: " + learningRate + " and " + learningRateSchedule)
                .require(rate != null || learningRateSchedule != null, "a learning rate or a schedule", "none")
                .report(where);
        return rate == null ? Double.NaN : rate;
    }
}
