package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.SampleGradients;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.nd4j.linalg.activations.impl.ActivationRReLU;

/** For any layer: replay, sample by sample. See {@link ReplayPass}. */
final class ReplayRule implements LayerRule {

    private final Map<String, ReplayHistory> histories = new HashMap<>();
    private final ReplayBudget budget;

    ReplayRule(ReplayBudget budget) {
        this.budget = budget;
    }

    @Override
    public boolean supports(org.deeplearning4j.nn.api.Layer layer) {
        return true;
    }

    @Override
    public Optional<ReplayCost> cost(LayerSite site, int samples) {
        return Optional.of(new ReplayCost(site, samples));
    }

    @Override
    public LayerPass watch(LayerSite site, SampleGradients gradients) {
        return new ReplayPass(site, gradients, history(site.name(), site.layer), budget.time);
    }

    /** As for layers. */
    VertexPass watch(VertexSite site, SampleGradients gradients) {
        return new VertexReplay(site, gradients, history(site.toString(), site.vertex), budget.time);
    }

    private ReplayHistory history(String name, Object replayed) {
        ReplayHistory history = histories.get(name);
        if (history == null || history.replayed != replayed) {
            history = new ReplayHistory(replayed);
            histories.put(name, history);
        }
        return history;
    }

    /** What replay of single samples would not see. */
    @Override
    public List<String> problems(LayerSite site) {
        List<String> problems = new ArrayList<>();
        addProblems(site, site.configuration.getLayer(), false, problems);
        return problems.stream().distinct().collect(Collectors.toList());
    }

    private static void addProblems(LayerSite site, Layer layer, boolean nested, List<String> problems) {
        if (nested && layer.getIDropout() != null) {
            problems.add(site + ": dropout inside a Bidirectional layer draws a mask that nobody else sees");
        }
        if (layer instanceof BaseLayer) {
            BaseLayer configuration = (BaseLayer) layer;
            if (configuration.getWeightNoise() != null) {
                problems.add(site
                        + ": weight noise ("
                        + configuration.getWeightNoise().getClass().getSimpleName()
                        + ") draws weights that a copy of the layer does not have");
            }
            if (configuration.getActivationFn() instanceof ActivationRReLU) {
                problems.add(
                        site + ": the random activation rrelu draws slopes that a copy of the layer does not have");
            }
        }
        if (layer instanceof TimeDistributed) {
            problems.add(site
                    + ": TimeDistributed gives its inner layer the time steps of all samples in one; use the inner layer"
                    + " itself, which DL4J applies to every time step");
        }
        if (layer instanceof MaskZeroLayer
                && ((MaskZeroLayer) layer).getUnderlying().getIDropout() != null) {
            problems.add(site + ": dropout inside a MaskZeroLayer makes zeros that are no masked time steps");
        }
        if (layer instanceof BaseWrapperLayer) {
            addProblems(site, ((BaseWrapperLayer) layer).getUnderlying(), nested, problems);
        }
        if (layer instanceof Bidirectional) {
            addProblems(site, ((Bidirectional) layer).getFwd(), true, problems);
            addProblems(site, ((Bidirectional) layer).getBwd(), true, problems);
        }
    }
}
