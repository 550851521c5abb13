package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.SampleGradients;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.layers.recurrent.TimeDistributedLayer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A layer of vectors that takes all time steps of all samples in one, row i·T + t being of sample i: its own rule, if that
 * works with input and delta, is given them in the order t·B + i.
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
        int samples = gradients.samples();
        return new WrapperRule.InnerPass(
                inside, new DeltaPass((input, delta) -> own.add(byStep(input, samples), byStep(delta, samples))));
    }

    private static INDArray byStep(INDArray rows, int samples) {
        long steps = rows.size(0) / samples;
        long columns = rows.length() / rows.size(0);
        return rows.reshape('c', samples, steps, columns)
                .permute(1, 0, 2)
                .dup('c')
                .reshape('c', steps * samples, columns);
    }
}
