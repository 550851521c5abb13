package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.SampleGradients;
import java.util.Map;
import org.deeplearning4j.nn.conf.graph.AttentionVertex;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Attention of one series to another: {@link AttentionTrace}. What is given at masked queries is 0. The masks are those
 * that a {@link VertexTwin} has.
 */
final class VertexAttention implements VertexPass {

    private static final int QUERIES = 0;
    private static final int KEYS = 1;
    private static final int VALUES = 2;

    private final VertexSite site;
    private final SampleGradients target;

    VertexAttention(VertexSite site, SampleGradients target) {
        this.site = site;
        this.target = target;
    }

    static boolean supports(VertexSite site) {
        return site.canBeReplayed() && site.kind() == AttentionVertex.class;
    }

    @Override
    public void after(INDArray[] inputs, INDArray epsilon, Map<String, INDArray> own) {
        INDArray queryMask = site.mask(QUERIES, inputs[QUERIES]);
        if (queryMask != null) {
            epsilon.muli(queryMask.castTo(epsilon.dataType()).reshape(queryMask.size(0), 1, queryMask.size(1)));
        }
        // Values have as many steps as keys, and so the same mask.
        try (AttentionTrace trace = new AttentionTrace(
                AttentionGradients.type(site),
                site.paramTable(),
                inputs[QUERIES],
                inputs[KEYS],
                inputs[VALUES],
                site.mask(KEYS, inputs[KEYS]))) {
            trace.backward(epsilon);
            AttentionGradients.handOver(site, trace, own, target);
        }
    }
}
