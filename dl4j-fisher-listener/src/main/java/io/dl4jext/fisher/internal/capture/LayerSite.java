package io.dl4jext.fisher.internal.capture;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.layers.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.layers.normalization.BatchNormalization;

/** A place in a network that holds a layer, and the way to put another layer there. */
final class LayerSite {

    final String name;
    final Layer layer;
    final NeuralNetConfiguration configuration;
    private final Supplier<Layer> present;
    private final Consumer<Layer> place;

    LayerSite(String name, NeuralNetConfiguration configuration, Supplier<Layer> present, Consumer<Layer> place) {
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

    /** Why the layer has no gradients; empty if it has some. */
    Optional<String> idle() {
        if (layer instanceof FrozenLayer || layer instanceof FrozenLayerWithBackprop) {
            return Optional.of("frozen");
        }
        if (layer.numParams() == 0) {
            return Optional.of("no parameters");
        }
        boolean locked = layer instanceof BatchNormalization
                && ((org.deeplearning4j.nn.conf.layers.BatchNormalization) configuration.getLayer()).isLockGammaBeta();
        return locked ? Optional.of("gamma and beta are locked") : Optional.empty();
    }
}
