package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.SampleGradients;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.layers.ocnn.OCNNOutputLayer;
import org.deeplearning4j.nn.layers.training.CenterLossOutputLayer;

/** Layers of which there are no per-sample gradients to be had, subclasses included. */
final class NoSampleGradients implements LayerRule {

    @Override
    public boolean supports(Layer layer) {
        return layer instanceof OCNNOutputLayer
                || (layer instanceof CenterLossOutputLayer && layer.getClass() != CenterLossOutputLayer.class);
    }

    @Override
    public List<String> problems(LayerSite site) {
        return List.of(site + ": its parameters are not trained by a sum of per-sample gradients");
    }

    /** @throws IllegalStateException always, with the problem */
    @Override
    public LayerPass watch(LayerSite site, SampleGradients gradients) {
        throw new IllegalStateException(problems(site).get(0));
    }
}
