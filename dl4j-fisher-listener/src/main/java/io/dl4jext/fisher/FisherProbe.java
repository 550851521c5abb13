package io.dl4jext.fisher;

import io.dl4jext.fisher.capture.GradientCapture;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.rng.Random;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The measurement of a {@link FisherListener} on demand: for any mini-batch, without training and without a trace on the
 * network or on ND4J's random numbers.
 *
 * <p>One forward and backward pass in training mode (dropout draws, batch normalisation uses the mini-batch) on a copy
 * of the network, so it takes memory for another set of parameters and gradients while it runs.
 */
public final class FisherProbe {

    private FisherProbe() {}

    /**
     * Measures one mini-batch. The measurement keeps F̃ ({@link FisherMeasurement#gramMatrix()}); its iteration, epoch
     * and learning rate are those the network stands at.
     *
     * @param model a MultiLayerNetwork, or a ComputationGraph with one input and one output
     * @throws IllegalArgumentException naming every layer whose gradients cannot be told apart by sample
     */
    public static FisherMeasurement measure(Model model, DataSet data) {
        if (model instanceof MultiLayerNetwork) {
            return measureCopy((MultiLayerNetwork) model, data);
        }
        return measureCopy(requireGraph(model), data.toMultiDataSet());
    }

    /**
     * Measures one mini-batch of a network with any number of inputs and outputs.
     *
     * @see #measure(Model, DataSet)
     */
    public static FisherMeasurement measure(Model model, MultiDataSet data) {
        if (model instanceof MultiLayerNetwork) {
            if (data.numFeatureArrays() != 1 || data.numLabelsArrays() != 1) {
                throw new IllegalArgumentException(
                        "Expected one features and one labels array for a MultiLayerNetwork, got "
                                + data.numFeatureArrays()
                                + " and "
                                + data.numLabelsArrays());
            }
            INDArray featuresMask = data.hasMaskArrays() ? data.getFeaturesMaskArray(0) : null;
            INDArray labelsMask = data.hasMaskArrays() ? data.getLabelsMaskArray(0) : null;
            return measureCopy(
                    (MultiLayerNetwork) model,
                    new org.nd4j.linalg.dataset.DataSet(
                            data.getFeatures(0), data.getLabels(0), featuresMask, labelsMask));
        }
        return measureCopy(requireGraph(model), data);
    }

    private static ComputationGraph requireGraph(Model model) {
        if (!(model instanceof ComputationGraph)) {
            throw new IllegalArgumentException("Expected a MultiLayerNetwork or a ComputationGraph, got "
                    + (model == null ? null : model.getClass().getName()));
        }
        return (ComputationGraph) model;
    }

    private static FisherMeasurement measureCopy(MultiLayerNetwork network, DataSet data) {
        GradientCapture.requireSupported(network);
        MultiLayerNetwork copy = network.clone();
        return watch(copy, () -> {
            copy.setInput(data.getFeatures());
            copy.setLabels(data.getLabels());
            copy.setLayerMaskArrays(data.getFeaturesMaskArray(), data.getLabelsMaskArray());
            copy.computeGradientAndScore();
        });
    }

    private static FisherMeasurement measureCopy(ComputationGraph graph, MultiDataSet data) {
        GradientCapture.requireSupported(graph);
        ComputationGraph copy = copyOf(graph);
        return watch(copy, () -> {
            copy.setInputs(data.getFeatures());
            copy.setLabels(data.getLabels());
            copy.setLayerMaskArrays(data.getFeaturesMaskArrays(), data.getLabelsMaskArrays());
            copy.computeGradientAndScore();
        });
    }

    /**
     * Not {@code graph.clone()}: that shares the list of listeners with its original and, like its configuration's clone,
     * forgets how far training has come (DL4J 1.0.0-beta7 to -M2.1).
     */
    private static ComputationGraph copyOf(ComputationGraph graph) {
        ComputationGraphConfiguration configuration = graph.getConfiguration().clone();
        configuration.setIterationCount(graph.getConfiguration().getIterationCount());
        configuration.setEpochCount(graph.getConfiguration().getEpochCount());
        ComputationGraph copy = new ComputationGraph(configuration);
        copy.init(graph.params().dup(), false);
        for (Layer layer : graph.getLayers()) {
            String name = layer.conf().getLayer().getLayerName();
            if (layer instanceof FrozenLayer && !(copy.getLayer(name) instanceof FrozenLayer)) {
                copy.getVertex(name).setLayerAsFrozen();
            }
        }
        return copy;
    }

    private static FisherMeasurement watch(Model copy, Runnable pass) {
        Random random = Nd4j.getRandom();
        long rootState = random.rootState();
        long nodeState = random.nodeState();
        try {
            Watcher watcher = new Watcher();
            copy.setListeners(watcher);
            pass.run();
            return watcher.measurement;
        } finally {
            random.setStates(rootState, nodeState);
        }
    }

    private static final class Watcher extends BaseTrainingListener {

        private final GradientCapture capture = new GradientCapture();
        private FisherMeasurement measurement;

        @Override
        public void onForwardPass(Model model, List<INDArray> activations) {
            capture.begin(model);
        }

        @Override
        public void onForwardPass(Model model, Map<String, INDArray> activations) {
            capture.begin(model);
        }

        @Override
        public void onBackwardPass(Model model) {
            double rate = LearningRates.of(model, Counters.iteration(model), Counters.epoch(model))
                    .mean();
            measurement = new Measurer(Measurer.DEFAULT_RANK_TOLERANCE, true).measure(model, capture, rate);
        }
    }
}
