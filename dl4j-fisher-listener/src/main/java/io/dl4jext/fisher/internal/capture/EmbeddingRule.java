package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.EmbeddingContribution;
import io.dl4jext.fisher.internal.gram.GramMatrix;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.layers.feedforward.embedding.EmbeddingLayer;

/** An embedding of one word a sample (or a sample and time step). */
final class EmbeddingRule implements LayerRule {

    private final EmbeddingContribution contribution = new EmbeddingContribution();

    @Override
    public boolean supports(Layer layer) {
        return layer.getClass() == EmbeddingLayer.class;
    }

    @Override
    public LayerPass watch(LayerSite site, GramMatrix gram) {
        boolean bias = ((EmbeddingLayer) site.layer).hasBias();
        return new DeltaPass((input, delta) -> contribution.add(gram, input, delta, bias));
    }
}
