package io.dl4jext.gradientcheck;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.impl.FrozenVertex;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.layers.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A copy of a network with its own parameters and data: loss and gradient as in training, without l1, l2 and weight decay,
 * which DL4J adds later.
 */
final class CheckedNetwork {

    private final Model copy;
    private final MultiDataSet data;
    private final INDArray parameters;
    private final long seed;

    CheckedNetwork(Model network, MultiDataSet data, DataType type, long seed) {
        this.copy = copy(network, type);
        this.data = data;
        this.parameters = copy.params().reshape(copy.params().length());
        this.seed = seed;
    }

    private static Model copy(Model network, DataType type) {
        INDArray values = network.params().castTo(type).dup();
        if (network instanceof MultiLayerNetwork) {
            MultiLayerConfiguration configuration = MultiLayerConfiguration.fromJson(
                    ((MultiLayerNetwork) network).getLayerWiseConfigurations().toJson());
            configuration.setDataType(type);
            MultiLayerNetwork copy = new MultiLayerNetwork(configuration);
            copy.init(values, false);
            return copy;
        }
        ComputationGraphConfiguration configuration = ComputationGraphConfiguration.fromJson(
                ((ComputationGraph) network).getConfiguration().toJson());
        configuration.setDataType(type);
        ComputationGraph copy = new ComputationGraph(configuration);
        copy.init(values, false);
        return copy;
    }

    /** The names of the trained tensors and where they begin and end. */
    List<CheckedTensor> tensors() {
        List<CheckedTensor> tensors = new ArrayList<>();
        long from = 0;
        for (Trainable layer : layers()) {
            boolean frozen = isFrozen(layer);
            for (Map.Entry<String, INDArray> tensor : layer.paramTable(false).entrySet()) {
                String name = tensor.getKey();
                long length = tensor.getValue().length();
                boolean learned = layer.updaterDivideByMinibatch(name)
                        && !layer.getConfig().isPretrainParam(name);
                if (length > 0 && learned && !frozen) {
                    tensors.add(new CheckedTensor(layer.getConfig().getLayerName(), name, from, from + length));
                }
                from += length;
            }
        }
        return tensors;
    }

    private static boolean isFrozen(Trainable layer) {
        Layer inside = layer instanceof GraphVertex ? ((GraphVertex) layer).getLayer() : null;
        Trainable own = inside == null ? layer : inside;
        return own instanceof FrozenLayer || own instanceof FrozenLayerWithBackprop || own instanceof FrozenVertex;
    }

    /** In the order of the parameters. */
    private List<Trainable> layers() {
        List<Trainable> layers = new ArrayList<>();
        if (copy instanceof MultiLayerNetwork) {
            for (Layer layer : ((MultiLayerNetwork) copy).getLayers()) {
                layers.add(layer);
            }
            return layers;
        }
        ComputationGraph graph = (ComputationGraph) copy;
        for (int vertex : graph.topologicalSortOrder()) {
            if (graph.getVertices()[vertex].numParams() > 0) {
                layers.add(graph.getVertices()[vertex]);
            }
        }
        return layers;
    }

    double parameter(long index) {
        return parameters.getDouble(index);
    }

    /** Of the mean loss. */
    INDArray gradient() {
        pass();
        INDArray gradient = copy.gradient().gradient();
        INDArray sum = gradient.reshape(gradient.length()).castTo(DataType.DOUBLE);
        return copy.conf().isMiniBatch() ? sum.div(data.getFeatures(0).size(0)) : sum.dup();
    }

    /** The mean loss. */
    double loss() {
        pass();
        double penalty = copy instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) copy).calcRegularizationScore(true)
                : ((ComputationGraph) copy).calcRegularizationScore(true);
        return copy.score() - penalty;
    }

    /**
     * The mean loss with one parameter at another value, or as near as its type comes.
     *
     * @return the loss and the change that the parameter really made
     */
    double[] lossAt(long index, double value) {
        double before = parameter(index);
        parameters.putScalar(index, value);
        double change = parameter(index) - before;
        double loss = loss();
        parameters.putScalar(index, before);
        return new double[] {loss, change};
    }

    /**
     * With the same masks of dropout each time. The state is the one that setSeed would set; setSeed itself (1.0.0-beta7) also
     * sets back the position of scalar draws, which nobody can restore.
     */
    private void pass() {
        Nd4j.getRandom().setStates(seed, seed ^ 0xFFFFFFFFDEADBEEFL);
        if (copy instanceof MultiLayerNetwork) {
            MultiLayerNetwork network = (MultiLayerNetwork) copy;
            network.setInput(data.getFeatures(0));
            network.setLabels(data.getLabels(0));
            network.setLayerMaskArrays(data.getFeaturesMaskArray(0), data.getLabelsMaskArray(0));
            network.computeGradientAndScore();
            network.clearLayerMaskArrays();
            network.clearLayersStates();
        } else {
            ComputationGraph network = (ComputationGraph) copy;
            network.setInputs(data.getFeatures());
            network.setLabels(data.getLabels());
            network.setLayerMaskArrays(data.getFeaturesMaskArrays(), data.getLabelsMaskArrays());
            network.computeGradientAndScore();
            network.clearLayerMaskArrays();
            network.clearLayersStates();
        }
    }
}
