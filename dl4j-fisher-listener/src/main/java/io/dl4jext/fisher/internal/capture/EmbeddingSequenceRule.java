package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.EmbeddingContribution;
import io.dl4jext.fisher.internal.gram.GramMatrix;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.layers.feedforward.embedding.EmbeddingSequenceLayer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** An embedding of a sequence of words: one row for each time step. */
final class EmbeddingSequenceRule implements LayerRule {

    private final EmbeddingContribution contribution = new EmbeddingContribution();

    @Override
    public boolean supports(Layer layer) {
        return layer.getClass() == EmbeddingSequenceLayer.class;
    }

    @Override
    public LayerPass watch(LayerSite site, GramMatrix gram) {
        EmbeddingSequenceLayer layer = (EmbeddingSequenceLayer) site.layer;
        return new DeltaPass((input, delta) -> add(layer, input, delta, gram));
    }

    private void add(EmbeddingSequenceLayer layer, INDArray input, INDArray delta, GramMatrix gram) {
        RNNFormat format = ((org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer)
                        layer.conf().getLayer())
                .getOutputFormat();
        // Rows are step · B + sample.
        INDArray indices = input.rank() == 3 ? input.reshape(input.ordering(), input.size(0), input.size(2)) : input;
        INDArray rows = format == RNNFormat.NCW ? delta.permute(2, 0, 1) : delta.permute(1, 0, 2);
        contribution.add(gram, indices.permute(1, 0), rows, layer.hasBias());
    }
}
