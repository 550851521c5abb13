package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.BatchNormalizationContribution;
import io.dl4jext.fisher.internal.gram.Place;
import io.dl4jext.fisher.internal.gram.SampleGradients;
import java.util.OptionalInt;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.layers.normalization.BatchNormalization;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Batch normalisation has no activation: the incoming gradient is the delta at y = γx̂ + β. */
final class BatchNormalizationRule implements LayerRule {

    private final BatchNormalizationContribution contribution = new BatchNormalizationContribution();

    @Override
    public boolean supports(Layer layer) {
        return layer.getClass() == BatchNormalization.class;
    }

    @Override
    public LayerPass watch(LayerSite site, SampleGradients gradients) {
        Place gamma = site.place("gamma");
        Place beta = site.place("beta");
        return new LayerPass() {
            @Override
            void before(Layer layer, INDArray epsilon, OptionalInt truncation) {
                add(layer, epsilon, gradients, gamma, beta);
            }
        };
    }

    private void add(Layer layer, INDArray epsilon, SampleGradients gradients, Place gamma, Place beta) {
        org.deeplearning4j.nn.conf.layers.BatchNormalization configuration =
                (org.deeplearning4j.nn.conf.layers.BatchNormalization)
                        layer.conf().getLayer();
        boolean channelsLast = epsilon.rank() == 4 && configuration.getCnn2DFormat() == CNN2DFormat.NHWC;
        contribution.add(
                gradients,
                channelsLast ? layer.input().permute(0, 3, 1, 2) : layer.input(),
                channelsLast ? epsilon.permute(0, 3, 1, 2) : epsilon,
                configuration.getEps(),
                gamma,
                beta);
    }
}
