package io.dl4jext.dropout;

import io.dl4jext.updater.internal.network.Network;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.graph.StackVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.graph.UnstackVertex;
import org.deeplearning4j.nn.conf.graph.rnn.LastTimeStepVertex;
import org.deeplearning4j.nn.conf.graph.rnn.ReverseTimeSeriesVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.nd4j.linalg.activations.impl.ActivationIdentity;

/**
 * Where DL4J's dropout of an input that several vertices of a graph share is right. DL4J drops it in place for the one
 * that comes last in its order, and in copies for the others. That is wrong if
 *
 * <ul>
 *   <li>one of them needs the input as it was in its backward pass,
 *   <li>the array has takers that DL4J does not count, as a vertex hands on the very array that it got,
 *   <li>the layer drops its input in the backward pass, too, or goes on with the input itself beside its copy.
 * </ul>
 *
 * So a shared input is refused but for vertices of kinds that are shown by test to be right.
 */
final class SharedInputs {

    private final ComputationGraphConfiguration graph;
    private final List<String> order;

    /** Networks that are made of the configuration have DL4J's order of now. */
    SharedInputs(ComputationGraphConfiguration graph) {
        this.graph = graph;
        this.order = Network.orderOf(graph);
    }

    /** @return why the dropout of this vertex's layer would be wrong, in words */
    Optional<String> problem(String name) {
        String input = graph.getVertexInputs().get(name).get(0);
        Set<String> same = new HashSet<>();
        addSameArray(input, same);
        List<String> takers = order.stream()
                .filter(taker -> !same.contains(taker) && inputs(taker).anyMatch(same::contains))
                .collect(Collectors.toList());
        if (takers.size() < 2) {
            return Optional.empty();
        }
        String sharing = "'" + input + "', which " + takers.size() + " vertices share";
        if (same.size() > 1) {
            return Optional.of(sharing + ", as one hands on the array that it got");
        }
        if (!dropsRightly(layer(name))) {
            return Optional.of(sharing);
        }
        boolean inPlace = takers.indexOf(name) == takers.size() - 1;
        return takers.stream()
                .filter(taker -> inPlace && !taker.equals(name) && !goesWithout(taker))
                .findFirst()
                .map(taker -> sharing + ", and which " + kind(taker) + " '" + taker
                        + "' may need as it was, in its backward pass");
    }

    private Stream<String> inputs(String name) {
        List<String> inputs = graph.getVertexInputs().get(name);
        return inputs == null ? Stream.empty() : inputs.stream();
    }

    /** The vertex, and those before it whose arrays may be the one that it hands on. */
    private void addSameArray(String name, Set<String> same) {
        if (same.add(name) && !graph.getNetworkInputs().contains(name) && !makesOwnArray(name)) {
            inputs(name).forEach(input -> addSameArray(input, same));
        }
    }

    /** Layers with weights do, and batch normalisation; an activation layer that is frozen works in place. */
    private boolean makesOwnArray(String name) {
        GraphVertex vertex = graph.getVertices().get(name);
        if (vertex instanceof FrozenVertex) {
            vertex = ((FrozenVertex) vertex).getUnderlying();
        }
        if (!(vertex instanceof LayerVertex)) {
            return vertex instanceof L2NormalizeVertex
                    || copies(vertex, inputs(name).count());
        }
        Layer layer = ((LayerVertex) vertex).getLayerConf().getLayer();
        Layer inner = DepthDropout.inner(layer);
        return layer.initializer().numParams(layer) > 0
                || layer instanceof ActivationLayer
                || inner instanceof BatchNormalization
                || inner instanceof SubsamplingLayer
                || inner instanceof GlobalPoolingLayer;
    }

    /**
     * Whether the values of its input mean nothing to its backward pass. Those of batch normalisation do: where oneDNN
     * went forward, DL4J's BatchNormalization takes its input once more (M2.1, in FLOAT).
     */
    private boolean goesWithout(String name) {
        GraphVertex vertex = graph.getVertices().get(name);
        if (!(vertex instanceof LayerVertex)) {
            return copies(vertex, inputs(name).count()) && !isNonlinear(vertex);
        }
        Layer layer = layer(name);
        return dropsRightly(layer)
                || isLinear(layer)
                || layer instanceof ActivationLayer
                        && ((ActivationLayer) layer).getActivationFn() instanceof ActivationIdentity;
    }

    private static boolean isNonlinear(GraphVertex vertex) {
        ElementWiseVertex.Op op = vertex instanceof ElementWiseVertex ? ((ElementWiseVertex) vertex).getOp() : null;
        return op == ElementWiseVertex.Op.Product || op == ElementWiseVertex.Op.Max;
    }

    /** Pooling that is: averages, and maxima of single pixels, as the shortcuts of residual networks have them. */
    private static boolean isLinear(Layer layer) {
        return layer instanceof SubsamplingLayer && isLinear((SubsamplingLayer) layer)
                || layer instanceof GlobalPoolingLayer
                        && ((GlobalPoolingLayer) layer).getPoolingType() == PoolingType.AVG;
    }

    private static boolean isLinear(SubsamplingLayer pooling) {
        PoolingType type = pooling.getPoolingType();
        boolean single = Arrays.stream(pooling.getKernelSize()).allMatch(size -> size == 1);
        return type == PoolingType.AVG || type == PoolingType.MAX && single;
    }

    /** DL4J's vertices that do; one that merges or stacks a single input hands that on. */
    private static boolean copies(GraphVertex vertex, long inputs) {
        return vertex instanceof ElementWiseVertex
                || (vertex instanceof MergeVertex || vertex instanceof StackVertex) && inputs > 1
                || vertex instanceof ScaleVertex
                || vertex instanceof ShiftVertex
                || vertex instanceof SubsetVertex
                || vertex instanceof UnstackVertex
                || vertex instanceof ReshapeVertex
                || vertex instanceof LastTimeStepVertex
                || vertex instanceof ReverseTimeSeriesVertex;
    }

    /** Whether it keeps the input as it has dropped it, in a copy if others share it, for its backward pass. */
    private static boolean dropsRightly(Layer layer) {
        if (layer instanceof BaseWrapperLayer && !(layer instanceof FrozenLayerWithBackprop)) {
            return dropsRightly(((BaseWrapperLayer) layer).getUnderlying());
        }
        if (layer instanceof Bidirectional) {
            return dropsRightly(((Bidirectional) layer).getFwd());
        }
        return layer instanceof DenseLayer
                || layer instanceof PReLULayer
                || isConvolution(layer) && ((ConvolutionLayer) layer).getCnn2dDataFormat() == CNN2DFormat.NCHW
                || isRecurrent(layer) && ((BaseRecurrentLayer) layer).getRnnDataFormat() != RNNFormat.NWC;
    }

    /** Those classes themselves: others that extend ConvolutionLayer have passes of their own. */
    private static boolean isConvolution(Layer layer) {
        return layer.getClass() == ConvolutionLayer.class
                || layer.getClass() == SeparableConvolution2D.class
                || layer.getClass() == DepthwiseConvolution2D.class;
    }

    private static boolean isRecurrent(Layer layer) {
        return layer instanceof LSTM || layer instanceof GravesLSTM || layer instanceof SimpleRnn;
    }

    private Layer layer(String name) {
        return ((LayerVertex) graph.getVertices().get(name)).getLayerConf().getLayer();
    }

    private String kind(String name) {
        GraphVertex vertex = graph.getVertices().get(name);
        return (vertex instanceof LayerVertex ? layer(name) : vertex).getClass().getSimpleName();
    }
}
