package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.GramMatrix;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The one place where a layer gets its rule: the first in the list that supports it. */
final class LayerRules {

    private final List<LayerRule> rules;
    private final ReplayRule replay;

    LayerRules(ReplayBudget budget) {
        replay = new ReplayRule(budget);
        rules = List.of(
                new NoSampleGradients(),
                new DenseRule(),
                new LayerNormRule(),
                new ElementWiseMultiplicationRule(),
                new PReLURule(),
                new ConvolutionRule(),
                new Convolution1DRule(),
                new Convolution3DRule(),
                new Deconvolution2DRule(),
                new Deconvolution3DRule(),
                new DepthwiseConvolutionRule(),
                new SeparableConvolutionRule(),
                new LocallyConnectedRule(),
                new BatchNormalizationRule(),
                new EmbeddingRule(),
                new EmbeddingSequenceRule(),
                new OuterProductRule(),
                new SimpleRnnRule(),
                new LstmRule(),
                new BidirectionalRule(),
                new WrapperRule(this),
                new TimeDistributedRule(this),
                // Any other layer.
                replay);
    }

    LayerRule of(LayerSite site) {
        for (LayerRule rule : rules) {
            if (rule.supports(site.layer)) {
                return rule;
            }
        }
        throw new IllegalStateException("no rule for " + site);
    }

    /** Of a vertex with parameters, which is replayed. */
    VertexTap watch(VertexSite site, GramMatrix gram, Failures failures) {
        return replay.watch(site, gram, failures);
    }

    /** Whether there is a rule that neither replays the layer nor refuses it. */
    boolean isDirect(LayerSite site) {
        LayerRule rule = of(site);
        return site.idle().isEmpty()
                && rule.cost(site, 1).isEmpty()
                && rule.problems(site).isEmpty();
    }

    /** Why layers cannot be measured, one sentence a problem, each naming its layer; empty when all can be. */
    List<String> problems(List<LayerSite> sites) {
        return sites.stream().flatMap(site -> of(site).problems(site).stream()).collect(Collectors.toList());
    }

    /** Of each layer that is replayed. */
    List<ReplayCost> costs(List<LayerSite> sites, int samples) {
        List<ReplayCost> costs = new ArrayList<>();
        for (LayerSite site : sites) {
            of(site).cost(site, samples).ifPresent(costs::add);
        }
        return costs;
    }
}
