package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.BiasContribution;
import io.dl4jext.fisher.internal.gram.OuterProductContribution;
import io.dl4jext.fisher.internal.gram.Place;
import io.dl4jext.fisher.internal.gram.SampleGradients;
import io.dl4jext.fisher.internal.gram.ScaleContribution;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.layers.feedforward.dense.DenseLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A dense layer with layer normalisation, y = σ(g ∘ n(W z) + b): W from its input and the delta of W z, then b and g,
 * as DL4J has them.
 */
final class LayerNormRule implements LayerRule {

    @Override
    public boolean supports(Layer layer) {
        // The weights that noise has been added to are DL4J's alone.
        return layer.getClass() == DenseLayer.class
                && ((DenseLayer) layer).hasLayerNorm()
                && ((org.deeplearning4j.nn.conf.layers.DenseLayer) layer.conf().getLayer()).getWeightNoise() == null;
    }

    @Override
    public LayerPass watch(LayerSite site, SampleGradients gradients) {
        return new NormPass(site, gradients);
    }

    private static final class NormPass extends DeltaPass {

        private final LayerSite site;
        private final SampleGradients gradients;
        private INDArray outer;

        NormPass(LayerSite site, SampleGradients gradients) {
            // By then DL4J has made it the delta of W z, in place.
            super((input, delta) -> OuterProductContribution.add(
                    gradients, input, delta, site.place(DefaultParamInitializer.WEIGHT_KEY), Place.NONE));
            this.site = site;
            this.gradients = gradients;
        }

        @Override
        void saw(Layer layer, INDArray seen) {
            super.saw(layer, seen);
            guarded(() -> {
                try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
                    outer = seen.dup('c');
                }
            });
        }

        @Override
        void after(Layer layer) {
            super.after(layer);
            INDArray mask = layer.getMaskArray();
            if (mask != null) {
                outer.muli(mask.castTo(outer.dataType()).reshape(outer.rows(), 1));
            }
            if (((BaseLayer<?>) layer).hasBias()) {
                BiasContribution.add(gradients, outer, site.place(DefaultParamInitializer.BIAS_KEY));
            }
            INDArray normalised = normalised(layer);
            ScaleContribution.add(gradients, normalised, outer, site.place(DefaultParamInitializer.GAIN_KEY));
            RecordedPass.giveBack(normalised);
            RecordedPass.giveBack(outer);
        }
    }

    /** n(W z) of each row: mean 0 and variance 1, or 0 where all are equal. */
    private static INDArray normalised(Layer layer) {
        INDArray weights = layer.getParam(DefaultParamInitializer.WEIGHT_KEY);
        INDArray rows = layer.input().castTo(weights.dataType()).mmul(weights).castTo(DataType.DOUBLE);
        INDArray mean = rows.mean(true, 1);
        rows.subi(mean);
        INDArray deviation = rows.norm2(true, 1).divi(Math.sqrt(rows.columns()));
        deviation.addi(deviation.eq(0).castTo(DataType.DOUBLE));
        return rows.divi(deviation);
    }
}
