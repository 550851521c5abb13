package io.dl4jext.implicit;

import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/**
 * Turns existing configurations and trained networks into their implicit form.
 *
 * <pre>{@code
 * Conversion<MultiLayerNetwork> conversion = ImplicitBackprop.convert(network, new ImplicitSgd(0.5));
 * System.out.println(conversion.summary());
 * conversion.result().fit(data);
 * }</pre>
 *
 * <p>DenseLayer, OutputLayer and SimpleRnn, alone or within LastTimeStep, MaskZeroLayer, TimeDistributed and
 * Bidirectional, become {@link ImplicitDenseLayer}, {@link ImplicitOutputLayer} and {@link ImplicitSimpleRnn} with the
 * same settings and the given updater. Every other layer with parameters (convolution, LSTM, batch normalisation,
 * subclasses, layers with layer norm, weight noise or an activation without proximal step) stays explicit and gets the
 * explicit counterpart of the updater: plain Sgd with the same learning rate or schedule (or its rule, if it has one),
 * and the same ridge as {@link ImplicitRidge} where DL4J regularises that layer. All updaters, and ridges of an earlier
 * conversion, are replaced, and the summary lists those that differed; frozen layers, layers below a FrozenLayer (of a
 * MultiLayerNetwork, where DL4J does not train them) and layers with the updater NoOp stay as they are, as does what is
 * no DL4J BaseLayer (SameDiff layers and vertices keep their updaters). Layers that stay are listed with their reasons.
 *
 * <p>The argument is never changed. Parameters, iteration and epoch are kept; the old updater's state and the listeners
 * are not. (Updaters of this project count their own steps, from 0. DL4J's with bias correction, as Adam, count the
 * network's iterations, here and wherever DL4J gives a trained network a new updater: with iterations behind it they
 * take the new, empty averages for settled ones, and Adam's first hundred steps are 3 to 7 times too long. Set the
 * result's iteration count to 0 for them, or begin with a lower rate.) Everything saves and loads as any DL4J model.
 */
public final class ImplicitBackprop {

    private ImplicitBackprop() {}

    /**
     * The implicit form of a configuration.
     *
     * @throws IllegalArgumentException if an argument is null
     * @throws org.deeplearning4j.exception.DL4JInvalidConfigException if the updater has a μ and layers have l2 or
     * weight
     *     decay; the message names all of them
     */
    public static Conversion<MultiLayerConfiguration> convert(
            MultiLayerConfiguration configuration, ImplicitSgd updater) {
        LayerConverter converter = new LayerConverter(updater);
        present("MultiLayerConfiguration", configuration);
        MultiLayerConfiguration copy = configuration.clone();
        int frozen = lastFrozen(copy);
        for (int i = 0; i < copy.getConfs().size(); i++) {
            NeuralNetConfiguration layer = copy.getConf(i);
            String where = where(i, layer.getLayer().getLayerName());
            if (i < frozen && !(layer.getLayer() instanceof FrozenLayer)) {
                converter.leave(where, layer.getLayer(), "is below a frozen layer, where DL4J trains nothing");
            } else {
                layer.setLayer(converter.convert(layer.getLayer(), where));
            }
        }
        return converter.finish(copy);
    }

    /** Where DL4J's backward pass ends; −1 if there is no such layer. */
    private static int lastFrozen(MultiLayerConfiguration configuration) {
        int last = configuration.getConfs().size() - 1;
        while (last >= 0 && !(configuration.getConf(last).getLayer() instanceof FrozenLayer)) {
            last--;
        }
        return last;
    }

    /** The implicit form of a graph's configuration; see {@link #convert(MultiLayerConfiguration, ImplicitSgd)}. */
    public static Conversion<ComputationGraphConfiguration> convert(
            ComputationGraphConfiguration configuration, ImplicitSgd updater) {
        LayerConverter converter = new LayerConverter(updater);
        present("ComputationGraphConfiguration", configuration);
        ComputationGraphConfiguration copy = configuration.clone();
        // ComputationGraphConfiguration.clone() forgets these (M2.1 and beta7). Where the vertices are not in the order
        // that DL4J would find anew, as in JSON with sorted keys, the parameters follow the order that is kept.
        copy.setIterationCount(configuration.getIterationCount());
        copy.setEpochCount(configuration.getEpochCount());
        copy.setTopologicalOrder(configuration.getTopologicalOrder());
        copy.setTopologicalOrderStr(configuration.getTopologicalOrderStr());
        for (Map.Entry<String, GraphVertex> entry : copy.getVertices().entrySet()) {
            GraphVertex vertex = entry.getValue();
            if (vertex instanceof LayerVertex) {
                NeuralNetConfiguration layer = ((LayerVertex) vertex).getLayerConf();
                layer.setLayer(converter.convert(layer.getLayer(), "'" + entry.getKey() + "'"));
            } else if (vertex.numParams(true) > 0) {
                converter.leave("'" + entry.getKey() + "'", vertex, "is a vertex that keeps its own updater");
            }
        }
        return converter.finish(copy);
    }

    /**
     * The implicit form of a network, with its parameters; see {@link #convert(MultiLayerConfiguration, ImplicitSgd)}.
     */
    public static Conversion<MultiLayerNetwork> convert(MultiLayerNetwork network, ImplicitSgd updater) {
        present("MultiLayerNetwork", network);
        Conversion<MultiLayerConfiguration> conversion = convert(network.getLayerWiseConfigurations(), updater);
        MultiLayerNetwork copy = new MultiLayerNetwork(conversion.result());
        if (network.isInitCalled()) {
            copy.init(network.params(), true);
        }
        return conversion.with(copy);
    }

    /**
     * The implicit form of a graph, with its parameters; see {@link #convert(MultiLayerConfiguration, ImplicitSgd)}.
     */
    public static Conversion<ComputationGraph> convert(ComputationGraph network, ImplicitSgd updater) {
        present("ComputationGraph", network);
        Conversion<ComputationGraphConfiguration> conversion = convert(network.getConfiguration(), updater);
        ComputationGraph copy = new ComputationGraph(conversion.result());
        if (network.getLayers() != null) {
            copy.init(network.params(), true);
        }
        return conversion.with(copy);
    }

    private static void present(String type, Object argument) {
        if (argument == null) {
            throw new IllegalArgumentException("ImplicitBackprop.convert: expected a " + type + ", got null");
        }
    }

    /** The index, and the name unless it is DL4J's default name. */
    private static String where(int index, String name) {
        return name == null || name.equals("layer" + index) ? String.valueOf(index) : index + " '" + name + "'";
    }
}
