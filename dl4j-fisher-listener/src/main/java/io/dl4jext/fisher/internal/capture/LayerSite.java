package io.dl4jext.fisher.internal.capture;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.layers.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.layers.normalization.BatchNormalization;

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

    /** Frozen layers and locked normalisations are not trainable and left out. */
    static void addIfTrainable(
            List<LayerSite> sites,
            String name,
            NeuralNetConfiguration configuration,
            Supplier<Layer> present,
            Consumer<Layer> place) {
        LayerSite site = new LayerSite(name, configuration, present, place);
        boolean frozen = site.layer instanceof FrozenLayer || site.layer instanceof FrozenLayerWithBackprop;
        boolean locked = site.layer instanceof BatchNormalization
                && ((org.deeplearning4j.nn.conf.layers.BatchNormalization) configuration.getLayer()).isLockGammaBeta();
        if (!frozen && !locked && site.layer.numParams() > 0) {
            sites.add(site);
        }
    }
}
