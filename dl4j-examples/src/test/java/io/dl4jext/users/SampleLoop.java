package io.dl4jext.users;

import java.util.Arrays;
import java.util.Set;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.layers.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** The slow, obvious reference: one forward and backward pass of DL4J's for each sample, for one-output networks. */
final class SampleLoop {

    /** In DL4J's flat gradient, but no gradient: statistics of batch normalisation. */
    private static final Set<String> STATISTICS = Set.of("mean", "var", "log10stdev");

    private SampleLoop() {}

    /** JᵀJ, B × B, DOUBLE. */
    static INDArray gram(Model model, MultiDataSet data) {
        int samples = (int) data.getFeatures(0).size(0);
        INDArray gradients =
                Nd4j.create(DataType.DOUBLE, samples, model.params().length());
        for (int i = 0; i < samples; i++) {
            MultiDataSet sample = new MultiDataSet(
                    row(data.getFeatures(), i),
                    row(data.getLabels(), i),
                    row(data.getFeaturesMaskArrays(), i),
                    row(data.getLabelsMaskArrays(), i));
            gradients.getRow(i).assign(trained(model, gradient(model, sample)));
        }
        return gradients.mmul(gradients.transpose());
    }

    /** DL4J's own flat gradient of one pass over the data, a view. */
    static INDArray gradient(Model model, MultiDataSet data) {
        if (model instanceof MultiLayerNetwork) {
            MultiLayerNetwork network = (MultiLayerNetwork) model;
            network.setInput(data.getFeatures(0));
            network.setLabels(data.getLabels(0));
            network.setLayerMaskArrays(
                    data.getFeaturesMaskArrays() == null ? null : data.getFeaturesMaskArray(0),
                    data.getLabelsMaskArrays() == null ? null : data.getLabelsMaskArray(0));
            network.computeGradientAndScore();
        } else {
            ComputationGraph graph = (ComputationGraph) model;
            graph.setInputs(data.getFeatures());
            graph.setLabels(data.getLabels());
            graph.setLayerMaskArrays(data.getFeaturesMaskArrays(), data.getLabelsMaskArrays());
            graph.computeGradientAndScore();
        }
        return model.getGradientsViewArray();
    }

    /** The flat gradient in double precision, 0 where nothing is trained by it. */
    static INDArray trained(Model model, INDArray gradient) {
        INDArray result =
                gradient.castTo(DataType.DOUBLE).reshape(gradient.length()).dup();
        long offset = 0;
        for (Layer layer : layers(model)) {
            boolean frozen = layer instanceof FrozenLayer || layer instanceof FrozenLayerWithBackprop;
            for (String key : layer.paramTable().keySet()) {
                long length = layer.getParam(key).length();
                if (frozen || STATISTICS.contains(key)) {
                    result.get(NDArrayIndex.interval(offset, offset + length)).assign(0);
                }
                offset += length;
            }
        }
        if (offset != gradient.length()) {
            throw new AssertionError("Expected " + gradient.length() + " parameters in layers, got " + offset);
        }
        return result;
    }

    private static Layer[] layers(Model model) {
        if (model instanceof MultiLayerNetwork) {
            return ((MultiLayerNetwork) model).getLayers();
        }
        ComputationGraph graph = (ComputationGraph) model;
        return Arrays.stream(graph.topologicalSortOrder())
                .mapToObj(i -> graph.getVertices()[i])
                .filter(GraphVertex::hasLayer)
                .map(GraphVertex::getLayer)
                .toArray(Layer[]::new);
    }

    private static INDArray[] row(INDArray[] arrays, int i) {
        if (arrays == null) {
            return null;
        }
        return Arrays.stream(arrays)
                .map(array -> {
                    if (array == null) {
                        return null;
                    }
                    INDArrayIndex[] index = new INDArrayIndex[array.rank()];
                    Arrays.fill(index, NDArrayIndex.all());
                    index[0] = NDArrayIndex.interval(i, i + 1);
                    // Copied first: ND4J 1.0.0-M2.1 takes empty parts of some views.
                    return array.dup('c').get(index).dup();
                })
                .toArray(INDArray[]::new);
    }
}
