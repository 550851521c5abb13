package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.GramMatrix;
import org.deeplearning4j.nn.api.Layer;

/** For layers whose gradient follows from the input and the pre-activation delta. See {@link DeltaPass}. */
interface DeltaRule extends LayerRule {

    /** What the layer adds to F̃, given these two. */
    DeltaPass.Contribution contribution(Layer layer, GramMatrix gram);

    @Override
    default LayerPass watch(LayerSite site, GramMatrix gram) {
        return new DeltaPass(contribution(site.layer, gram));
    }
}
