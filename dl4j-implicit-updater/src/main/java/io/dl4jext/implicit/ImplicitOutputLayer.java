package io.dl4jext.implicit;

import io.dl4jext.implicit.internal.prox.ProximalStep;
import io.dl4jext.updater.internal.json.Settings;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.shade.jackson.annotation.JsonCreator;

/**
 * An {@link OutputLayer} with the implicit step of eq. (7) and (8) when its updater is {@link ImplicitSgd}; with any
 * other updater, and no layer activation, it is an OutputLayer to the last bit.
 *
 * <p>The paper linearises everything above the layer (approximation (b), eq. 3), for the last layer the loss ℓ at the
 * layer's current output o = σ(q): b = ∂ℓ/∂o. The layer's own σ is not linearised. What is σ, and what is loss, follows
 * from the settings:
 *
 * <table>
 * <caption>Layer and loss</caption>
 * <tr><th>settings</th><th>σ of the layer</th><th>linearised with the loss</th></tr>
 * <tr><td>{@code layerActivation(s)}</td><td>s</td><td>activation and loss function</td></tr>
 * <tr><td>softmax or another activation without proximal step</td><td>identity</td><td>activation and loss function</td></tr>
 * <tr><td>sigmoid with binary cross-entropy (XENT)</td><td>identity</td><td>activation and loss function</td></tr>
 * <tr><td>any other activation, as relu with MSE</td><td>the activation</td><td>loss function</td></tr>
 * </table>
 *
 * For σ = identity α = b/(1+ημ): a linear layer under a linearised loss takes the explicit step, apart from the ridge.
 * The MNIST network of Fagan and Iyengar ("Robust implicit backpropagation") ends in a relu layer that feeds the
 * softmax; in DL4J terms
 *
 * <pre>{@code
 * new ImplicitOutputLayer.Builder(LossFunction.MCXENT)
 *         .layerActivation(Activation.RELU).nIn(50).nOut(10).activation(Activation.SOFTMAX).build()
 * }</pre>
 *
 * so that the network's output is softmax(relu(Wᵀz + b)).
 *
 * <p>Masks, dropout and layers without bias are supported; see {@link ImplicitDenseLayer} for what is refused.
 */
public final class ImplicitOutputLayer extends OutputLayer {

    private static final long serialVersionUID = 1L;

    private IActivation layerActivation;

    /** For {@link #of}. */
    private ImplicitOutputLayer() {}

    /** The implicit layer with the settings of a plain one. */
    static ImplicitOutputLayer of(OutputLayer plain) {
        ImplicitOutputLayer layer = LayerFields.copy(plain, new ImplicitOutputLayer());
        if (plain instanceof ImplicitOutputLayer) {
            layer.layerActivation = ((ImplicitOutputLayer) plain).layerActivation;
        }
        return layer;
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    private static ImplicitOutputLayer of(Settings json) {
        IActivation[] own = new IActivation[1];
        json.object("layerActivation", IActivation.class, activation -> own[0] = activation);
        ImplicitOutputLayer layer = LayerSettings.withOneRate(of(json.bean(OutputLayer.class)));
        layer.layerActivation = own[0];
        return LayerSettings.built(layer, layer.problems());
    }

    /** The activation between Wᵀz + b and the loss's softmax or sigmoid, or null. */
    public IActivation getLayerActivation() {
        return layerActivation;
    }

    /** Whether activation and loss function are one, and the layer below them linear (no layer activation given). */
    boolean lossTakesActivation() {
        IActivation activation = getActivationFn();
        return !ProximalStep.supports(activation)
                || (activation instanceof ActivationSigmoid && getLossFn() instanceof LossBinaryXENT);
    }

    /** σ of the table above. */
    IActivation stepActivation() {
        if (layerActivation != null) {
            return layerActivation;
        }
        return lossTakesActivation() ? new ActivationIdentity() : getActivationFn();
    }

    List<String> problems() {
        return LayerSettings.problems(this, stepActivation(), false);
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
        ImplicitOutput layer = new ImplicitOutput(conf, networkDataType);
        return LayerSettings.connect(layer, conf, trainingListeners, layerIndex, layerParamsView, initializeParams);
    }

    @Override
    public IUpdater getUpdaterByParam(String paramName) {
        return LayerSettings.updater(this, super.getUpdaterByParam(paramName));
    }

    @Override
    public List<Regularization> getRegularizationByParam(String paramName) {
        return LayerSettings.withRidge(this, super.getRegularizationByParam(paramName));
    }

    /** So that no OutputLayer equals this one. */
    @Override
    protected boolean canEqual(Object other) {
        return other instanceof ImplicitOutputLayer;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ImplicitOutputLayer
                && super.equals(other)
                && Objects.equals(layerActivation, ((ImplicitOutputLayer) other).layerActivation);
    }

    @Override
    public int hashCode() {
        return 31 * super.hashCode() + Objects.hashCode(layerActivation);
    }

    /** The builder of {@link OutputLayer} and {@link #layerActivation}. */
    public static final class Builder extends OutputLayer.Builder {

        private IActivation layerActivation;

        public Builder() {}

        public Builder(LossFunction lossFunction) {
            super(lossFunction);
        }

        public Builder(ILossFunction lossFunction) {
            super(lossFunction);
        }

        /**
         * The layer's own element-wise activation, applied before {@code activation(...)}, which then belongs to the
         * loss. Call it before DL4J's own methods, as those return DL4J's builder. Default: none.
         */
        public Builder layerActivation(IActivation layerActivation) {
            this.layerActivation = layerActivation;
            return this;
        }

        /** See {@link #layerActivation(IActivation)}. */
        public Builder layerActivation(Activation layerActivation) {
            return layerActivation(layerActivation.getActivationFunction());
        }

        /**
         * @throws org.deeplearning4j.exception.DL4JInvalidConfigException if the layer's own settings exclude an
         * implicit
         *     step
         */
        @Override
        @SuppressWarnings("unchecked")
        public ImplicitOutputLayer build() {
            ImplicitOutputLayer layer = ImplicitOutputLayer.of(super.build());
            layer.layerActivation = layerActivation;
            return LayerSettings.built(layer, layer.problems());
        }
    }
}
