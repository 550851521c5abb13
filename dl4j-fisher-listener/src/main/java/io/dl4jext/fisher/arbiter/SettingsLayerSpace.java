package io.dl4jext.fisher.arbiter;

import java.util.List;
import org.deeplearning4j.arbiter.layers.LayerSpace;
import org.deeplearning4j.arbiter.optimize.api.ParameterSpace;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect.Visibility;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Makes a layer of a network's space from any space of layers: for layers that Arbiter has no space for, among them
 * this pack's implicit ones.
 *
 * <pre>{@code
 * new MultiLayerSpace.Builder()
 *         .addLayer(SettingsLayerSpace.of(SettingsSpace.of(
 *                         Layer.class, new ImplicitDenseLayer.Builder().nOut(50).activation(Activation.RELU).build())
 *                 .search("nout", new IntegerParameterSpace(20, 100))))
 * }</pre>
 */
@JsonAutoDetect(
        fieldVisibility = Visibility.NONE,
        getterVisibility = Visibility.NONE,
        isGetterVisibility = Visibility.NONE,
        setterVisibility = Visibility.NONE)
public final class SettingsLayerSpace extends LayerSpace<Layer> {

    private final ParameterSpace<Layer> layers;

    @JsonCreator
    private SettingsLayerSpace(@JsonProperty(value = "layers", required = true) ParameterSpace<Layer> layers) {
        this.layers = layers;
    }

    /** The layers of another space. */
    public static SettingsLayerSpace of(ParameterSpace<Layer> layers) {
        if (layers == null) {
            throw new IllegalArgumentException("Expected a space of layers, got null");
        }
        return new SettingsLayerSpace(layers);
    }

    @Override
    public Layer getValue(double[] parameterValues) {
        return layers.getValue(parameterValues);
    }

    @Override
    public int numParameters() {
        return layers.numParameters();
    }

    @Override
    @SuppressWarnings("rawtypes")
    public List<ParameterSpace> collectLeaves() {
        return layers.collectLeaves();
    }

    @JsonProperty("layers")
    private ParameterSpace<Layer> layers() {
        return layers;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SettingsLayerSpace && layers.equals(((SettingsLayerSpace) other).layers);
    }

    @Override
    public int hashCode() {
        return layers.hashCode();
    }

    @Override
    public String toString() {
        return layers.toString();
    }
}
