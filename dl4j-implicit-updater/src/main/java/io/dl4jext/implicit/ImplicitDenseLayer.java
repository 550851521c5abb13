package io.dl4jext.implicit;

import io.dl4jext.updater.internal.json.Settings;
import java.util.Collection;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.shade.jackson.annotation.JsonCreator;

/**
 * A {@link DenseLayer} whose parameters take the implicit step of eq. (7) and (8) when its updater is
 * {@link ImplicitSgd}: the gradient views receive Σ_i α_i z_i, with the layer's inputs z_i after dropout, 1 appended
 * for the bias, so N_i = ‖z_i‖² + 1 (no bias: ‖z_i‖²). Every row of the input is a term, also the time steps of a
 * series. The layers below get the ordinary gradient W·(σ′(q)∘b). With any other updater it is a DenseLayer, to the
 * last bit.
 *
 * <p>Every element-wise activation of ND4J but the random rrelu will do, and {@link
 * io.dl4jext.implicit.activation.ActivationArcTan} and {@link io.dl4jext.implicit.activation.ActivationSmoothStep}.
 * Masks, dropout and layers without bias are supported. Layer norm, weight noise, another updater for the bias, and l2
 * or weight decay beside the updater's μ are refused, by {@code build()} where they are set on the layer itself, else
 * when the network is initialised, with a {@link org.deeplearning4j.exception.DL4JInvalidConfigException} that names
 * them.
 *
 * <pre>{@code new ImplicitDenseLayer.Builder().nIn(784).nOut(50).activation(Activation.RELU).build()}</pre>
 */
public final class ImplicitDenseLayer extends DenseLayer {

    private static final long serialVersionUID = 1L;

    /** Null where Java has read this layer. */
    private transient Passes passes;

    /** For {@link #of}. */
    private ImplicitDenseLayer() {}

    /** The implicit layer with the settings of a plain one. */
    static ImplicitDenseLayer of(DenseLayer plain) {
        return LayerFields.copy(plain, new ImplicitDenseLayer());
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    private static ImplicitDenseLayer of(Settings json) {
        ImplicitDenseLayer layer = LayerSettings.withOneRate(of(json.bean(DenseLayer.class)));
        return LayerSettings.built(layer, layer.problems());
    }

    synchronized Passes passes() {
        if (passes == null) {
            passes = new Passes();
        }
        return passes;
    }

    List<String> problems() {
        return LayerSettings.problems(this, getActivationFn(), hasLayerNorm());
    }

    @Override
    public Layer instantiate(
            NeuralNetConfiguration conf,
            Collection<TrainingListener> trainingListeners,
            int layerIndex,
            INDArray layerParamsView,
            boolean initializeParams,
            DataType networkDataType) {
        LayerSettings.check(this, problems(), layerIndex);
        passes().begin(layerParamsView);
        ImplicitDense layer = new ImplicitDense(conf, networkDataType);
        return LayerSettings.connect(layer, conf, trainingListeners, layerIndex, layerParamsView, initializeParams);
    }

    @Override
    public IUpdater getUpdaterByParam(String paramName) {
        return LayerSettings.updater(this, super.getUpdaterByParam(paramName));
    }

    @Override
    public List<Regularization> getRegularizationByParam(String paramName) {
        return LayerSettings.withRidge(this, super.getRegularizationByParam(paramName), passes());
    }

    /** So that no DenseLayer equals this one. */
    @Override
    protected boolean canEqual(Object other) {
        return other instanceof ImplicitDenseLayer;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ImplicitDenseLayer && super.equals(other);
    }

    @Override
    public int hashCode() {
        return 31 * super.hashCode() + 1;
    }

    /** The builder of {@link DenseLayer}. */
    public static final class Builder extends DenseLayer.Builder {

        /**
         * @throws org.deeplearning4j.exception.DL4JInvalidConfigException if the layer's own settings exclude an
         * implicit
         *     step
         */
        @Override
        @SuppressWarnings("unchecked")
        public ImplicitDenseLayer build() {
            ImplicitDenseLayer layer = ImplicitDenseLayer.of(super.build());
            return LayerSettings.built(layer, layer.problems());
        }
    }
}
