package io.dl4jext.fisher.arbiter;

import org.deeplearning4j.arbiter.optimize.api.Candidate;
import org.deeplearning4j.arbiter.optimize.api.ParameterSpace;
import org.deeplearning4j.arbiter.task.TaskListener;
import org.deeplearning4j.nn.api.Model;

/**
 * Arbiter's {@code TaskListener}, which sees a candidate's network before and after its training, that also sees the
 * data that the candidate is trained on. For a {@link CandidateTaskCreator}.
 */
public interface CandidateListener extends TaskListener {

    /**
     * Called after {@code preProcess}, on the same thread.
     *
     * @param data a {@code DataSetIterator} or {@code MultiDataSetIterator}, the candidate's alone
     * @param network the candidate's, which will be trained on it
     * @param candidate with the values that were drawn, {@code getFlatParameters()}
     * @param space where it comes from, to read further values of the candidate
     * @return what to train on: the same iterator, or one over it
     */
    Object trainingData(Object data, Model network, Candidate<?> candidate, ParameterSpace<?> space);
}
