package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.SampleGradients;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.api.Layer;

/**
 * How the per-sample gradients of one kind of layer are had. A new kind of layer is a class of its own and one line in
 * {@link LayerRules}. A rule may keep what it learns of a layer from one pass to the next.
 */
interface LayerRule {

    /** Whether the rule is for this layer. Exact classes only: a subclass may compute another gradient. */
    boolean supports(Layer layer);

    /** Why a layer that the rule is for cannot be measured: one sentence each, naming the layer. */
    default List<String> problems(LayerSite site) {
        return List.of();
    }

    /** What replay of the layer costs for a mini-batch; empty where it is not replayed. */
    default Optional<ReplayCost> cost(LayerSite site, int samples) {
        return Optional.empty();
    }

    /**
     * Hands over the layer's per-sample gradients in its next backward pass: written out, or as what they follow from,
     * each with the {@linkplain LayerSite#place place} of its parameters.
     */
    LayerPass watch(LayerSite site, SampleGradients gradients);
}
