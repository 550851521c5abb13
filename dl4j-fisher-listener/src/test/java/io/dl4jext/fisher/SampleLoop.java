package io.dl4jext.fisher;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.BackpropType;
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

/** The slow, obvious reference: per-sample gradients from one forward and backward pass a sample. */
final class SampleLoop {

    private SampleLoop() {}

    /** J, P × B, DOUBLE; rows of parameters that are not trained are 0. */
    static INDArray gradients(Model model, MultiDataSet data) {
        int samples = (int) data.getFeatures(0).size(0);
        INDArray gradients =
                Nd4j.create(DataType.DOUBLE, samples, model.params().length());
        for (int i = 0; i < samples; i++) {
            MultiDataSet sample = sample(data, i);
            if (isExampleMask(sample)) {
                // Some losses of DL4J refuse the mask of a single example: leave it out, or the example.
                if (sample.getLabelsMaskArray(0).getDouble(0) == 0) {
                    continue;
                }
                sample.setLabelsMaskArray(null);
            }
            gradients.getRow(i).assign(trainable(model, gradient(model, sample)));
        }
        return gradients.transpose();
    }

    private static boolean isExampleMask(MultiDataSet sample) {
        return sample.getLabelsMaskArrays() != null
                && sample.getLabels().length == 1
                && sample.getLabels(0).rank() == 2
                && sample.getLabelsMaskArray(0).length() == 1;
    }

    /** Σ ‖g_i‖² over the parameters of each layer that has some with gradients, by its name. */
    static Map<String, Double> layerTraces(Model model, INDArray gradients) {
        Map<String, Double> traces = new LinkedHashMap<>();
        long offset = 0;
        for (Object holder : holdersInParameterOrder(model)) {
            boolean isLayer = holder instanceof Layer;
            long length = isLayer ? ((Layer) holder).numParams() : ((GraphVertex) holder).numParams();
            if (length > 0) {
                double norm = gradients
                        .get(NDArrayIndex.interval(offset, offset + length), NDArrayIndex.all())
                        .norm2Number()
                        .doubleValue();
                traces.put(
                        isLayer
                                ? name(model, (Layer) holder)
                                : "vertex '" + ((GraphVertex) holder).getVertexName() + "'",
                        norm * norm);
            }
            offset += length;
        }
        return traces;
    }

    private static String name(Model model, Layer layer) {
        String name = layer.conf().getLayer().getLayerName();
        if (model instanceof ComputationGraph) {
            return "layer '" + name + "'";
        }
        return "layer " + layer.getIndex() + (name == null ? "" : " '" + name + "'");
    }

    static INDArray gram(INDArray gradients) {
        return gradients.transpose().mmul(gradients);
    }

    /** The same network, of which a single pass goes back over all time steps. */
    static Model untruncated(Model model) {
        if (model instanceof MultiLayerNetwork) {
            ((MultiLayerNetwork) model).getLayerWiseConfigurations().setBackpropType(BackpropType.Standard);
        } else {
            ((ComputationGraph) model).getConfiguration().setBackpropType(BackpropType.Standard);
        }
        return model;
    }

    /** The flattened gradient sum of one pass over the data. */
    static INDArray gradient(Model model, MultiDataSet data) {
        pass(model, data);
        return model.getGradientsViewArray().dup();
    }

    /** One forward and backward pass in training mode, without update. */
    static void pass(Model model, MultiDataSet data) {
        if (model instanceof MultiLayerNetwork) {
            MultiLayerNetwork network = (MultiLayerNetwork) model;
            network.setInput(data.getFeatures(0));
            network.setLabels(data.getLabels(0));
            network.setLayerMaskArrays(mask(data.getFeaturesMaskArrays()), mask(data.getLabelsMaskArrays()));
            network.computeGradientAndScore();
        } else {
            ComputationGraph graph = (ComputationGraph) model;
            graph.setInputs(data.getFeatures());
            graph.setLabels(data.getLabels());
            graph.setLayerMaskArrays(data.getFeaturesMaskArrays(), data.getLabelsMaskArrays());
            graph.computeGradientAndScore();
        }
    }

    private static INDArray mask(INDArray[] masks) {
        return masks == null ? null : masks[0];
    }

    /**
     * The gradient as a DOUBLE vector, 0 where a parameter is frozen, a statistic of batch normalisation or a centre of
     * a center loss.
     */
    static INDArray trainable(Model model, INDArray gradient) {
        INDArray result =
                gradient.castTo(DataType.DOUBLE).reshape(gradient.length()).dup();
        long offset = 0;
        for (Object holder : holdersInParameterOrder(model)) {
            if (!(holder instanceof Layer)) {
                offset += ((GraphVertex) holder).numParams();
                continue;
            }
            Layer layer = (Layer) holder;
            boolean frozen = layer instanceof FrozenLayer || layer instanceof FrozenLayerWithBackprop;
            for (String key : layer.paramTable().keySet()) {
                long length = layer.getParam(key).length();
                if (frozen || Arrays.asList("mean", "var", "log10stdev", "cL").contains(key)) {
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

    /** Layers, and vertices that have parameters without a layer. */
    private static Object[] holdersInParameterOrder(Model model) {
        if (model instanceof MultiLayerNetwork) {
            return ((MultiLayerNetwork) model).getLayers();
        }
        ComputationGraph graph = (ComputationGraph) model;
        return Arrays.stream(graph.topologicalSortOrder())
                .mapToObj(i -> graph.getVertices()[i])
                .filter(vertex -> vertex.hasLayer() || vertex.numParams() > 0)
                .map(vertex -> vertex.hasLayer() ? vertex.getLayer() : vertex)
                .toArray();
    }

    static MultiDataSet sample(MultiDataSet data, int i) {
        return new MultiDataSet(
                rows(data.getFeatures(), i),
                rows(data.getLabels(), i),
                rows(data.getFeaturesMaskArrays(), i),
                rows(data.getLabelsMaskArrays(), i));
    }

    private static INDArray[] rows(INDArray[] arrays, int i) {
        if (arrays == null) {
            return null;
        }
        INDArray[] rows = new INDArray[arrays.length];
        for (int a = 0; a < arrays.length; a++) {
            if (arrays[a] != null) {
                INDArrayIndex[] index = new INDArrayIndex[arrays[a].rank()];
                Arrays.fill(index, NDArrayIndex.all());
                index[0] = NDArrayIndex.interval(i, i + 1);
                // Copied first: ND4J 1.0.0-M2.1 takes empty parts of some views.
                rows[a] = arrays[a].dup('c').get(index).dup();
            }
        }
        return rows;
    }
}
