package io.dl4jext.batch.control;

import io.dl4jext.batch.control.BatchDecision.Outcome;
import io.dl4jext.batch.internal.Checks;
import io.dl4jext.batch.internal.Json;
import io.dl4jext.batch.internal.Settings;
import io.dl4jext.batch.schedule.BatchSizes;
import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.FisherMeasurement;
import io.dl4jext.fisher.FisherSink;
import io.dl4jext.fisher.FisherSummary;
import java.util.ArrayDeque;
import java.util.List;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect.Visibility;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;
import org.nd4j.shade.jackson.annotation.JsonUnwrapped;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses batch sizes while a network trains: takes the measurements of a {@code FisherListener}, follows a
 * {@link BatchRule}, and tells a re-batching iterator the size of the next batch.
 *
 * <pre>{@code
 * BatchController control = BatchController.builder(new NormTest()).initialSize(32).bounds(32, 512).build();
 * FisherListener fisher = FisherListener.builder().everyIterations(10).sink(control).build();
 * network.addListeners(fisher);
 * DynamicBatchIterator batches = DynamicBatchIterator.builder(source, control).build();
 * batches.attachTo(network);
 * network.fit(batches, epochs);
 * control.log().forEach(System.out::println);
 * }</pre>
 *
 * <p>Each measurement passes through four stages:
 *
 * <ol>
 *   <li>The rule's request. One that is NaN or infinite is logged ({@link Outcome#UNDEFINED}) and otherwise ignored.
 *   <li>The moving average of requests: Σ βʲ numerator_{n−j}/Σ βʲ denominator_{n−j}.
 *   <li>The decision interval: until it is over, the size stays.
 *   <li>Hysteresis; rounding up to a multiple; bounds; growth and shrink cap.
 * </ol>
 *
 * <p>{@link #state()} is what it has measured and decided, for a controller of the same settings to {@link #restore}:
 * it goes on as if it had never been away. {@code TrainingCheckpoints} saves it with everything else of a training.
 * {@link #toJson()} has the settings only.
 *
 * <p>Thread-safe. It never stops a training: an exception in a rule of your own makes the listener drop the controller,
 * with one line in the log, and the size stays where it was.
 */
@JsonAutoDetect(
        fieldVisibility = Visibility.NONE,
        getterVisibility = Visibility.NONE,
        isGetterVisibility = Visibility.NONE)
public final class BatchController implements BatchSizes, FisherSink {

    private static final String STATE = "batch controller's state";

    private static final Logger log = LoggerFactory.getLogger(BatchController.class);

    @JsonProperty
    private final BatchRule rule;

    @JsonUnwrapped
    private final Governor governor;

    @JsonUnwrapped
    private final MovingAverage average;

    @JsonProperty
    private final int decideEvery;

    @JsonProperty
    private final int logLength;

    @JsonProperty
    private final int initialSize;

    private final ArrayDeque<BatchDecision> decisions = new ArrayDeque<>();

    /** What the rule had kept after each of these, and before the first. */
    private final ArrayDeque<double[]> ruleAfter = new ArrayDeque<>();

    private double[] ruleBefore;

    private int size;
    private boolean begun;
    private int waitingSince;

    /**
     * Begins a controller; everything but the rule has a default.
     *
     * @param rule what the size follows; one that keeps state ({@link BeaconFollower}) is not to be used twice
     */
    public static Builder builder(BatchRule rule) {
        return new Builder(rule);
    }

    private BatchController(Builder builder, Governor governor, int size) {
        this.rule = builder.rule;
        this.ruleBefore = rule.state().clone();
        this.governor = governor;
        this.average = new MovingAverage(builder.movingAverage);
        this.decideEvery = builder.decideEvery;
        this.logLength = builder.logLength;
        this.initialSize = size;
        this.size = size;
    }

    /**
     * What {@link #toJson()} wrote: a controller at its beginning.
     *
     * @param own rules of one's own that may be in it: no class is loaded because a file names it
     * @throws IllegalArgumentException if it is something else; the message names the value and the place
     */
    public static BatchController fromJson(String json, Class<?>... own) {
        return Json.read(json, BatchController.class, "batch controller", own);
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    private static BatchController of(Settings json) {
        return builder(json.object("rule", BatchRule.class)).with(json).build();
    }

    /**
     * The settings as JSON, the rule with the name of its class; not what it has measured and decided, which is
     * its {@link #state()}.
     *
     * @throws IllegalArgumentException if the rule is a lambda, which has no name to be read by, or Jackson cannot
     *     write it
     */
    public String toJson() {
        Json.named(rule, "rule");
        return Json.write(this, BatchController.class, "batch controller");
    }

    /** The size of the next batch: the latest decision, whatever the arguments. */
    @Override
    public synchronized int batchSize(int epoch, int iteration) {
        return size;
    }

    /** Takes a measurement and decides. */
    @Override
    public synchronized void accept(FisherMeasurement measurement, FisherSummary soFar) {
        SizeRequest request = rule.request(measurement, soFar, size);
        if (request == null) {
            throw new IllegalStateException(
                    "Expected a SizeRequest from " + rule + ", got null at iteration " + measurement.iteration());
        }
        decide(measurement.epoch(), measurement.iteration(), measurement.batchSize(), request);
    }

    /**
     * Decisions at that iteration and later are dropped, with what the rule has kept of their measurements, and the
     * averages, which have requests in them that will be made again. The size stays until the next decision.
     */
    @Override
    public synchronized void resumeAt(int iteration, FisherHistory before) {
        boolean goesBack = false;
        while (!decisions.isEmpty() && decisions.peekLast().iteration() >= iteration) {
            decisions.removeLast();
            ruleAfter.removeLast();
            goesBack = true;
        }
        if (goesBack) {
            average.clear();
            rule.restore(ruleAfter.isEmpty() ? ruleBefore : ruleAfter.peekLast());
        }
    }

    synchronized void decide(int epoch, int iteration, int measuredSize, SizeRequest request) {
        // Training may have gone back, to a checkpoint or to the start.
        if (!begun || iteration < waitingSince) {
            begun = true;
            waitingSince = iteration;
        }
        double averaged = request.isFinite() ? average.add(request).size() : Double.NaN;
        int before = size;
        Outcome outcome;
        if (!Double.isFinite(averaged)) {
            outcome = Outcome.UNDEFINED;
        } else if (iteration - waitingSince + 1 < decideEvery) {
            outcome = Outcome.NOT_DUE;
        } else {
            waitingSince = iteration + 1;
            size = governor.next(before, averaged);
            outcome = size == before ? Outcome.KEPT : size > before ? Outcome.GREW : Outcome.SHRANK;
        }
        BatchDecision decision =
                new BatchDecision(epoch, iteration, measuredSize, request.size(), averaged, size, outcome);
        if (decisions.size() == logLength) {
            decisions.removeFirst();
            ruleBefore = ruleAfter.removeFirst();
        }
        decisions.addLast(decision);
        ruleAfter.addLast(rule.state().clone());
        if (size != before) {
            log.info("Batch size {} -> {} ({})", before, size, decision);
        }
    }

    /**
     * What became of the latest measurements, {@link Builder#logLength} at most, in the order of training; a snapshot
     * that does not change.
     */
    public synchronized List<BatchDecision> log() {
        return List.copyOf(decisions);
    }

    /** What it has measured and decided; names of fields are the format. */
    @JsonAutoDetect(fieldVisibility = Visibility.ANY)
    private static final class State {

        private final int size;
        private final boolean begun;
        private final int waitingSince;
        private final double[] numerators;
        private final double[] denominators;
        private final double[] rule;
        private final List<BatchDecision> log;

        @JsonCreator
        State(
                @JsonProperty(value = "size", required = true) int size,
                @JsonProperty(value = "begun", required = true) boolean begun,
                @JsonProperty(value = "waitingSince", required = true) int waitingSince,
                @JsonProperty(value = "numerators", required = true) double[] numerators,
                @JsonProperty(value = "denominators", required = true) double[] denominators,
                @JsonProperty(value = "rule", required = true) double[] rule,
                @JsonProperty(value = "log", required = true) List<BatchDecision> log) {
            this.size = size;
            this.begun = begun;
            this.waitingSince = waitingSince;
            this.numerators = numerators;
            this.denominators = denominators;
            this.rule = rule;
            this.log = log;
        }
    }

    /** What it has measured and decided so far, as JSON: its size, averages and log, and what its rule has kept. */
    public synchronized String state() {
        State state =
                new State(size, begun, waitingSince, average.numerators(), average.denominators(), rule.state(), log());
        return Json.write(state, State.class, STATE);
    }

    /**
     * Goes on from the {@link #state()} of a controller with the same settings.
     *
     * @throws IllegalArgumentException if it is something else, a size that these settings do not allow, say; nothing
     *     has changed then
     */
    public synchronized void restore(String saved) {
        State state = Json.read(saved, State.class, STATE);
        if (!governor.allows(state.size)) {
            throw new IllegalArgumentException("Expected a size from " + governor.smallest() + " to "
                    + governor.largest() + ", a multiple as set, got " + state.size);
        }
        Checks.notNegative("waitingSince", state.waitingSince);
        MovingAverage.requireSums(state.numerators, state.denominators);
        rule.restore(state.rule);
        average.restore(state.numerators, state.denominators);
        size = state.size;
        begun = state.begun;
        waitingSince = state.waitingSince;
        decisions.clear();
        ruleAfter.clear();
        ruleBefore = state.rule;
        decisions.addAll(state.log.subList(Math.max(0, state.log.size() - logLength), state.log.size()));
        decisions.forEach(each -> ruleAfter.addLast(state.rule));
    }

    @Override
    public synchronized String toString() {
        return "BatchController(" + rule + ", size " + size + " within " + governor.smallest() + " to "
                + governor.largest() + ")";
    }

    /** Configures a {@link BatchController}. Everything but the rule has a default. */
    public static final class Builder {

        private final BatchRule rule;
        private int min = 16;
        private int max = 2048;
        private Integer initialSize;
        private int multiple = 1;
        private double growthCap = 2;
        private double shrinkCap = 2;
        private double hysteresis;
        private boolean neverShrink;
        private double movingAverage = 0.9;
        private int decideEvery = 1;
        private int logLength = 1000;

        private Builder(BatchRule rule) {
            if (rule == null) {
                throw new IllegalArgumentException("Expected a batch rule, got null");
            }
            this.rule = rule;
        }

        /**
         * The sizes allowed, both ends included; default 16 to 2048, as CABS has them. The upper one is to be what
         * memory holds and no more than the number of examples.
         *
         * @throws IllegalArgumentException unless 0 &lt; min ≤ max
         */
        public Builder bounds(int min, int max) {
            if (!(0 < min && min <= max)) {
                throw new IllegalArgumentException("Expected bounds 0 < min <= max, got " + min + " and " + max);
            }
            this.min = min;
            this.max = max;
            return this;
        }

        /**
         * The size until the first decision; default: the smallest allowed.
         *
         * @throws IllegalArgumentException unless &gt; 0; {@link #build()} checks it against bounds and multiple
         */
        public Builder initialSize(int size) {
            initialSize = Checks.positive("initialSize", size);
            return this;
        }

        /**
         * Only multiples of n are used; default 1. Requests are rounded up.
         *
         * @throws IllegalArgumentException unless n &gt; 0
         */
        public Builder multipleOf(int n) {
            multiple = Checks.positive("multipleOf", n);
            return this;
        }

        /**
         * By how much a decision may multiply the size; default 2. One multiple more is always allowed.
         *
         * @throws IllegalArgumentException unless factor &gt; 1; infinity means no cap
         */
        public Builder growthCap(double factor) {
            growthCap = cap("growthCap", factor);
            return this;
        }

        /**
         * By how much a decision may divide the size; default 2. One multiple less is always allowed.
         *
         * @throws IllegalArgumentException unless factor &gt; 1; infinity means no cap
         */
        public Builder shrinkCap(double factor) {
            shrinkCap = cap("shrinkCap", factor);
            return this;
        }

        private static double cap(String name, double factor) {
            if (!(factor > 1)) {
                throw new IllegalArgumentException("Expected " + name + " > 1, got " + factor);
            }
            return factor;
        }

        /** Keeps the size where a smaller one would do, as the papers on the norm and inner-product test have it. */
        public Builder neverShrink() {
            neverShrink = true;
            return this;
        }

        /**
         * h: the size stays unless what is asked for exceeds it, or falls short of it, by a factor of more than 1 + h;
         * default 0.
         *
         * @throws IllegalArgumentException unless finite and not negative
         */
        public Builder hysteresis(double h) {
            hysteresis = Checks.notNegative("hysteresis", h);
            return this;
        }

        /**
         * β: how much an average keeps of its past at each measurement; default 0.9. 0 follows each measurement by
         * itself.
         *
         * @throws IllegalArgumentException unless 0 ≤ β &lt; 1
         */
        public Builder movingAverage(double decay) {
            if (!(decay >= 0 && decay < 1)) {
                throw new IllegalArgumentException("Expected 0 <= movingAverage < 1, got " + decay);
            }
            movingAverage = decay;
            return this;
        }

        /**
         * n: the size changes at most once in n iterations. The first decision comes with the measurement that
         * completes n iterations, counted from the first one measured, each further one with the first measurement at
         * least n iterations after the decision before. Default 1: every measurement decides.
         *
         * @throws IllegalArgumentException unless n &gt; 0
         */
        public Builder decideEvery(int iterations) {
            decideEvery = Checks.positive("decideEvery", iterations);
            return this;
        }

        /**
         * How many decisions {@link BatchController#log()} keeps, the latest; default 1000. They are saved with the
         * controller.
         *
         * @throws IllegalArgumentException unless n &gt; 0
         */
        public Builder logLength(int decisions) {
            logLength = Checks.positive("logLength", decisions);
            return this;
        }

        private Builder with(Settings json) {
            json.count("min", size -> min = size)
                    .count("max", size -> max = size)
                    .count("initialSize", this::initialSize)
                    .count("multipleOf", this::multipleOf)
                    .number("growthCap", this::growthCap)
                    .number("shrinkCap", this::shrinkCap)
                    .flag("neverShrink", never -> neverShrink = never)
                    .number("hysteresis", this::hysteresis)
                    .number("movingAverage", this::movingAverage)
                    .count("decideEvery", this::decideEvery)
                    .count("logLength", this::logLength)
                    .end();
            return this;
        }

        /**
         * @throws IllegalArgumentException if no multiple lies within the bounds, or the initial size is none of them
         */
        public BatchController build() {
            bounds(min, max);
            Governor governor = new Governor(min, max, multiple, growthCap, shrinkCap, hysteresis, neverShrink);
            int size = initialSize == null ? governor.smallest() : initialSize;
            if (!governor.allows(size)) {
                throw new IllegalArgumentException("Expected an initialSize from " + governor.smallest() + " to "
                        + governor.largest() + " and a multiple of " + multiple + ", got " + size);
            }
            return new BatchController(this, governor, size);
        }
    }
}
