package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.SampleGradients;

/** For layers whose gradient follows from the input and the pre-activation delta. See {@link DeltaPass}. */
interface DeltaRule extends LayerRule {

    /** What the layer hands over, given these two. */
    DeltaPass.Contribution contribution(LayerSite site, SampleGradients gradients);

    @Override
    default LayerPass watch(LayerSite site, SampleGradients gradients) {
        return new DeltaPass(contribution(site, gradients));
    }
}
