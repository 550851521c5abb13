package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.GramMatrix;
import io.dl4jext.fisher.internal.gram.OuterProductContribution;
import java.util.Set;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.layers.OutputLayer;
import org.deeplearning4j.nn.layers.feedforward.dense.DenseLayer;
import org.deeplearning4j.nn.layers.recurrent.RnnOutputLayer;
import org.deeplearning4j.nn.layers.training.CenterLossOutputLayer;

/**
 * Dense and output layers: the gradient is the outer product of input and pre-activation delta. The centres of a center-loss
 * layer are left out: they move towards the means of their classes, not by a sum of per-sample gradients.
 */
final class DenseRule implements LayerRule {

    private static final Set<Class<?>> TYPES =
            Set.of(DenseLayer.class, OutputLayer.class, RnnOutputLayer.class, CenterLossOutputLayer.class);

    @Override
    public boolean supports(Layer layer) {
        // With layer normalisation the activation's delta is not that of W z.
        return TYPES.contains(layer.getClass()) && !((BaseLayer<?>) layer).hasLayerNorm();
    }

    @Override
    public LayerPass watch(LayerSite site, GramMatrix gram) {
        boolean bias = ((BaseLayer<?>) site.layer).hasBias();
        return new DeltaPass((input, delta) -> OuterProductContribution.add(gram, input, delta, bias));
    }
}
