package io.dl4jext.implicit;

import io.dl4jext.updater.internal.json.Settings;
import java.util.Collection;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.shade.jackson.annotation.JsonCreator;

/**
 * A {@link SimpleRnn}, h_t = σ(Wᵀx_t + RWᵀh_{t−1} + b), whose parameters take the implicit step of eq. (7) and (8) when
 * its updater is {@link ImplicitSgd}. Every time step t of every sample has a problem of its own: its input is z_t =
 * [x_t, h_{t−1}, 1], N_t = ‖x_t‖² + ‖h_{t−1}‖² + 1, and b_t is the loss's ordinary gradient with respect to h_t,
 * through the later steps, too. By default the T steps of a sample share one implicit step, the mean of theirs: α_t
 * solves eq. (8) with T·b_t, and the gradient views receive Σ_i (1/T_i)·Σ_t α_t z_t. With {@link
 * BatchMode#BATCH_SCALED} α_t solves it with b_t/B, and the steps are summed, as in the authors' program. The ridge
 * acts once, not once for each step. The layers below get the ordinary gradient. With any other updater it is a
 * SimpleRnn, to the last bit.
 *
 * <p>Masks (a masked step is no term, and does not count in T), dropout, both data formats and truncated
 * backpropagation are supported. As in DL4J's SimpleRnn, backpropagation starts every segment with h = 0; where the
 * backward length is shorter than the segment, the first step's RW is held fixed, and not part of its N. Refused are
 * layer norm and what {@link ImplicitDenseLayer} refuses.
 *
 * <pre>{@code new ImplicitSimpleRnn.Builder().nIn(88).nOut(300).activation(new ActivationArcTan()).build()}</pre>
 */
public final class ImplicitSimpleRnn extends SimpleRnn {

    private static final long serialVersionUID = 1L;

    /** Null where Java has read this layer. */
    private transient Passes passes;

    /** For {@link #of}; SimpleRnn's own no-argument constructor is private. */
    private ImplicitSimpleRnn() {
        super(new SimpleRnn.Builder());
    }

    /** The implicit layer with the settings of a plain one. */
    static ImplicitSimpleRnn of(SimpleRnn plain) {
        return LayerFields.copy(plain, new ImplicitSimpleRnn());
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    private static ImplicitSimpleRnn of(Settings json) {
        ImplicitSimpleRnn layer = LayerSettings.withOneRate(of(json.bean(SimpleRnn.class)));
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
        ImplicitRecurrence layer = new ImplicitRecurrence(conf, networkDataType);
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

    /** So that no SimpleRnn equals this one. */
    @Override
    protected boolean canEqual(Object other) {
        return other instanceof ImplicitSimpleRnn;
    }

    /** SimpleRnn's own equals looks at layer norm only (no callSuper): JSON has all settings. */
    @Override
    public boolean equals(Object other) {
        return other instanceof ImplicitSimpleRnn && json(this).equals(json((ImplicitSimpleRnn) other));
    }

    @Override
    public int hashCode() {
        return json(this).hashCode();
    }

    private static String json(FeedForwardLayer layer) {
        try {
            return NeuralNetConfiguration.mapper().writeValueAsString(layer);
        } catch (org.nd4j.shade.jackson.core.JsonProcessingException e) {
            throw new IllegalStateException("No JSON of " + layer, e);
        }
    }

    /** The builder of {@link SimpleRnn}. */
    public static final class Builder extends SimpleRnn.Builder {

        /**
         * @throws org.deeplearning4j.exception.DL4JInvalidConfigException if the layer's own settings exclude an
         * implicit
         *     step
         */
        @Override
        public ImplicitSimpleRnn build() {
            ImplicitSimpleRnn layer = ImplicitSimpleRnn.of(super.build());
            return LayerSettings.built(layer, layer.problems());
        }
    }
}
