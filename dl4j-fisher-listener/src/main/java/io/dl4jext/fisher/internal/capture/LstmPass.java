package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.SampleGradients;
import java.util.Map;
import java.util.OptionalInt;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.AbstractLSTM;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The gradient of an LSTM follows from its inputs x_t, its outputs h_t, its cells c_t and the deltas δ_t of its gates (i, f,
 * o, g): Σ_t (x_t, h_{t−1}, 1) ⊗ δ_t and, with peepholes, Σ_t δ_f ∘ c_{t−1}, Σ_t δ_o ∘ c_t, Σ_t δ_g ∘ c_{t−1}.
 *
 * <p>A {@link Twin} takes the whole mini-batch once, through DL4J's own forward and backward pass, with activation functions
 * that see these arrays go by ({@link LstmTrace}). What proves them is the sum of the gradients, which must be the layer's own to
 * within rounding.
 */
final class LstmPass extends LayerPass {

    private final LayerSite site;
    private final SampleGradients gradients;
    private final Map<String, Long> workspaceBytes;
    private RecordedPass recorded;

    LstmPass(LayerSite site, SampleGradients gradients, Map<String, Long> workspaceBytes) {
        this.workspaceBytes = workspaceBytes;
        this.site = site;
        this.gradients = gradients;
    }

    @Override
    void before(Layer layer, INDArray epsilon, OptionalInt truncation) {
        recorded = new RecordedPass(layer, epsilon, truncation);
    }

    @Override
    void after(Layer layer) {
        AbstractLSTM configuration = (AbstractLSTM) layer.conf().getLayer();
        boolean channelsLast = configuration.getRnnDataFormat() == RNNFormat.NWC;
        int samples = gradients.samples();
        try (RecordedPass pass = recorded) {
            INDArray series = channelsLast ? pass.input : pass.input.permute(0, 2, 1);
            int steps = (int) series.size(1);
            try (Twin twin = new Twin(
                            site.configuration, layer, pass, samples, workspaceBytes.getOrDefault(site.name(), 0L));
                    LstmTrace trace =
                            new LstmTrace(layer.params().dataType(), samples, steps, configuration, pass.stateBefore)) {
                trace.watch((AbstractLSTM) twin.configuration());
                twin.wholeBatch();
                workspaceBytes.put(site.name(), twin.workspaceBytes());
                trace.complete(series, pass.mask);
                trace.requireSum(layer.getGradientsViewArray());
                trace.addTo(gradients, site::place);
            }
        }
    }
}
