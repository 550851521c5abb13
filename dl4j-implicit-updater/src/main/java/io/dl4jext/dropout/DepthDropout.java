package io.dl4jext.dropout;

import io.dl4jext.updater.internal.json.Settings;
import io.dl4jext.updater.internal.network.Network;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.AutoEncoder;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.GravesBidirectionalLSTM;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.samediff.AbstractSameDiffLayer;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.conf.ocnn.OCNNOutputLayer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonIgnoreProperties;

/**
 * Dropout that grows with depth, by the linear decay rule of stochastic depth (Huang et al., 2016, eq. 4), which
 * dropped whole residual blocks: the units of the l-th of L hidden layers are kept with the probability
 *
 * <pre>    p_l = 1 − (l/L)·(1 − p_L)</pre>
 *
 * and kept ones multiplied by 1/p_l, as in DL4J's {@link Dropout}, which does the work. As DL4J drops a layer's input,
 * the l-th hidden layer's units are dropped by the layer that follows it; {@link #apply} does this for a whole
 * configuration.
 */
@JsonIgnoreProperties({"dropout"})
public final class DepthDropout implements IDropout {

    private static final long serialVersionUID = 1L;
    private static final String CALLER = "DepthDropout";

    private final int depth;
    private final int layers;
    private final double lastRetained;
    private final Dropout dropout;

