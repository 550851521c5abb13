package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.EmbeddingContribution;
import io.dl4jext.fisher.internal.gram.Place;
import io.dl4jext.fisher.internal.gram.SampleGradients;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.layers.feedforward.embedding.EmbeddingSequenceLayer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** An embedding of a sequence of words: one row for each time step. */
final class EmbeddingSequenceRule implements DeltaRule {

    @Override
    public boolean supports(Layer layer) {
        return layer.getClass() == EmbeddingSequenceLayer.class;
    }

    @Override
    public DeltaPass.Contribution contribution(LayerSite site, SampleGradients gradients) {
        EmbeddingSequenceLayer layer = (EmbeddingSequenceLayer) site.layer;
        Place weights = site.place("W");
        Place bias = layer.hasBias() ? site.place("b") : Place.NONE;
        return (input, delta) -> add(layer, input, delta, gradients, weights, bias);
    }

    private static void add(
            EmbeddingSequenceLayer layer,
            INDArray input,
            INDArray delta,
            SampleGradients gradients,
            Place weights,
            Place bias) {
        RNNFormat format = ((org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer)
                        layer.conf().getLayer())
                .getOutputFormat();
        // Rows are step · B + sample.
        INDArray indices = input.rank() == 3 ? input.reshape(input.ordering(), input.size(0), input.size(2)) : input;
        INDArray rows = format == RNNFormat.NCW ? delta.permute(2, 0, 1) : delta.permute(1, 0, 2);
        EmbeddingContribution.add(gradients, indices.permute(1, 0), rows, weights, bias);
    }
}
