package io.dl4jext.fisher.capture;

import io.dl4jext.fisher.gram.BatchNormalizationShare;
import io.dl4jext.fisher.gram.GramMatrix;
import java.util.OptionalInt;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Batch normalisation has no activation: the incoming gradient is the delta at y = γx̂ + β. */
final class BatchNormalizationRule extends LayerRule {

    private final GramMatrix gram;
    private final BatchNormalizationShare share;

    BatchNormalizationRule(GramMatrix gram, BatchNormalizationShare share) {
        this.gram = gram;
        this.share = share;
    }

    @Override
    void before(Layer layer, INDArray epsilon, OptionalInt truncation) {
        BatchNormalization configuration = (BatchNormalization) layer.conf().getLayer();
        boolean channelsLast = epsilon.rank() == 4 && configuration.getCnn2DFormat() == CNN2DFormat.NHWC;
        share.add(
                gram,
                channelsLast ? layer.input().permute(0, 3, 1, 2) : layer.input(),
                channelsLast ? epsilon.permute(0, 3, 1, 2) : epsilon,
                configuration.getEps());
    }
}
