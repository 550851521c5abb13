package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.Place;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.layers.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.layers.normalization.BatchNormalization;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A place in a network that holds a layer, and the way to put another layer there. */
final class LayerSite implements ParameterSite {

    private final String name;
    private final List<String> names;

    final Layer layer;
    final NeuralNetConfiguration configuration;
    private final Supplier<Layer> present;
    private final Consumer<Layer> place;

    LayerSite(String name, NeuralNetConfiguration configuration, Supplier<Layer> present, Consumer<Layer> place) {
        this(name, List.of(name), configuration, present, place);
    }

    LayerSite(
            String name,
            List<String> names,
            NeuralNetConfiguration configuration,
            Supplier<Layer> present,
            Consumer<Layer> place) {
        this.name = name;
        this.names = names;
        this.layer = LayerTap.original(present.get());
        this.configuration = configuration;
        this.present = present;
        this.place = place;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<String> names() {
        return names;
    }

    @Override
    public long numParams() {
        return layer.numParams();
    }

    @Override
    public INDArray params() {
        return layer.params();
    }

    @Override
    public Map<String, INDArray> paramTable() {
        return layer.paramTable();
    }

    /** What stands there now: the layer itself, or a tap on it. */
    Layer present() {
        return present.get();
    }

    void put(Layer replacement) {
        place.accept(replacement);
    }

    @Override
    public Place place(String parameter) {
        return ParameterSite.place(layer.params(), layer.getParam(parameter));
    }

    @Override
    public String type() {
        return layer.getClass().getSimpleName();
    }

    /** Its name and its layer's kind. */
    @Override
    public String toString() {
        return name + " (" + type() + ")";
    }

    @Override
    public Optional<String> idle() {
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
