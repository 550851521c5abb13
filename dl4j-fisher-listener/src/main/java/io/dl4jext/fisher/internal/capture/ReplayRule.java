package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.GramMatrix;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    public LayerPass watch(LayerSite site, GramMatrix gram) {
        ReplayHistory history = histories.get(site.name);
        if (history == null || history.layer != site.layer) {
            history = new ReplayHistory(site.layer);
            histories.put(site.name, history);
        }
        return new ReplayPass(site, gram, history, budget.time);
    }

    /** What replay of single samples would not see. */
    @Override
    public List<String> problems(LayerSite site) {
        List<String> problems = new ArrayList<>();
        addProblems(site, site.configuration.getLayer(), false, problems);
        return problems;
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
                        + ") is supported on dense, output and convolution layers only");
            }
            if (configuration.getActivationFn() instanceof ActivationRReLU) {
                problems.add(site
                        + ": the random activation rrelu is supported on dense, output and convolution layers only");
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
