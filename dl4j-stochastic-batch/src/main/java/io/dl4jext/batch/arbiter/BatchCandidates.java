package io.dl4jext.batch.arbiter;

import io.dl4jext.fisher.arbiter.CandidateListener;
import io.dl4jext.fisher.arbiter.CompositeSpace;
import io.dl4jext.stochastic.StochasticBatchListener;
import org.deeplearning4j.arbiter.optimize.api.Candidate;
import org.deeplearning4j.arbiter.optimize.api.ParameterSpace;
import org.deeplearning4j.nn.api.Model;

/**
 * Hands each candidate of a {@link TrainingSpace} its data in its own batches, attached to its network, and gives
 * networks that are trained by {@link io.dl4jext.stochastic.StochasticBatch} the listener which that needs. For a
 * {@link io.dl4jext.fisher.arbiter.CandidateTaskCreator}: as a listener of Arbiter's own task creators it never sees
 * the data. Candidates of other spaces are trained on the data as they are.
 */
public final class BatchCandidates implements CandidateListener {

    private static final long serialVersionUID = 1L;

    @Override
    @SuppressWarnings("rawtypes")
    public <T extends Model> T preProcess(T network, Candidate candidate) {
        if (StochasticBatchListener.isNeededBy(network)) {
            StochasticBatchListener.attachTo(network);
        }
        return network;
    }

    @Override
    public Object trainingData(Object data, Model network, Candidate<?> candidate, ParameterSpace<?> space) {
        double[] values = candidate.getFlatParameters();
        return CompositeSpace.find(TrainingSpace.class, space, values)
                .map(training -> training.batches(data, network, values))
                .orElse(data);
    }

    @Override
    @SuppressWarnings("rawtypes")
    public void postProcess(Model network, Candidate candidate) {}
}
