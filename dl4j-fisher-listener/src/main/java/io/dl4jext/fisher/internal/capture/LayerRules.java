package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.SampleGradients;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The one place where a layer gets its rule: the first in the list that supports it. */
final class LayerRules {

    private static final String STRANGER =
            "a vertex with parameters that is neither a layer nor one of SameDiff's cannot be replayed";

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
                new AttentionRule(),
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

    /** Of a vertex with parameters. */
    VertexPass watch(VertexSite site, SampleGradients gradients) {
        return VertexAttention.supports(site) ? new VertexAttention(site, gradients) : replay.watch(site, gradients);
    }

    /** Whether there is a rule that neither replays the layer nor refuses it. */
    boolean isDirect(LayerSite site) {
        LayerRule rule = of(site);
        return site.idle().isEmpty()
                && rule.cost(site, 1).isEmpty()
                && rule.problems(site).isEmpty();
    }

    /** Why a layer or vertex cannot be measured, one sentence a problem, each naming it; empty when it can be. */
    List<String> problems(ParameterSite site) {
        if (site instanceof LayerSite) {
            return of((LayerSite) site).problems((LayerSite) site);
        }
        return ((VertexSite) site).canBeReplayed() ? List.of() : List.of(site + ": " + STRANGER);
    }

    /** Whether what can be measured is replayed sample by sample. */
    boolean isReplayed(ParameterSite site) {
        return cost(site, 1).isPresent();
    }

    private Optional<ReplayCost> cost(ParameterSite site, int samples) {
        if (site instanceof LayerSite) {
            return of((LayerSite) site).cost((LayerSite) site, samples);
        }
        VertexSite vertex = (VertexSite) site;
        return VertexAttention.supports(vertex) ? Optional.empty() : Optional.of(new ReplayCost(vertex, samples));
    }

    /** Of each layer or vertex that is replayed. */
    List<ReplayCost> costs(List<? extends ParameterSite> sites, int samples) {
        List<ReplayCost> costs = new ArrayList<>();
        for (ParameterSite site : sites) {
            cost(site, samples).ifPresent(costs::add);
        }
        return costs;
    }
}
