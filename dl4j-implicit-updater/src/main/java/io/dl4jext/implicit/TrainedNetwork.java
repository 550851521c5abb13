package io.dl4jext.implicit;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/** What {@link ExactImplicitSgd} needs of DL4J's two containers. */
final class TrainedNetwork {

    /** One of the two is null. */
    private final MultiLayerNetwork network;

    private final ComputationGraph graph;

    private TrainedNetwork(MultiLayerNetwork network, ComputationGraph graph) {
        this.network = network;
        this.graph = graph;
    }

    /** @throws IllegalArgumentException if it is null or not initialised */
    static TrainedNetwork of(Model model) {
        if (model == null) {
            throw new IllegalArgumentException(
                    "ExactImplicitSgd: expected a MultiLayerNetwork or ComputationGraph, got null");
        }
        TrainedNetwork trained = model instanceof ComputationGraph
                ? new TrainedNetwork(null, (ComputationGraph) model)
                : new TrainedNetwork((MultiLayerNetwork) model, null);
        if (trained.layers() == null) {
            throw new IllegalArgumentException(
                    "ExactImplicitSgd: expected an initialised network, got one without init()");
        }
        return trained;
    }

    static DataSet complete(DataSet data) {
        if (data == null || data.getFeatures() == null || data.getLabels() == null) {
            throw incomplete(data, data != null && data.getFeatures() != null);
        }
        return data;
    }

    static MultiDataSet complete(MultiDataSet data) {
        boolean features = data != null && isComplete(data.getFeatures());
        if (!features || !isComplete(data.getLabels())) {
            throw incomplete(data, features);
        }
        return data;
    }

    private static boolean isComplete(INDArray[] arrays) {
        if (arrays == null || arrays.length == 0) {
            return false;
        }
        for (INDArray array : arrays) {
            if (array == null) {
                return false;
            }
        }
        return true;
    }

    private static IllegalArgumentException incomplete(Object data, boolean features) {
        return new IllegalArgumentException("ExactImplicitSgd: expected a data set with features and labels, got "
                + (data == null ? "null" : features ? "one without labels" : "one without features"));
    }

    Model model() {
        return graph == null ? network : graph;
    }

    Layer[] layers() {
        return graph == null ? network.getLayers() : graph.getLayers();
    }

    List<TrainingListener> listeners() {
        return new ArrayList<>(graph == null ? network.getListeners() : graph.getListeners());
    }

    void setListeners(Collection<TrainingListener> listeners) {
        model().setListeners(listeners);
    }

    int iteration() {
        return graph == null ? network.getIterationCount() : graph.getIterationCount();
    }

    int epoch() {
        return graph == null ? network.getEpochCount() : graph.getEpochCount();
    }

    void setIteration(int iteration) {
        if (graph == null) {
            network.getLayerWiseConfigurations().setIterationCount(iteration);
        } else {
            graph.getConfiguration().setIterationCount(iteration);
        }
    }

    void setScore(double score) {
        if (graph == null) {
            network.setScore(score);
        } else {
            graph.setScore(score);
        }
    }

    /** Forward and backward, without an update. */
    void pass(MultiDataSet data) {
        if (graph == null) {
            network.setInput(data.getFeatures(0));
            network.setLabels(data.getLabels(0));
            network.setLayerMaskArrays(mask(data.getFeaturesMaskArrays()), mask(data.getLabelsMaskArrays()));
            network.computeGradientAndScore();
        } else {
            graph.setInputs(data.getFeatures());
            graph.setLabels(data.getLabels());
            graph.setLayerMaskArrays(data.getFeaturesMaskArrays(), data.getLabelsMaskArrays());
            graph.computeGradientAndScore();
        }
    }

    private static INDArray mask(INDArray[] masks) {
        return masks == null || masks.length == 0 ? null : masks[0];
    }

    /** Of the last pass, a copy. */
    INDArray meanGradient(MultiDataSet data) {
        INDArray sum = model().gradient().gradient();
        boolean miniBatch = graph == null
                ? network.getLayerWiseConfigurations().getConf(0).isMiniBatch()
                : graph.getConfiguration().getDefaultConfiguration().isMiniBatch();
        return miniBatch ? sum.div(data.getFeatures(0).size(0)) : sum.dup();
    }

    /** Frees what the last pass left in the layers. */
    void clear() {
        if (graph == null) {
            network.clearLayerMaskArrays();
            network.clearLayersStates();
        } else {
            graph.clearLayerMaskArrays();
            graph.clearLayersStates();
        }
    }
}
