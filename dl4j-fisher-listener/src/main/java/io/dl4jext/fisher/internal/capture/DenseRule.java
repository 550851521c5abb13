package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.OuterProductContribution;
import io.dl4jext.fisher.internal.gram.Place;
import io.dl4jext.fisher.internal.gram.SampleGradients;
import java.util.Set;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.layers.OutputLayer;
import org.deeplearning4j.nn.layers.feedforward.autoencoder.AutoEncoder;
import org.deeplearning4j.nn.layers.feedforward.dense.DenseLayer;
import org.deeplearning4j.nn.layers.recurrent.RnnOutputLayer;
import org.deeplearning4j.nn.layers.training.CenterLossOutputLayer;

/**
 * Dense and output layers: the gradient is the outer product of input and pre-activation delta, W and then b as DL4J
 * has them. The centres of a center-loss layer are left out: they move towards the means of their classes, not by a sum
 * of per-sample gradients. So is the bias of an auto-encoder's decoder, whose gradient is 0 outside of pre-training.
 */
final class DenseRule implements DeltaRule {

    private static final Set<Class<?>> TYPES = Set.of(
            DenseLayer.class, OutputLayer.class, RnnOutputLayer.class, CenterLossOutputLayer.class, AutoEncoder.class);

    @Override
    public boolean supports(Layer layer) {
        // With layer normalisation the activation's delta is not that of W z.
        return TYPES.contains(layer.getClass()) && !((BaseLayer<?>) layer).hasLayerNorm();
    }

    @Override
    public DeltaPass.Contribution contribution(LayerSite site, SampleGradients gradients) {
        Place weights = site.place("W");
        Place bias = ((BaseLayer<?>) site.layer).hasBias() ? site.place("b") : Place.NONE;
        return (input, delta) -> OuterProductContribution.add(gradients, input, delta, weights, bias);
    }
}
