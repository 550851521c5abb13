package io.dl4jext.fisher.arbiter;

import io.dl4jext.fisher.internal.capture.Network;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.arbiter.optimize.api.Candidate;
import org.deeplearning4j.arbiter.optimize.api.ParameterSpace;
import org.deeplearning4j.arbiter.optimize.api.data.DataProvider;
import org.deeplearning4j.arbiter.optimize.api.score.ScoreFunction;
import org.deeplearning4j.arbiter.task.TaskListener;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.dataset.api.iterator.DataSetIteratorFactory;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIteratorFactory;

/** What Arbiter's task of one candidate meets: its listener, its data and its score, which know of each other. */
final class CandidateRun extends WrappedScore implements TaskListener, DataProvider {

    private static final long serialVersionUID = 1L;

    private final transient Candidate<?> candidate;
    private final transient List<TaskListener> listeners;
    private final transient ParameterSpace<?> space;
    private final DataProvider data;
    private transient Model trained;

    CandidateRun(
            Candidate<?> candidate,
            List<TaskListener> listeners,
            ParameterSpace<?> space,
            DataProvider data,
            ScoreFunction score) {
        super(score);
        this.candidate = candidate;
        this.listeners = listeners;
        this.space = space;
        this.data = data;
    }

    @Override
    @SuppressWarnings("rawtypes")
    public <T extends Model> T preProcess(T network, Candidate of) {
        T prepared = network;
        for (TaskListener listener : listeners) {
            prepared = listener.preProcess(prepared, candidate);
        }
        trained = prepared;
        return prepared;
    }

    @Override
    public Object trainData(Map<String, Object> dataParameters) {
        Object iterator = opened(data.trainData(dataParameters));
        for (TaskListener listener : inOrder()) {
            if (listener instanceof CandidateListener) {
                iterator = ((CandidateListener) listener).trainingData(iterator, trained, candidate, space);
            }
        }
        return iterator;
    }

    /**
     * What ends the data comes last, so that it is asked before every batch that is trained on, whatever cuts the
     * batches.
     */
    private List<TaskListener> inOrder() {
        List<TaskListener> order = new ArrayList<>(listeners);
        order.sort(Comparator.comparing(FisherCandidates.class::isInstance));
        return order;
    }

    private static Object opened(Object trainingData) {
        if (trainingData instanceof DataSetIteratorFactory) {
            return ((DataSetIteratorFactory) trainingData).create();
        }
        if (trainingData instanceof MultiDataSetIteratorFactory) {
            return ((MultiDataSetIteratorFactory) trainingData).create();
        }
        return trainingData;
    }

    @Override
    public Object testData(Map<String, Object> dataParameters) {
        return data.testData(dataParameters);
    }

    @Override
    public Class<?> getDataType() {
        return data.getDataType();
    }

    @Override
    public double score(Object model, DataProvider dataProvider, Map<String, Object> dataParameters) {
        Model network = (Model) model;
        if (network != trained && Network.of(network).listeners().isEmpty()) {
            network.setListeners(Network.of(trained).listeners());
        }
        return score.score(model, data, dataParameters);
    }

    /** With the network that was scored; null where early stopping has none to give. */
    @Override
    @SuppressWarnings("rawtypes")
    public void postProcess(Model network, Candidate of) {
        for (int i = listeners.size() - 1; i >= 0; i--) {
            listeners.get(i).postProcess(network, candidate);
        }
    }

    /** The task has ended, however: of one that failed no listener is told. */
    @SuppressWarnings("unchecked")
    void end() {
        Stopping.restore((Candidate<Object>) candidate);
        if (trained != null && listeners.stream().anyMatch(FisherCandidates.class::isInstance)) {
            FisherCandidates.close(trained);
        }
    }
}
