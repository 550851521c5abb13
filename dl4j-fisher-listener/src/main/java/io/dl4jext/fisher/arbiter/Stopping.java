package io.dl4jext.fisher.arbiter;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.arbiter.DL4JConfiguration;
import org.deeplearning4j.arbiter.GraphConfiguration;
import org.deeplearning4j.arbiter.optimize.api.Candidate;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.termination.EpochTerminationCondition;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.common.function.Supplier;

/**
 * Early stopping of a candidate whose data may end for good. DL4J's trainer asks conditions on an iteration after each
 * batch, and begins one epoch after the other as long as no condition holds: without a batch left it would do so
 * forever. So a candidate's configurations, which Arbiter makes whenever it is asked for one, have a condition more for
 * as long as it is trained.
 */
final class Stopping implements Supplier<Object> {

    private final Supplier<?> before;
    private final EpochTerminationCondition condition;

    private Stopping(Supplier<?> before, EpochTerminationCondition condition) {
        this.before = before;
        this.condition = condition;
    }

    /** Also ends early stopping, if the candidate is trained with it, after the epoch in which the data have ended. */
    static void at(Ending ending, Candidate<Object> candidate) {
        candidate.setSupplier(new Stopping(candidate.getSupplier(), new Over(ending)));
    }

    /** Gives the candidate back the configurations that it had. */
    static void restore(Candidate<Object> candidate) {
        if (candidate.getSupplier() instanceof Stopping) {
            restored(candidate, ((Stopping) candidate.getSupplier()).before);
        }
    }

    @SuppressWarnings("unchecked")
    private static void restored(Candidate<Object> candidate, Supplier<?> before) {
        candidate.setSupplier((Supplier<Object>) before);
    }

    @Override
    public Object get() {
        Object configuration = before.get();
        if (configuration instanceof DL4JConfiguration) {
            DL4JConfiguration layers = (DL4JConfiguration) configuration;
            return new DL4JConfiguration(
                    layers.getMultiLayerConfiguration(),
                    with(layers.getEarlyStoppingConfiguration()),
                    layers.getNumEpochs());
        }
        if (configuration instanceof GraphConfiguration) {
            GraphConfiguration graph = (GraphConfiguration) configuration;
            return new GraphConfiguration(
                    graph.getConfiguration(), with(graph.getEarlyStoppingConfiguration()), graph.getNumEpochs());
        }
        return configuration;
    }

    /** A copy: candidates share what the search's space has. */
    private <T extends Model> EarlyStoppingConfiguration<T> with(EarlyStoppingConfiguration<T> shared) {
        if (shared == null) {
            return null;
        }
        EarlyStoppingConfiguration<T> own = new EarlyStoppingConfiguration<>();
        own.setModelSaver(shared.getModelSaver());
        own.setIterationTerminationConditions(shared.getIterationTerminationConditions());
        own.setSaveLastModel(shared.isSaveLastModel());
        own.setEvaluateEveryNEpochs(shared.getEvaluateEveryNEpochs());
        own.setScoreCalculatorSupplier(shared.getScoreCalculatorSupplier());
        if (shared.getScoreCalculatorSupplier() == null) {
            own.setScoreCalculator(shared.getScoreCalculator());
        }
        List<EpochTerminationCondition> conditions = new ArrayList<>(List.of(condition));
        if (shared.getEpochTerminationConditions() != null) {
            conditions.addAll(shared.getEpochTerminationConditions());
        }
        own.setEpochTerminationConditions(conditions);
        return own;
    }

    private static final class Over implements EpochTerminationCondition {

        private static final long serialVersionUID = 1L;

        private final transient Ending ending;

        Over(Ending ending) {
            this.ending = ending;
        }

        @Override
        public void initialize() {}

        @Override
        public boolean terminate(int epoch, double score, boolean minimise) {
            return ending.isOver();
        }

        @Override
        public String toString() {
            return "the data have ended: " + ending;
        }
    }
}
