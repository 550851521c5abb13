package io.dl4jext.batch.schedule;

import io.dl4jext.batch.internal.Json;
import java.io.Serializable;
import java.util.Map;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.shade.jackson.annotation.JsonTypeInfo;

/**
 * Batch sizes as a pure function of epoch and iteration: the same arguments give the same size, whenever asked.
 *
 * <pre>{@code
 * BatchSchedule schedule = BatchSchedule.named("s32-to-512-MS", 40);
 * schedule.batchSize(10, 0);                      // 128
 * BatchSchedule.fromJson(schedule.toJson()).equals(schedule);
 * }</pre>
 *
 * <p>All schedules from here are serialisable, as JSON and by Java, and are equal when they print
 * the same. Where a formula gives a fraction, it is rounded to the nearest whole number, halves up. Epochs and
 * iterations count from 0; past its end a schedule keeps its last size.
 *
 * <p>Any lambda will do as a schedule of one's own, without printing and JSON.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.CLASS, property = "@class")
@FunctionalInterface
public interface BatchSchedule extends BatchSizes, Serializable {

    /**
     * A schedule by its name in Liao et al. (section 4.3): {@code s32} is constant, {@code s32-to-512} doubles
     * and {@code s512-to-32} halves from stage to stage, {@code s32-to-512-MS} does so within every learning-rate step.
     *
     * <p>There are five stages of equal length. With the n sizes from first to last, stage j (from 0) has size number
     * ⌊j·n/5⌋, so {@code s16-to-64} is 16, 16, 32, 32, 64; and epoch e is in stage ⌊5·(e − start)/length⌋ of the
     * training, or with {@code -MS} of the learning-rate step, that begins at epoch {@code start}.
     *
     * @param name {@code s<B>}, {@code s<B>-to-<B>} or {@code s<B>-to-<B>-MS}
     * @param totalEpochs N &gt; 0, the epochs that the whole training will have
     * @param milestones with {@code -MS}: the epochs at which the learning rate drops, increasing, between 0 and N.
     *     Default: ⌈N/2⌉ and ⌈3N/4⌉, as in the paper
     * @throws IllegalArgumentException if the name is none of these, the message shows the grammar; if more than five
     *     sizes lie between the first and the last; or if epochs or milestones are out of range
     */
    static BatchSchedule named(String name, int totalEpochs, int... milestones) {
        return ScheduleName.of(name, totalEpochs, milestones);
    }

    /**
     * What {@link #toJson()} wrote.
     *
     * @param own schedules of one's own that may be in it, of batch sizes or of learning rates: no class is loaded
     *     because a file names it
     * @throws IllegalArgumentException if it is something else; the message names the value and the place
     */
    static BatchSchedule fromJson(String json, Class<?>... own) {
        return Json.read(json, BatchSchedule.class, "batch schedule", own);
    }

    /**
     * All settings as JSON, with the name of the class, as DL4J writes its own schedules. A class of one's own needs
     * what Jackson needs, properties or annotations, and is handed to {@link #fromJson}.
     *
     * @throws IllegalArgumentException for a lambda, also one within, which has no name to be read by, and where
     *     Jackson cannot write it
     */
    default String toJson() {
        return Json.write(Json.named(this, "schedule"), BatchSchedule.class, "batch schedule");
    }

    /** Always B &gt; 0. */
    static BatchSchedule constant(int size) {
        return new StagedSchedule(1, size);
    }

    /**
     * The sizes in turn, in n stages of equal length: stage ⌊n·epoch/totalEpochs⌋.
     *
     * @throws IllegalArgumentException unless totalEpochs &gt; 0 and all sizes are positive
     */
    static BatchSchedule staged(int totalEpochs, int... sizes) {
        return new StagedSchedule(totalEpochs, sizes);
    }

    /**
     * As {@link #named(String, int, int...)}'s {@code s<from>-to-<to>}, with any number of stages.
     *
     * @throws IllegalArgumentException unless one size is the other times a power of two, and there are as many stages
     *     as sizes or more
     */
    static BatchSchedule doubling(int from, int to, int stages, int totalEpochs) {
        return new DoublingSchedule(from, to, stages, totalEpochs, false);
    }

    /**
     * B = base · factorᵐ, where m counts the milestones that have been reached.
     *
     * @throws IllegalArgumentException unless base &gt; 0, 0 &lt; factor &lt; ∞, and the milestones are positive and
     *     increase
     */
    static BatchSchedule multiStep(ScheduleType unit, int base, double factor, int... milestones) {
        return new MultiStepBatches(unit, base, factor, milestones);
    }

    /**
     * B(t) = from + (to − from)·min(t/length, 1), t in epochs or iterations.
     *
     * @throws IllegalArgumentException unless all three are positive
     */
    static BatchSchedule linear(ScheduleType unit, int from, int to, int length) {
        return new RampSchedule(false, unit, from, to, length);
    }

    /**
     * B(t) = from · (to/from)^min(t/length, 1), t in epochs or iterations.
     *
     * @throws IllegalArgumentException unless all three are positive
     */
    static BatchSchedule geometric(ScheduleType unit, int from, int to, int length) {
        return new RampSchedule(true, unit, from, to, length);
    }

    /**
     * Each size from its key, an epoch or iteration, up to the next.
     *
     * @throws IllegalArgumentException unless the keys begin with 0 and all sizes are positive
     */
    static BatchSchedule piecewise(ScheduleType unit, Map<Integer, Integer> sizes) {
        return new PiecewiseSchedule(unit, sizes);
    }

    /**
     * B(t) = from + (then(t) − from)·t/length while t &lt; length, then(t) from there on; t in epochs or iterations.
     *
     * @throws IllegalArgumentException unless from and length are positive
     */
    static BatchSchedule warmUp(ScheduleType unit, int from, int length, BatchSchedule then) {
        return new WarmUpBatches(unit, from, length, then);
    }

    /**
     * A batch that grows where a learning rate would decay: B(t) = base · η(0)/η(t), within the bounds. Trains with the
     * constant rate η(0).
     *
     * @param rate η, the learning-rate schedule to take the place of
     * @throws IllegalArgumentException unless 0 &lt; min ≤ base ≤ max and 0 &lt; η(0) &lt; ∞
     */
    static BatchSchedule insteadOfDecaying(ISchedule rate, int base, int min, int max) {
        return new RateDrivenSchedule(rate, base, min, max);
    }
}
