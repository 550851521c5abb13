package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.EmbeddingContribution;
import io.dl4jext.fisher.internal.gram.GramMatrix;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.layers.feedforward.embedding.EmbeddingLayer;

/** An embedding of one word a sample (or a sample and time step). */
final class EmbeddingRule implements DeltaRule {

    private final EmbeddingContribution contribution = new EmbeddingContribution();

    @Override
    public boolean supports(Layer layer) {
        return layer.getClass() == EmbeddingLayer.class;
    }

    @Override
    public DeltaPass.Contribution contribution(Layer layer, GramMatrix gram) {
        boolean bias = ((EmbeddingLayer) layer).hasBias();
        return (input, delta) -> contribution.add(gram, input, delta, bias);
    }
}
