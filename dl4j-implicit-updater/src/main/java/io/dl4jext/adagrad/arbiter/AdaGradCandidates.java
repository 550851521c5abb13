package io.dl4jext.adagrad.arbiter;

import io.dl4jext.adagrad.AdaGradListener;
import org.deeplearning4j.arbiter.optimize.api.Candidate;
import org.deeplearning4j.arbiter.task.TaskListener;
import org.deeplearning4j.nn.api.Model;

/**
 * Attaches an {@link AdaGradListener} to the candidates whose updaters need one, and does nothing with others. For
 * Arbiter's own task creators ({@code setTaskListener}) and for {@code CandidateTaskCreator} of
 * {@code dl4j-fisher-listener}.
 */
public final class AdaGradCandidates implements TaskListener {

    private static final long serialVersionUID = 1L;

    @Override
    @SuppressWarnings("rawtypes")
    public <T extends Model> T preProcess(T network, Candidate candidate) {
        if (AdaGradListener.isNeededBy(network)) {
            AdaGradListener.attachTo(network);
        }
        return network;
    }

    @Override
    @SuppressWarnings("rawtypes")
    public void postProcess(Model network, Candidate candidate) {}
}
