package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.SampleGradients;
import java.util.OptionalInt;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.layers.recurrent.TimeDistributedLayer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A layer of vectors that takes all time steps of all sequences in one, row s·T + t being of sequence s: its own rule,
 * if that works with input and delta, is given them in the order t·R + s of the layer's R sequences ({@link
 * SeriesTrace}).
 */
final class TimeDistributedRule implements LayerRule {

    private final LayerRules rules;

    TimeDistributedRule(LayerRules rules) {
        this.rules = rules;
    }

    @Override
    public boolean supports(Layer layer) {
        return layer.getClass() == TimeDistributedLayer.class && rules.of(inside("", layer)) instanceof DeltaRule;
    }

    private static LayerSite inside(String name, Layer layer) {
        TimeDistributedLayer holder = (TimeDistributedLayer) layer;
        return new LayerSite(name, holder.getUnderlying().conf(), holder::getUnderlying, holder::setUnderlying);
    }

    @Override
    public LayerPass watch(LayerSite site, SampleGradients gradients) {
        LayerSite inside = inside(site.name(), site.layer);
        DeltaPass.Contribution own = ((DeltaRule) rules.of(inside)).contribution(inside, gradients);
        return new AllSteps(inside, own);
    }

    private static final class AllSteps extends LayerPass {

        private final WrapperRule.InnerPass inner;
        private long sequences;

        AllSteps(LayerSite inside, DeltaPass.Contribution own) {
            this.inner = new WrapperRule.InnerPass(
                    inside, new DeltaPass((input, delta) -> own.add(byStep(input), byStep(delta))));
        }

        @Override
        void before(Layer layer, INDArray epsilon, OptionalInt truncation) {
            // Not of its input: that is by now the layer's inside.
            sequences = epsilon.size(0);
            inner.before(layer, epsilon, truncation);
        }

        @Override
        void release(Layer layer) {
            inner.release(layer);
        }

        @Override
        void after(Layer layer) {
            inner.after(layer);
        }

        private INDArray byStep(INDArray rows) {
            long steps = rows.size(0) / sequences;
            long columns = rows.length() / rows.size(0);
            return rows.reshape('c', sequences, steps, columns)
                    .permute(1, 0, 2)
                    .dup('c')
                    .reshape('c', steps * sequences, columns);
        }
    }
}
