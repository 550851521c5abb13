package io.dl4jext.fisher.capture;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.impl.LayerVertex;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.layers.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.layers.normalization.BatchNormalization;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/** A place in a network that holds a layer with trainable parameters, and the way to put another layer there. */
final class LayerSite {

    final String name;
    final Layer layer;
    final NeuralNetConfiguration configuration;
    private final Supplier<Layer> present;
    private final Consumer<Layer> place;

    private LayerSite(
            String name, NeuralNetConfiguration configuration, Supplier<Layer> present, Consumer<Layer> place) {
        this.name = name;
        this.layer = LayerTap.original(present.get());
        this.configuration = configuration;
        this.present = present;
        this.place = place;
    }

    /** What stands there now: the layer itself, or a tap on it. */
    Layer present() {
        return present.get();
    }

    void put(Layer replacement) {
        place.accept(replacement);
    }

    /** Its name and its layer's kind. */
    @Override
    public String toString() {
        return name + " (" + layer.getClass().getSimpleName() + ")";
    }

    /** The sites of a network in the order of its parameters' layers. Frozen layers are not trainable and left out. */
    static List<LayerSite> of(Model model) {
        List<LayerSite> sites = new ArrayList<>();
        if (model instanceof MultiLayerNetwork) {
            MultiLayerNetwork network = (MultiLayerNetwork) model;
            Layer[] layers = network.getLayers();
            for (int i = 0; i < layers.length; i++) {
                int index = i;
                NeuralNetConfiguration configuration =
                        network.getLayerWiseConfigurations().getConf(i);
                String given = configuration.getLayer().getLayerName();
                String name = "layer " + i + (given == null ? "" : " '" + given + "'");
                addIfTrainable(sites, new LayerSite(name, configuration, () -> layers[index], l -> layers[index] = l));
            }
        } else if (model instanceof ComputationGraph) {
            ComputationGraph graph = (ComputationGraph) model;
            for (GraphVertex vertex : graph.getVertices()) {
                if (vertex instanceof LayerVertex) {
                    LayerVertex holder = (LayerVertex) vertex;
                    NeuralNetConfiguration configuration = ((org.deeplearning4j.nn.conf.graph.LayerVertex)
                                    graph.getConfiguration().getVertices().get(vertex.getVertexName()))
                            .getLayerConf();
                    addIfTrainable(
                            sites,
                            new LayerSite(
                                    "layer '" + vertex.getVertexName() + "'",
                                    configuration,
                                    holder::getLayer,
                                    holder::setLayer));
                }
            }
        } else {
            throw new IllegalArgumentException("Expected a MultiLayerNetwork or a ComputationGraph, got "
                    + (model == null ? null : model.getClass().getName()));
        }
        return sites;
    }

    /** Why parameters of a network that lie in no site cannot be measured, one sentence each. */
    static List<String> problems(Model model) {
        List<String> problems = new ArrayList<>();
        if (model instanceof ComputationGraph) {
            for (GraphVertex vertex : ((ComputationGraph) model).getVertices()) {
                if (!vertex.hasLayer() && vertex.numParams() > 0) {
                    problems.add("vertex '"
                            + vertex.getVertexName()
                            + "' ("
                            + vertex.getClass().getSimpleName()
                            + "): a vertex with parameters that is not a layer cannot be replayed");
                }
            }
        }
        return problems;
    }

    private static void addIfTrainable(List<LayerSite> sites, LayerSite site) {
        boolean frozen = site.layer instanceof FrozenLayer || site.layer instanceof FrozenLayerWithBackprop;
        boolean locked = site.layer instanceof BatchNormalization
                && ((org.deeplearning4j.nn.conf.layers.BatchNormalization) site.configuration.getLayer())
                        .isLockGammaBeta();
        if (!frozen && !locked && site.layer.numParams() > 0) {
            sites.add(site);
        }
    }
}