    /**
     * @param depth l, 1 ≤ l ≤ L
     * @param layers L ≥ 1
     * @param lastRetained p_L, 0 &lt; p_L ≤ 1; stochastic depth takes 0.5
     * @throws IllegalArgumentException if a value is outside its range
     */
    public DepthDropout(int depth, int layers, double lastRetained) {
        if (layers < 1 || depth < 1 || depth > layers) {
            throw new IllegalArgumentException(
                    "Expected 1 ≤ depth ≤ layers, got depth " + depth + " of " + layers + " layers");
        }
        if (!(lastRetained > 0 && lastRetained <= 1)) {
            throw new IllegalArgumentException("Expected 0 < lastRetained ≤ 1, got " + lastRetained);
        }
        this.depth = depth;
        this.layers = layers;
        this.lastRetained = lastRetained;
        this.dropout = new Dropout(retained());
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    private static DepthDropout of(Settings json) {
        DepthDropout read = new DepthDropout(json.count("depth"), json.count("layers"), json.number("lastRetained"));
        json.end();
        return read;
    }

    /**
     * A copy of the configuration with this dropout behind each hidden layer: behind every layer with weights (dense,
     * convolution, recurrent, ...; wrapped ones too) but the last one, in front of the next layer with weights. Other
     * dropout there is replaced. Frozen layers count, but stay as they are: DL4J runs them without dropout.
     *
     * @param lastRetained p_L, 0 &lt; p_L ≤ 1
     * @throws IllegalArgumentException if it is outside its range, or there is no hidden layer, or there is a layer whose
     *     dropout DL4J does not apply, or not to its gradient: convolution in one and three dimensions, deconvolution,
     *     {@code CenterLossOutputLayer}, {@code OCNNOutputLayer}, {@code AutoEncoder}, {@code VariationalAutoencoder},
     *     {@code GravesBidirectionalLSTM}, {@code SimpleRnn}, {@code GravesLSTM} and {@code ConvolutionLayer} with
     *     channels last, and layers of SameDiff's (attention, locally connected and capsule layers), or if the
     *     configuration cannot be written as JSON and read (an activation of an anonymous class)
     */
    public static MultiLayerConfiguration apply(MultiLayerConfiguration configuration, double lastRetained) {
        present(configuration);
        MultiLayerConfiguration copy = Network.copyOf(configuration, CALLER);
        int hidden = -1;
        for (int i = 0; i < copy.getConfs().size(); i++) {
            hidden += hasWeights(copy.getConf(i).getLayer()) ? 1 : 0;
        }
        if (hidden < 1) {
            throw new IllegalArgumentException("Expected a hidden layer with weights, got "
                    + copy.getConfs().size() + " layers without one before the last");
        }
        int depth = 0;
        for (int i = 0; i < copy.getConfs().size(); i++) {
            Layer layer = copy.getConf(i).getLayer();
            if (hasWeights(layer)) {
                if (depth > 0) {
                    set(new DepthDropout(depth, hidden, lastRetained), layer);
                }
                depth++;
            }
        }
        return copy;
    }

    /**
     * The same for a graph. The depth of a layer's input is the number of layers with weights on the longest way to it
     * from a network input; L is the largest such depth of a layer with weights.
     *
     * @param lastRetained p_L, 0 &lt; p_L ≤ 1
     * @throws IllegalArgumentException as the other, or if a layer shares its input with another vertex where DL4J's
     *     dropout gives wrong gradients, or is not known to give right ones: output layers, {@code
     *     ElementWiseMultiplicationLayer} and recurrent layers with channels last; layers for which DL4J drops the
     *     input in place, as they are the last to take it, though another vertex may need it in its backward pass
     *     (activation but identity, loss and frozen layers, pooling but average and of single pixels, batch
     *     normalisation, {@code L2NormalizeVertex}, products, kinds that are not known); those whose input a vertex
     *     hands on as it got it (a {@code MergeVertex} with one input)
     */
    public static ComputationGraphConfiguration apply(
            ComputationGraphConfiguration configuration, double lastRetained) {
        present(configuration);
        ComputationGraphConfiguration copy = Network.copyOf(configuration, CALLER);
        Map<Layer, Integer> depths = new IdentityHashMap<>();
        Map<String, Integer> behind = new HashMap<>();
        for (String name : copy.getVertices().keySet()) {
            behind(name, copy, depths, behind);
        }
        int hidden = depths.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        if (hidden < 1) {
            throw new IllegalArgumentException("Expected a hidden layer with weights, got "
                    + copy.getVertices().size() + " vertices without one behind another");
        }
        depths.forEach((layer, depth) -> {
            if (depth > 0) {
                set(new DepthDropout(depth, hidden, lastRetained), layer);
            }
        });
        SharedInputs inputs = new SharedInputs(copy);
        copy.getVertices().forEach((name, vertex) -> {
            Layer layer = layer(vertex);
            if (depths.getOrDefault(layer, 0) > 0 && !isFrozen(layer)) {
                requireRightlyDropped(name, layer, inputs);
            }
        });
        return copy;
    }

    private static void present(Object configuration) {
        if (configuration == null) {
            throw new IllegalArgumentException(CALLER + ": expected a configuration, got null");
        }
    }

    /** The number of layers with weights up to this vertex; notes those before each layer with weights. */
    private static int behind(
            String name, ComputationGraphConfiguration graph, Map<Layer, Integer> depths, Map<String, Integer> behind) {
        if (graph.getNetworkInputs().contains(name)) {
            return 0;
        }
        Integer known = behind.get(name);
        if (known != null) {
            return known;
        }
        int before = 0;
        for (String input : graph.getVertexInputs().get(name)) {
            before = Math.max(before, behind(input, graph, depths, behind));
        }
        Layer layer = layer(graph.getVertices().get(name));
        boolean weights = hasWeights(layer);
        if (weights) {
            depths.put(layer, before);
        }
        behind.put(name, before + (weights ? 1 : 0));
        return behind.get(name);
    }

    private static Layer layer(GraphVertex vertex) {
        return vertex instanceof LayerVertex
                ? ((LayerVertex) vertex).getLayerConf().getLayer()
                : null;
    }

    private static boolean hasWeights(Layer layer) {
        return layer != null
                && !(inner(layer) instanceof BatchNormalization)
                && layer.initializer().numParams(layer) > 0;
    }

    /** The layer itself, without what is wrapped around it. */
    static Layer inner(Layer layer) {
        if (layer instanceof BaseWrapperLayer) {
            return inner(((BaseWrapperLayer) layer).getUnderlying());
        }
        return layer instanceof FrozenLayer ? inner(((FrozenLayer) layer).getLayer()) : layer;
    }

    /**
     * Where DL4J's own dropout is when it is set for a network: on the layer within, in both directions of a
     * bidirectional one. A frozen layer gets none: DL4J runs it forward as in a test, without dropout, but backward
     * with a mask.
     */
    private static void set(DepthDropout dropout, Layer layer) {
        if (isFrozen(layer)) {
            return;
        }
        if (layer instanceof BaseWrapperLayer) {
            set(dropout, ((BaseWrapperLayer) layer).getUnderlying());
        } else if (layer instanceof Bidirectional) {
            set(dropout, ((Bidirectional) layer).getFwd());
            set(dropout.clone(), ((Bidirectional) layer).getBwd());
        } else {
            requireDropped(layer);
            layer.setIDropout(dropout);
        }
    }

    private static boolean isFrozen(Layer layer) {
        return layer instanceof FrozenLayer || layer instanceof FrozenLayerWithBackprop;
    }

    private static void requireDropped(Layer layer) {
        boolean ignored = layer instanceof AbstractSameDiffLayer
                || layer instanceof GravesBidirectionalLSTM
                || layer instanceof VariationalAutoencoder;
        if (ignored || isHalfDropped(layer)) {
            throw new IllegalArgumentException(CALLER + ": expected layers that DL4J applies dropout to, forward and"
                    + " backward, got " + name(layer) + ", where it "
                    + (ignored ? "ignores dropout" : "does so in one of the two alone, which gives wrong gradients")
                    + ": set the dropout of the other layers one by one, and put a DropoutLayer in front of this one");
        }
    }

    private static String name(Layer layer) {
        return layer.getClass().getSimpleName()
                + (layer.getLayerName() == null ? "" : " '" + layer.getLayerName() + "'");
    }

    private static void requireRightlyDropped(String name, Layer layer, SharedInputs inputs) {
        inputs.problem(name).ifPresent(problem -> {
            throw new IllegalArgumentException(CALLER + ": expected layers with an input of their own, got "
                    + inner(layer).getClass().getSimpleName() + " '" + name + "' on " + problem
                    + ": DL4J's dropout may give wrong gradients there; set the dropout of the other layers one by one, or"
                    + " put an ActivationLayer (identity) in front of this one");
        });
    }

    /** That class itself: those that extend it have passes of their own. */
    private static boolean isOf(Class<? extends Layer> type, Layer layer) {
        return layer.getClass() == type;
    }

    /** Forward without backward, the other way round ({@code AutoEncoder}), or backward on another axis. */
    private static boolean isHalfDropped(Layer layer) {
        return layer instanceof Convolution1DLayer
                || layer instanceof Convolution3D
                || layer instanceof Deconvolution2D
                || layer instanceof Deconvolution3D
                || layer instanceof CenterLossOutputLayer
                || layer instanceof AutoEncoder
                || layer instanceof OCNNOutputLayer
                || (isOf(SimpleRnn.class, layer) || layer instanceof GravesLSTM)
                        && ((BaseRecurrentLayer) layer).getRnnDataFormat() == RNNFormat.NWC
                || isOf(ConvolutionLayer.class, layer)
                        && ((ConvolutionLayer) layer).getCnn2dDataFormat() == CNN2DFormat.NHWC;
    }

    public int getDepth() {
        return depth;
    }

    public int getLayers() {
        return layers;
    }

    public double getLastRetained() {
        return lastRetained;
    }

    /** p_l. */
    public double retained() {
        return 1 - (double) depth / layers * (1 - lastRetained);
    }

    @Override
    public INDArray applyDropout(
            INDArray inputActivations, INDArray resultArray, int iteration, int epoch, LayerWorkspaceMgr workspaceMgr) {
        return dropout.applyDropout(inputActivations, resultArray, iteration, epoch, workspaceMgr);
    }

    @Override
    public INDArray backprop(INDArray gradAtOutput, INDArray gradAtInput, int iteration, int epoch) {
        return dropout.backprop(gradAtOutput, gradAtInput, iteration, epoch);
    }

    @Override
    public void clear() {
        dropout.clear();
    }

    @Override
    public DepthDropout clone() {
        return new DepthDropout(depth, layers, lastRetained);
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof DepthDropout)) {
            return false;
        }
        DepthDropout that = (DepthDropout) other;
        return depth == that.depth && layers == that.layers && Double.compare(lastRetained, that.lastRetained) == 0;
    }

    @Override
    public int hashCode() {
        return Objects.hash(depth, layers, lastRetained);
    }

    @Override
    public String toString() {
        return "DepthDropout(" + depth + " of " + layers + ", last retained " + lastRetained + ")";
    }
}
