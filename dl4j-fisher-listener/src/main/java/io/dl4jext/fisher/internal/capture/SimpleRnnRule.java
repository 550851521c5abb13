package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.SampleGradients;
import java.util.OptionalInt;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.layers.recurrent.SimpleRnn;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * SimpleRnn: an outer product at each time step, (x_t, h_{t−1}, 1) ⊗ δ_t, rows W and RW, then b, as DL4J has them. Its
 * backward pass begins with a forward pass of its own, in which its activation function sees h_t; then it sees δ_t go
 * by.
 */
final class SimpleRnnRule implements LayerRule {

    @Override
    public boolean supports(Layer layer) {
        // With layer normalisation the forward pass of DL4J 1.0.0-beta7 and -M2.1 fails.
        return layer.getClass() == SimpleRnn.class && !((SimpleRnn) layer).hasLayerNorm();
    }

    @Override
    public LayerPass watch(LayerSite site, SampleGradients gradients) {
        return new SeriesPass(site, gradients);
    }

    private static final class SeriesPass extends OwnConfigurationPass {

        private final LayerSite site;
        private final SampleGradients gradients;
        private SimpleRnnTrace trace;
        private boolean channelsLast;

        SeriesPass(LayerSite site, SampleGradients gradients) {
            this.site = site;
            this.gradients = gradients;
        }

        @Override
        void before(Layer layer, INDArray epsilon, OptionalInt truncation) {
            org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn configuration =
                    (org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn)
                            layer.conf().getLayer();
            channelsLast = configuration.getRnnDataFormat() == RNNFormat.NWC;
            int steps = (int) layer.input().size(channelsLast ? 1 : 2);
            int sequences = Math.toIntExact(layer.input().size(0));
            trace = new SimpleRnnTrace(layer.params().dataType(), sequences, steps, configuration, this::guarded);
            super.before(layer, epsilon, truncation);
        }

        @Override
        void watch(Layer layer, BaseLayer settings) {
            trace.watch(settings);
        }

        @Override
        void after(Layer layer) {
            try (SimpleRnnTrace closing = trace) {
                super.after(layer);
                closing.complete(channelsLast ? layer.input() : layer.input().permute(0, 2, 1), layer.getMaskArray());
                closing.addTo(gradients, site::place);
            }
        }
    }
}
