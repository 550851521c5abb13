package io.dl4jext.fisher;

import io.dl4jext.fisher.internal.capture.Network;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/** A mini-batch that fits its network. */
final class Batch {

    private final Model model;
    final INDArray[] features;
    final INDArray[] labels;
    final INDArray[] featuresMasks;
    final INDArray[] labelsMasks;

    private Batch(
            Model model, INDArray[] features, INDArray[] labels, INDArray[] featuresMasks, INDArray[] labelsMasks) {
        this.model = model;
        this.features = features;
        this.labels = labels;
        this.featuresMasks = featuresMasks;
        this.labelsMasks = labelsMasks;
    }

    /** @throws IllegalArgumentException if the network is not initialised, or the data do not fit it */
    static Batch of(Model model, DataSet data) {
        requireReady(model);
        requireData(data);
        if (!(model instanceof MultiLayerNetwork)) {
            return of((ComputationGraph) model, data.toMultiDataSet());
        }
        return of(
                (MultiLayerNetwork) model,
                data.getFeatures(),
                data.getLabels(),
                data.getFeaturesMaskArray(),
                data.getLabelsMaskArray());
    }

    /** As {@link #of(Model, DataSet)}, of a network with any number of inputs and outputs. */
    static Batch of(Model model, MultiDataSet data) {
        requireReady(model);
        requireData(data);
        if (!(model instanceof MultiLayerNetwork)) {
            return of((ComputationGraph) model, data);
        }
        int labels = data.getLabels() == null ? 0 : data.numLabelsArrays();
        if (data.numFeatureArrays() != 1 || labels > 1) {
            throw new IllegalArgumentException(
                    "Expected one features and one labels array for a MultiLayerNetwork, got "
                            + data.numFeatureArrays()
                            + " and "
                            + labels);
        }
        return of(
                (MultiLayerNetwork) model,
                data.getFeatures(0),
                labels == 0 ? null : data.getLabels(0),
                first(data.getFeaturesMaskArrays()),
                first(data.getLabelsMaskArrays()));
    }

    private static Batch of(
            MultiLayerNetwork network, INDArray features, INDArray labels, INDArray featuresMask, INDArray labelsMask) {
        if (features == null) {
            throw new IllegalArgumentException("Expected a mini-batch with features, got none");
        }
        Layer output = network.getOutputLayer();
        if (labels == null && needsLabels(output)) {
            throw new IllegalArgumentException("Expected labels for the output layer ("
                    + output.getClass().getSimpleName() + "), got a mini-batch without");
        }
        return new Batch(
                network,
                new INDArray[] {features},
                new INDArray[] {labels},
                new INDArray[] {featuresMask},
                new INDArray[] {labelsMask});
    }

    private static Batch of(ComputationGraph graph, MultiDataSet data) {
        List<String> inputs = graph.getConfiguration().getNetworkInputs();
        requireArrays("features", inputs, inputs, data.getFeatures());
        List<String> outputs = graph.getConfiguration().getNetworkOutputs();
        List<String> labelled = new ArrayList<>();
        for (String name : outputs) {
            if (needsLabels(graph.getLayer(name))) {
                labelled.add(name);
            }
        }
        requireArrays("labels", outputs, labelled, data.getLabels());
        return new Batch(
                graph,
                data.getFeatures(),
                data.getLabels() == null ? new INDArray[outputs.size()] : data.getLabels(),
                data.getFeaturesMaskArrays(),
                data.getLabelsMaskArrays());
    }

    private static void requireReady(Model model) {
        if (Network.of(model).layers() == null || model.params() == null) {
            throw new IllegalArgumentException("Expected an initialised network, got a "
                    + model.getClass().getSimpleName() + " without parameters: call init() first");
        }
    }

    private static void requireData(Object data) {
        if (data == null) {
            throw new IllegalArgumentException("Expected a mini-batch to measure, got null");
        }
    }

    private static INDArray first(INDArray[] arrays) {
        return arrays == null || arrays.length == 0 ? null : arrays[0];
    }

    private static boolean needsLabels(Layer layer) {
        return layer instanceof IOutputLayer && ((IOutputLayer) layer).needsLabels();
    }

    private static void requireArrays(String kind, List<String> names, List<String> needed, INDArray[] arrays) {
        for (String name : needed) {
            int place = names.indexOf(name);
            if (arrays == null || arrays.length <= place || arrays[place] == null) {
                throw new IllegalArgumentException("Expected " + kind + " for '" + name + "', got none");
            }
        }
        if (arrays != null && arrays.length != names.size()) {
            throw new IllegalArgumentException(
                    "Expected " + kind + " for " + String.join(", ", names) + ", got " + arrays.length + " arrays");
        }
    }

    Model model() {
        return model;
    }

    /** B. */
    int samples() {
        return Math.toIntExact(features[0].size(0));
    }
}
