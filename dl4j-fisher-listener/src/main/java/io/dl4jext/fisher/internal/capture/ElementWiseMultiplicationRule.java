package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.BiasContribution;
import io.dl4jext.fisher.internal.gram.Place;
import io.dl4jext.fisher.internal.gram.SampleGradients;
import io.dl4jext.fisher.internal.gram.ScaleContribution;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.layers.feedforward.elementwise.ElementWiseMultiplicationLayer;

/** y = σ(w ∘ x + b): W, then b. */
final class ElementWiseMultiplicationRule implements DeltaRule {

    @Override
    public boolean supports(Layer layer) {
        return layer.getClass() == ElementWiseMultiplicationLayer.class;
    }

    @Override
    public DeltaPass.Contribution contribution(LayerSite site, SampleGradients gradients) {
        Place weights = site.place("W");
        Place bias = site.place("b");
        return (input, delta) -> {
            ScaleContribution.add(gradients, input, delta, weights);
            BiasContribution.add(gradients, delta, bias);
        };
    }
}
