package io.dl4jext.updater.internal.elementwise;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * What updaters share whose parameters do not interact: a learning rate or schedule, the only settings that can change
 * later, and a state of whole arrays, each as long as the parameters.
 */
public abstract class RatedUpdater implements IUpdater {

    private double learningRate;
    private ISchedule learningRateSchedule;

    /** @param learningRate ignored where there is a schedule */
    protected RatedUpdater(double learningRate, ISchedule learningRateSchedule) {
        this.learningRate = learningRateSchedule == null ? learningRate : Double.NaN;
        this.learningRateSchedule = learningRateSchedule;
    }

    /** The fixed learning rate, NaN where there is a schedule. */
    public double getLearningRate() {
        return learningRate;
    }

    /** The schedule, or null. */
    public ISchedule getLearningRateSchedule() {
        return learningRateSchedule;
    }

    /**
     * The learning rate at this iteration and epoch.
     *
     * @throws IllegalStateException if the schedule gives a value that is negative, NaN or infinite
     */
    @Override
    public double getLearningRate(int iteration, int epoch) {
        if (learningRateSchedule == null) {
            return learningRate;
        }
        double rate = learningRateSchedule.valueAt(iteration, epoch);
        if (!(rate >= 0 && rate < Double.POSITIVE_INFINITY)) {
            throw new IllegalStateException("Expected a learning rate 0 ≤ η < ∞, got " + rate + " from "
                    + learningRateSchedule + " at iteration " + iteration + ", epoch " + epoch);
        }
        return rate;
    }

    @Override
    public boolean hasLearningRate() {
        return true;
    }

    /** Called by {@code net.setLearningRate(...)}. The rate counts only if there is no schedule. */
    @Override
    public void setLrAndSchedule(double lr, ISchedule lrSchedule) {
        if (lrSchedule == null) {
            new Problems().notNegative("learningRate", lr).report(name());
        }
        learningRate = lrSchedule == null ? lr : Double.NaN;
        learningRateSchedule = lrSchedule;
    }

    /** Replaces the learning rate, and the schedule if there is one. */
    public void setLearningRate(double learningRate) {
        setLrAndSchedule(learningRate, null);
    }

    protected ISchedule scheduleCopy() {
        return learningRateSchedule == null ? null : learningRateSchedule.clone();
    }

    /** What is wrong with the learning rate, to be completed by the subclass and reported under {@link #name()}. */
    protected final Problems problems() {
        return learningRateSchedule == null ? new Problems().notNegative("learningRate", learningRate) : new Problems();
    }

    /** All settings but rate and schedule, in a fixed order. */
    protected abstract List<Object> settings();

    /** The names of the state arrays, in their order. */
    protected abstract List<String> stateNames();

    /** The value at the start of each element of this state array: 0 unless a subclass says otherwise. */
    protected double initialState(int array) {
        return 0;
    }

    /** @throws IllegalArgumentException if the settings will not do in this type, as where they would divide by 0 */
    protected void check(DataType type) {}

    /**
     * Called where a single variable is trained that does not know its place among others, as SameDiff does it.
     *
     * @throws UnsupportedOperationException if that will not do
     */
    protected void checkAlone() {
        if (beyondGradient() != null) {
            throw new UnsupportedOperationException(name()
                    + ": expected an updater that needs a gradient only in a SameDiff model, which shows it nothing"
                    + " else (no accumulator of a tensor or the network, no proximal step, no dual averaging"
                    + " around zero), got " + this);
        }
    }

    /** What to do where a gradient alone is not enough for {@link #step}, or null if it is. */
    public String beyondGradient() {
        return null;
    }

    /** What to do in this iteration. */
    public abstract ElementStep step(int iteration, int epoch);

    protected final String name() {
        return getClass().getSimpleName();
    }

    /** @throws IllegalArgumentException if it is more than DL4J counts */
    @Override
    public long stateSize(long numParams) {
        long size = stateNames().size() * numParams;
        if (size > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(name() + ": expected a state of at most " + Integer.MAX_VALUE
                    + " values, which is what DL4J counts to, got "
                    + stateNames().size() + " for each of " + numParams
                    + " parameters: " + this);
        }
        return size;
    }

    @Override
    public GradientUpdater<?> instantiate(INDArray viewArray, boolean initializeViewArray) {
        if (viewArray == null) {
            throw new IllegalArgumentException(
                    name() + ": expected a state, got none. DL4J has none where all tensors' states"
                            + " together have more than " + Integer.MAX_VALUE + " values: " + this);
        }
        StateUpdater updater = new StateUpdater(this);
        updater.setState(viewArray, initializeViewArray);
        return updater;
    }

    @Override
    public GradientUpdater<?> instantiate(Map<String, INDArray> updaterState, boolean initializeStateArrays) {
        checkAlone();
        StateUpdater updater = new StateUpdater(this);
        updater.setState(updaterState, initializeStateArrays);
        return updater;
    }

    /** All settings are immutable but the schedule. */
    @Override
    public RatedUpdater clone() {
        try {
            RatedUpdater copy = (RatedUpdater) super.clone();
            copy.learningRateSchedule = scheduleCopy();
            return copy;
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public final boolean equals(Object other) {
        if (other == null || other.getClass() != getClass()) {
            return false;
        }
        RatedUpdater that = (RatedUpdater) other;
        return Double.compare(learningRate, that.learningRate) == 0
                && Objects.equals(learningRateSchedule, that.learningRateSchedule)
                && settings().equals(that.settings());
    }

    @Override
    public final int hashCode() {
        return Objects.hash(learningRate, learningRateSchedule, settings());
    }

    @Override
    public String toString() {
        Object rate = learningRateSchedule == null ? (Object) learningRate : learningRateSchedule;
        return name() + "(learningRate=" + rate + ", " + settings() + ")";
    }
}
