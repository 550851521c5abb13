package io.dl4jext.batch.internal.scaling;

import io.dl4jext.batch.scaling.LearningRateScaling;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/**
 * The learning rates of a network's updaters, scaled for one pass and its update, and put back after it. They are
 * changed in the updater configurations themselves, which DL4J's updaters, implicit layers and other listeners ask:
 * nothing is created anew, no state is touched. What a {@code fit} that was broken off leaves there counts as the
 * user's own, see {@link ScaledRate}, and is put back before the next pass.
 */
public final class ScaledRates {

    private final LearningRateScaling rule;
    private final List<OwnRate> rates = new ArrayList<>();
    private final Object network;
    /** Whether the configurations have a {@link ScaledRate}. */
    private boolean installed;
    /** B of the pass that goes on, or 0. */
    private int batchSize;

    /** What makes an update, which need not hold the network's lock; null between updates. */
    private Thread updating;

    /** @throws IllegalArgumentException if no updater has a learning rate, or one's schedule cannot be put back */
    public ScaledRates(LearningRateScaling rule, Object network, BaseMultiLayerUpdater<?> updater) {
        this.rule = rule;
        this.network = network;
        if (rule.isNone()) {
            return;
        }
        Map<IUpdater, Boolean> seen = new IdentityHashMap<>();
        for (UpdaterBlock block : updater.getUpdaterBlocks()) {
            add(block.getGradientUpdater().getConfig(), block, seen);
            // Layers of one block have equal updaters, but each its own object.
            for (UpdaterBlock.ParamState parameter : block.getLayersAndVariablesInBlock()) {
                add(parameter.getLayer().getConfig().getUpdaterByParam(parameter.getParamName()), block, seen);
            }
        }
        if (rates.isEmpty()) {
            throw new IllegalArgumentException("Expected an updater with a learning rate to scale with the batch size ("
                    + rule + "), got only updaters without: " + seen.keySet());
        }
    }

    private void add(IUpdater updater, UpdaterBlock block, Map<IUpdater, Boolean> seen) {
        if (updater != null && seen.put(updater, true) == null && updater.hasLearningRate()) {
            UpdaterBlock.ParamState first = block.getLayersAndVariablesInBlock().get(0);
            rates.add(new OwnRate(
                    this, updater, "layer '" + first.getLayer().getConfig().getLayerName() + "'"));
        }
    }

    /** Scales α for the rest of a pass of {@code fit}, whose examples belong to an update of this size. */
    public void scalePass(int size) {
        // A pass that failed may have left its own, and the user have set others since.
        restore();
        install(size);
    }

    /** Scales α for an update of this size, and puts the user's own back however it ends. */
    public void scaleUpdate(int size, Runnable update) {
        try {
            install(size);
            updating = Thread.currentThread();
            update.run();
        } finally {
            restore();
        }
    }

    private void install(int size) {
        batchSize = size;
        if (!installed) {
            installed = !rates.isEmpty();
            rates.forEach(OwnRate::install);
        }
    }

    /** Puts the user's own rates and schedules back, where they have not been changed meanwhile. */
    public void restore() {
        batchSize = 0;
        updating = null;
        if (installed) {
            installed = false;
            rates.forEach(OwnRate::restore);
        }
    }

    /**
     * How a rate is scaled at this moment, or null if it is not. Networks hold their own lock in {@code fit}: a thread
     * that does not is not in a pass, even if one was never heard to end. Others may ask for a clone, which shares the
     * configuration.
     */
    DoubleUnaryOperator scaling() {
        int size = batchSize;
        return size > 0 && (updating == Thread.currentThread() || Thread.holdsLock(network))
                ? own -> rule.rate(own, size)
                : null;
    }

    /** A rate and schedule as the user has configured them, read again where they are other ones since. */
    private static final class OwnRate {

        private static final ObjectMapper JSON = NeuralNetConfiguration.mapper();

        private final ScaledRates owner;
        private final IUpdater updater;
        private final String where;

        /** The updater that the rest was read of, and what it is during a pass. */
        private IUpdater asRead;

        private IUpdater asScaled;

        private double rate;
        private ISchedule schedule;
        private ScaledRate scaled;

        OwnRate(ScaledRates owner, IUpdater updater, String where) {
            this.owner = owner;
            this.updater = updater;
            this.where = where;
            read();
        }

        /** IUpdater can set a schedule but not get one, so it is taken from what DL4J would save. */
        private void read() {
            try {
                List<ISchedule> schedules = new ArrayList<>();
                JsonNode json = ofRate(JSON.readTree(SchedulesOfUpdater.write(updater, schedules)));
                JsonNode saved = json.path("learningRateSchedule");
                schedule = saved.isMissingNode() || saved.isNull() ? null : schedule(saved, schedules);
                rate = schedule == null
                        ? updater.getLearningRate(0, 0)
                        : json.path("learningRate").asDouble(Double.NaN);
            } catch (JsonProcessingException e) {
                throw unreadable(e);
            }
            IUpdater copy = updater.clone();
            copy.setLrAndSchedule(1, null);
            copy.setLrAndSchedule(rate, schedule);
            // The other way round where a network shares it of which a pass has failed: DL4J's clones share updaters.
            if (!copy.equals(updater) && !updater.equals(copy)) {
                throw unreadable(null);
            }
            asRead = copy;
            scaled = new ScaledRate(rate, schedule, schedule == null && forgetsRate(), owner, this::rateNow);
            asScaled = with(scaled);
        }

        private IUpdater with(ISchedule another) {
            IUpdater copy = updater.clone();
            copy.setLrAndSchedule(rate, another);
            return copy;
        }

        private boolean forgetsRate() {
            return savedRate(with(new FixedSchedule(rate))) != rate;
        }

        /** The rate beside the stand-in, which setLearningRate may have changed since. */
        private double rateNow() {
            if (updater.equals(asScaled)) {
                return rate;
            }
            double now = savedRate(updater);
            return Double.compare(now, savedRate(asScaled)) == 0 ? rate : now;
        }

        private static double savedRate(IUpdater updater) {
            return ofRate(JSON.valueToTree(updater)).path("learningRate").asDouble(Double.NaN);
        }

        /** The user's own, which may change; or a copy, if its class writes itself in a way of its own. */
        private static ISchedule schedule(JsonNode saved, List<ISchedule> schedules) throws JsonProcessingException {
            return saved.isInt() ? schedules.get(saved.asInt()) : JSON.readValue(saved.toString(), ISchedule.class);
        }

        /** The updater itself, or the one within it that its rate is handed on to (the rule of an ImplicitSgd). */
        private static JsonNode ofRate(JsonNode updater) {
            JsonNode rule = updater.path("rule");
            return rule.isObject() ? ofRate(rule) : updater;
        }

        private IllegalArgumentException unreadable(Exception cause) {
            return new IllegalArgumentException(
                    "Expected an updater whose learning rate and schedule can be changed and put back, got " + updater
                            + " in " + where,
                    cause);
        }

        void install() {
            if (!updater.equals(asRead)) {
                read();
            }
            updater.setLrAndSchedule(rate, scaled);
        }

        /** Not over a rate or schedule that was set in the meantime. */
        void restore() {
            if (scaled.answers(() -> updater.getLearningRate(0, 0))) {
                updater.setLrAndSchedule(rateNow(), schedule);
            }
        }
    }
}
