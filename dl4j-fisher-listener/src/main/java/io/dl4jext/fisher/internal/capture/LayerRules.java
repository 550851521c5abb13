package io.dl4jext.fisher.internal.capture;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The one place where a layer gets its rule: the first in the list that supports it. */
final class LayerRules {

    private final List<LayerRule> rules;

    LayerRules(ReplayBudget budget) {
        rules = List.of(
                new NoSampleGradients(),
                new DenseRule(),
                new ConvolutionRule(),
                new BatchNormalizationRule(),
                new EmbeddingRule(),
                new EmbeddingSequenceRule(),
                new OuterProductRule(),
                new LstmRule(),
                // Any other layer.
                new ReplayRule(budget));
    }

    LayerRule of(LayerSite site) {
        for (LayerRule rule : rules) {
            if (rule.supports(site.layer)) {
                return rule;
            }
        }
        throw new IllegalStateException("no rule for " + site);
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
