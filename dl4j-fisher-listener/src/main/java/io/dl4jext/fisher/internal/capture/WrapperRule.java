package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.SampleGradients;
import java.util.OptionalInt;
import java.util.Set;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.layers.recurrent.LastTimeStepLayer;
import org.deeplearning4j.nn.layers.recurrent.MaskZeroLayer;
import org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Wrappers whose parameters and samples are those of the one layer inside: a tap stands in that layer's place for the
 * length of the wrapper's backward pass, with the layer's own rule, if that is none of replay.
 */
final class WrapperRule implements LayerRule {

    private static final Set<Class<?>> TYPES = Set.of(LastTimeStepLayer.class, MaskZeroLayer.class);

    private final LayerRules rules;

    WrapperRule(LayerRules rules) {
        this.rules = rules;
    }

    @Override
    public boolean supports(Layer layer) {
        return TYPES.contains(layer.getClass()) && rules.isDirect(inside("", layer));
    }

    private static LayerSite inside(String name, Layer wrapper) {
        BaseWrapperLayer holder = (BaseWrapperLayer) wrapper;
        return new LayerSite(name, holder.getUnderlying().conf(), holder::getUnderlying, holder::setUnderlying);
    }

    @Override
    public LayerPass watch(LayerSite site, SampleGradients gradients) {
        LayerSite inside = inside(site.name(), site.layer);
        return new InnerPass(inside, rules.of(inside).watch(inside, gradients));
    }

    /** Has another pass stand around the backward pass of the layer inside. */
    static final class InnerPass extends LayerPass {

        private final LayerSite inside;
        private final LayerPass pass;
        private final Failures failures = new Failures();
        private LayerTap tap;

        InnerPass(LayerSite inside, LayerPass pass) {
            this.inside = inside;
            this.pass = pass;
        }

        @Override
        void before(Layer layer, INDArray epsilon, OptionalInt truncation) {
            tap = LayerTap.on(inside, pass, failures);
            inside.put(tap);
        }

        @Override
        void release(Layer layer) {
            if (tap != null) {
                tap.retire();
            }
        }

        @Override
        void after(Layer layer) {
            failures.rethrow();
        }
    }
}
