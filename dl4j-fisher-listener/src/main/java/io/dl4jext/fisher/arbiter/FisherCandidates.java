package io.dl4jext.fisher.arbiter;

import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.earlystopping.FisherTerminationCondition;
import io.dl4jext.fisher.internal.capture.Network;
import java.io.Serializable;
import java.util.function.Function;
import java.util.function.Supplier;
import org.deeplearning4j.arbiter.optimize.api.Candidate;
import org.deeplearning4j.arbiter.optimize.api.ParameterSpace;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.TrainingListener;

/**
 * Gives every candidate of a search a {@link FisherListener} of its own, and ends hopeless candidates early.
 *
 * <pre>{@code
 * FisherCandidates.measuredBy(candidate -> FisherListener.builder()
 *                 .everyIterations(10)
 *                 .sink(new LogSink(LoggerFactory.getLogger("candidate " + candidate.getIndex()))))
 *         .endedWhen(() -> FisherTerminationCondition.distanceAbove(beacon, 2).notBefore(5000));
 * }</pre>
 *
 * <p>When a candidate has been scored its listener is closed, and so are its sinks; in a {@link CandidateTaskCreator}
 * also when it has failed. Works in that, and, but for ending, with {@code setTaskListener} of Arbiter's own.
 */
public final class FisherCandidates implements CandidateListener {

    private static final long serialVersionUID = 1L;

    /** Makes a candidate's listener. */
    public interface ListenerMaker extends Function<Candidate<?>, FisherListener.Builder>, Serializable {}

    /** Makes a candidate's condition; each must have its own. */
    public interface ConditionMaker extends Supplier<FisherTerminationCondition>, Serializable {}

    private final ListenerMaker listener;
    private final ConditionMaker condition;

    private FisherCandidates(ListenerMaker listener, ConditionMaker condition) {
        this.listener = listener;
        this.condition = condition;
    }

    /** Candidates are measured by these listeners, and trained to the end. */
    public static FisherCandidates measuredBy(ListenerMaker listener) {
        return new FisherCandidates(required("a maker of listeners", listener), null);
    }

    /**
     * Candidates whose condition holds are trained no further: their data end, and with them early stopping, after its
     * next evaluation, and they are scored as they are. Asked
     * before every batch, in the first epoch as well, whatever the order of the listeners. DL4J does not prefetch data
     * that may end so; where reading them takes long, let the data source return an {@code AsyncDataSetIterator}.
     */
    public FisherCandidates endedWhen(ConditionMaker made) {
        return new FisherCandidates(listener, required("a maker of conditions", made));
    }

    private static <T> T required(String what, T value) {
        if (value == null) {
            throw new IllegalArgumentException("Expected " + what + ", got null");
        }
        return value;
    }

    @Override
    @SuppressWarnings({"rawtypes", "unchecked"})
    public <T extends Model> T preProcess(T network, Candidate candidate) {
        FisherListener.Builder settings = listener.apply(candidate);
        if (condition != null) {
            FisherTerminationCondition own = condition.get();
            settings.sink(own);
            Ending ending = new Ending(own, candidate.getIndex());
            network.addListeners(ending);
            Stopping.at(ending, candidate);
        }
        network.addListeners(settings.build());
        return network;
    }

    @Override
    public Object trainingData(Object data, Model network, Candidate<?> candidate, ParameterSpace<?> space) {
        return condition == null ? data : Ending.of(network).endedBy(data);
    }

    @Override
    @SuppressWarnings({"rawtypes", "unchecked"})
    public void postProcess(Model network, Candidate candidate) {
        Stopping.restore(candidate);
        // Early stopping may have no network to give.
        if (network != null) {
            close(network);
        }
    }

    /** Ends the measuring of a candidate's network; what was measured remains. */
    static void close(Model network) {
        for (TrainingListener each : Network.of(network).listeners()) {
            if (each instanceof FisherListener) {
                ((FisherListener) each).close();
            }
        }
    }
}
