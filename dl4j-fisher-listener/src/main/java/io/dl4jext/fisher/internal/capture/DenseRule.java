package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.GramMatrix;
import io.dl4jext.fisher.internal.gram.OuterProductContribution;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.layers.OutputLayer;
import org.deeplearning4j.nn.layers.feedforward.dense.DenseLayer;
import org.deeplearning4j.nn.layers.recurrent.RnnOutputLayer;

/** Dense and output layers: the gradient is the outer product of input and pre-activation delta. */
final class DenseRule implements LayerRule {

    @Override
    public boolean supports(Layer layer) {
        Class<?> type = layer.getClass();
        boolean dense = type == DenseLayer.class || type == OutputLayer.class || type == RnnOutputLayer.class;
        // With layer normalisation the activation's delta is not that of W z.
        return dense && !((BaseLayer<?>) layer).hasLayerNorm();
    }

    @Override
    public LayerPass watch(LayerSite site, GramMatrix gram) {
        boolean bias = ((BaseLayer<?>) site.layer).hasBias();
        return new DeltaPass((input, delta) -> OuterProductContribution.add(gram, input, delta, bias));
    }
}
