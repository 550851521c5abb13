package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.SampleGradients;
import java.util.OptionalInt;
import java.util.Set;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.LearnedSelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.SelfAttentionLayer;
import org.deeplearning4j.nn.layers.samediff.SameDiffLayer;
import org.deeplearning4j.nn.params.SameDiffParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Self-attention, with queries of its own or learned ones. It is SameDiff's and hands out no delta: {@link
 * AttentionTrace}.
 */
final class AttentionRule implements LayerRule {

    private static final Set<Class<?>> TYPES = Set.of(SelfAttentionLayer.class, LearnedSelfAttentionLayer.class);

    @Override
    public boolean supports(Layer layer) {
        return layer.getClass() == SameDiffLayer.class
                && TYPES.contains(layer.conf().getLayer().getClass())
                && AttentionTrace.takes(layer.getMaskArray(), layer.input());
    }

    @Override
    public LayerPass watch(LayerSite site, SampleGradients gradients) {
        return new AttentionPass(site, gradients);
    }

    private static final class AttentionPass extends LayerPass {

        private final LayerSite site;
        private final SampleGradients gradients;
        private RecordedPass recorded;

        AttentionPass(LayerSite site, SampleGradients gradients) {
            this.site = site;
            this.gradients = gradients;
        }

        @Override
        void before(Layer layer, INDArray epsilon, OptionalInt truncation) {
            recorded = new RecordedPass(layer, epsilon, truncation);
        }

        @Override
        void after(Layer layer) {
            INDArray learned = layer.getParam(AttentionGradients.QUERIES);
            try (RecordedPass pass = recorded;
                    AttentionTrace trace = new AttentionTrace(
                            AttentionGradients.type(site),
                            layer.paramTable(),
                            learned == null ? pass.input : learned,
                            pass.input,
                            pass.input,
                            pass.mask)) {
                trace.backward(pass.epsilon);
                AttentionGradients.handOver(
                        site,
                        trace,
                        SameDiffParamInitializer.getInstance()
                                .getGradientsFromFlattened(layer.conf(), layer.getGradientsViewArray()),
                        gradients);
            }
        }
    }
}
