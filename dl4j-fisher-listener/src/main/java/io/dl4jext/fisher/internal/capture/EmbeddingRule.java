package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.EmbeddingContribution;
import io.dl4jext.fisher.internal.gram.Place;
import io.dl4jext.fisher.internal.gram.SampleGradients;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.layers.feedforward.embedding.EmbeddingLayer;

/** An embedding of one word a sample (or a sample and time step). */
final class EmbeddingRule implements DeltaRule {

    @Override
    public boolean supports(Layer layer) {
        return layer.getClass() == EmbeddingLayer.class;
    }

    @Override
    public DeltaPass.Contribution contribution(LayerSite site, SampleGradients gradients) {
        Place weights = site.place("W");
        Place bias = ((EmbeddingLayer) site.layer).hasBias() ? site.place("b") : Place.NONE;
        return (input, delta) -> EmbeddingContribution.add(gradients, input, delta, weights, bias);
    }
}
