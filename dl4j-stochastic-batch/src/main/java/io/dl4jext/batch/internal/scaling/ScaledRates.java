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
 * user's own, see {@link ScaledRate}.
 */
public final class ScaledRates {

    private final LearningRateScaling rule;
    private final List<OwnRate> rates = new ArrayList<>();
    private final Object network;
    /** Whether the configurations have a {@link ScaledRate}. */
    private boolean installed;
    /** B of the pass that goes on, or 0. */
    private int batchSize;

    private boolean updating;

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
            rates.add(OwnRate.of(
                    this, updater, "layer '" + first.getLayer().getConfig().getLayerName() + "'"));
        }
    }

    /** Scales α for the rest of a pass of {@code fit}, whose examples belong to an update of this size. */
    public void scalePass(int size) {
        updating = false;
        install(size);
    }

    /** Scales α for an update of this size, and puts the user's own back however it ends. */
    public void scaleUpdate(int size, Runnable update) {
        try {
            install(size);
            updating = true;
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
        updating = false;
        if (installed) {
            installed = false;
            rates.forEach(OwnRate::restore);
        }
    }

    /**
     * How a rate is scaled at this moment, or null if it is not. Networks hold their own lock in {@code fit}: a thread
     * that does not is not in a pass, even if one was never heard to end.
     */
    DoubleUnaryOperator scaling() {
        int size = batchSize;
        return size > 0 && (updating || Thread.holdsLock(network)) ? own -> rule.rate(own, size) : null;
    }

    /** A rate and schedule as the user configured them. */
    private static final class OwnRate {

        private static final ObjectMapper JSON = NeuralNetConfiguration.mapper();

        private final IUpdater updater;
        private final double rate;
        private final ISchedule schedule;
        private final ScaledRate scaled;

        private OwnRate(ScaledRates owner, IUpdater updater, double rate, ISchedule schedule) {
            this.updater = updater;
            this.rate = rate;
            this.schedule = schedule;
            this.scaled = new ScaledRate(rate, schedule, schedule == null && forgetsRate(updater, rate), owner);
        }

        private static boolean forgetsRate(IUpdater updater, double rate) {
            IUpdater copy = updater.clone();
            copy.setLrAndSchedule(rate, new FixedSchedule(rate));
            return JSON.valueToTree(copy).path("learningRate").asDouble(Double.NaN) != rate;
        }

        /** IUpdater can set a schedule but not get one, so it is read from what DL4J would save. */
        static OwnRate of(ScaledRates owner, IUpdater updater, String where) {
            OwnRate own;
            try {
                JsonNode json = ofRate(JSON.readTree(JSON.writeValueAsString(updater)));
                JsonNode schedule = json.get("learningRateSchedule");
                own = schedule == null || schedule.isNull()
                        ? new OwnRate(owner, updater, updater.getLearningRate(0, 0), null)
                        : new OwnRate(
                                owner,
                                updater,
                                json.path("learningRate").asDouble(Double.NaN),
                                JSON.readValue(schedule.toString(), ISchedule.class));
            } catch (JsonProcessingException e) {
                throw unreadable(updater, where, e);
            }
            IUpdater copy = updater.clone();
            copy.setLrAndSchedule(1, null);
            copy.setLrAndSchedule(own.rate, own.schedule);
            if (!copy.equals(updater)) {
                throw unreadable(updater, where, null);
            }
            return own;
        }

        /** The updater itself, or the one within it that its rate is handed on to (the rule of an ImplicitSgd). */
        private static JsonNode ofRate(JsonNode updater) {
            JsonNode rule = updater.path("rule");
            return rule.isObject() ? ofRate(rule) : updater;
        }

        private static IllegalArgumentException unreadable(IUpdater updater, String where, Exception cause) {
            return new IllegalArgumentException(
                    "Expected an updater whose learning rate and schedule can be changed and put back, got " + updater
                            + " in " + where,
                    cause);
        }

        void install() {
            updater.setLrAndSchedule(rate, scaled);
        }

        /** Not over what setLearningRate has set in the meantime. */
        void restore() {
            if (scaled.answers(() -> updater.getLearningRate(0, 0))) {
                updater.setLrAndSchedule(rate, schedule);
            }
        }
    }
}
