package io.dl4jext.implicit;

import io.dl4jext.fisher.layer.OuterProductLayers;
import org.deeplearning4j.nn.api.Layer;

/**
 * Lets {@code FisherListener} measure implicit layers without replay: their gradient is Σ α_i z_i, and they hand over z
 * and α. Found by {@link java.util.ServiceLoader}; not used, and not loaded, without {@code dl4j-fisher-listener} on
 * the class path.
 */
public final class ImplicitOuterProducts implements OuterProductLayers {

    @Override
    public boolean supports(Layer layer) {
        return layer instanceof GradientTerms.Source && ((GradientTerms.Source) layer).hasGradientTerms();
    }

    @Override
    public Watch watch(Layer layer, Factors factors) {
        return ((GradientTerms.Source) layer).gradientTerms().watch(factors::add)::run;
    }
}
