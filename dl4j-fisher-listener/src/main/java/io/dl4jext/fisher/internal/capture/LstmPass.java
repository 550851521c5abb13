package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.SampleGradients;
import java.util.Map;
import java.util.OptionalInt;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.layers.RecurrentLayer;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.AbstractLSTM;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The gradient of an LSTM follows from its inputs x_t, its outputs h_t, its cells c_t and the deltas δ_t of its gates
 * (i, f, o, g): Σ_t (x_t, h_{t−1}, 1) ⊗ δ_t and, with peepholes, Σ_t δ_f ∘ c_{t−1}, Σ_t δ_o ∘ c_t, Σ_t δ_g ∘ c_{t−1}.
 *
 * <p>The layer's backward pass begins with a forward pass of its own; in both, its activation functions see these
 * arrays, or what they follow from, go by ({@link LstmTrace}). What proves them is the sum of the gradients, which must
 * be the layer's own to within rounding.
 */
final class LstmPass extends OwnConfigurationPass {

    private final LayerSite site;
    private final SampleGradients gradients;
    private LstmTrace trace;
    private boolean channelsLast;

    LstmPass(LayerSite site, SampleGradients gradients) {
        this.site = site;
        this.gradients = gradients;
    }

    @Override
    void before(Layer layer, INDArray epsilon, OptionalInt truncation) {
        AbstractLSTM configuration = (AbstractLSTM) layer.conf().getLayer();
        channelsLast = configuration.getRnnDataFormat() == RNNFormat.NWC;
        int steps = (int) layer.input().size(channelsLast ? 1 : 2);
        trace = new LstmTrace(
                layer.params().dataType(),
                Math.toIntExact(layer.input().size(0)),
                steps,
                configuration,
                layer.getParam("RW"),
                // DL4J starts a truncated backward pass from this state, and any other from none.
                truncation.isPresent() ? ((RecurrentLayer) layer).rnnGetPreviousState() : Map.of(),
                this::guarded);
        super.before(layer, epsilon, truncation);
    }

    @Override
    void watch(Layer layer, BaseLayer settings) {
        trace.watch(settings);
    }

    @Override
    void after(Layer layer) {
        try (LstmTrace closing = trace) {
            super.after(layer);
            closing.complete(channelsLast ? layer.input() : layer.input().permute(0, 2, 1), layer.getMaskArray());
            closing.requireSum(layer.getGradientsViewArray());
            closing.addTo(gradients, site::place);
        }
    }
}
