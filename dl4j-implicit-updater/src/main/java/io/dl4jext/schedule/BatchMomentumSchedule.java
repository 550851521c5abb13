package io.dl4jext.schedule;

import io.dl4jext.updater.internal.json.Settings;
import java.util.Objects;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonCreator;

/**
 * The momentum that goes with a batch size, as Nakamura, Soatto and Hong, "Stochastic batch size for adaptive
 * regularization in deep network optimization" (2020) found it for CIFAR-10 (section 5.1, from Table 2): 0, 0.3, 0.6,
 * 0.9 for B = 16, 32, 64, 128. Between and beyond these the logarithm decides:
 *
 * <pre>    m(B) = 0.3·log₂(B/16),  at least 0, at most 0.9</pre>
 *
 * For a fixed size use {@link #momentum(double)}; where a schedule of batch sizes drives the training, this is the
 * momentum schedule beside it:
 *
 * <pre>{@code
 * ISchedule sizes = new MapSchedule.Builder(ScheduleType.EPOCH).add(0, 32).add(10, 64).add(20, 128).build();
 * Nesterovs.builder().learningRate(0.1).momentumISchedule(new BatchMomentumSchedule(sizes)).build();
 * }</pre>
 */
public final class BatchMomentumSchedule implements ISchedule {

    private static final long serialVersionUID = 1L;
    private static final double LARGEST = 0.9;

    private final ISchedule batchSizes;

    /** @param batchSizes the batch size B ≥ 1 at each iteration and epoch */
    public BatchMomentumSchedule(ISchedule batchSizes) {
        this.batchSizes = Checked.present("schedule of batch sizes", batchSizes).clone();
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    private static BatchMomentumSchedule of(Settings json) {
        BatchMomentumSchedule read = new BatchMomentumSchedule(json.object("batchSizes", ISchedule.class));
        json.end();
        return read;
    }

    /**
     * m(B).
     *
     * @param batchSize B ≥ 1
     * @throws IllegalArgumentException if it is less, NaN or infinite
     */
    public static double momentum(double batchSize) {
        if (!(batchSize >= 1 && batchSize < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("Expected 1 ≤ batchSize < ∞, got " + batchSize);
        }
        double doublings = Math.log(batchSize / 16) / Math.log(2);
        return Math.max(0, Math.min(LARGEST, 3 * doublings / 10));
    }

    public ISchedule getBatchSizes() {
        return batchSizes.clone();
    }

    @Override
    public double valueAt(int iteration, int epoch) {
        return momentum(batchSizes.valueAt(iteration, epoch));
    }

    @Override
    public BatchMomentumSchedule clone() {
        return new BatchMomentumSchedule(batchSizes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BatchMomentumSchedule && batchSizes.equals(((BatchMomentumSchedule) other).batchSizes);
    }

    @Override
    public int hashCode() {
        return Objects.hash(BatchMomentumSchedule.class.getName(), batchSizes);
    }

    @Override
    public String toString() {
        return "BatchMomentumSchedule(" + batchSizes + ")";
    }
}
