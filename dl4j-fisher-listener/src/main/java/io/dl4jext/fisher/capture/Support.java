package io.dl4jext.fisher.capture;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.layers.ocnn.OCNNOutputLayer;
import org.deeplearning4j.nn.layers.training.CenterLossOutputLayer;
import org.nd4j.linalg.activations.impl.ActivationRReLU;

/** Says which parts of a network have gradients that cannot be told apart by sample, and why. */
final class Support {

    private Support() {}

    /** One sentence a problem, each naming its layer; empty when every layer is supported. */
    static List<String> problems(Model model, List<LayerSite> sites) {
        List<String> problems = new ArrayList<>();
        for (LayerSite site : sites) {
            if (site.layer instanceof CenterLossOutputLayer || site.layer instanceof OCNNOutputLayer) {
                problems.add(name(site) + ": its parameters are not trained by a sum of per-sample gradients");
            } else if (!LayerRules.isDirect(site.layer)) {
                addReplayProblems(site, site.configuration.getLayer(), false, problems);
            }
        }
        if (model instanceof ComputationGraph) {
            for (GraphVertex vertex : ((ComputationGraph) model).getVertices()) {
                if (!vertex.hasLayer() && vertex.numParams() > 0) {
                    problems.add("vertex '"
                            + vertex.getVertexName()
                            + "' ("
                            + vertex.getClass().getSimpleName()
                            + "): a vertex with parameters that is not a layer cannot be replayed");
                }
            }
        }
        return problems;
    }

    private static void addReplayProblems(LayerSite site, Layer layer, boolean nested, List<String> problems) {
        if (nested && layer.getIDropout() != null) {
            problems.add(name(site) + ": dropout inside a Bidirectional layer draws a mask that nobody else sees");
        }
        if (layer instanceof BaseLayer) {
            BaseLayer configuration = (BaseLayer) layer;
            if (configuration.getWeightNoise() != null) {
                problems.add(name(site)
                        + ": weight noise ("
                        + configuration.getWeightNoise().getClass().getSimpleName()
                        + ") is supported on dense, output and convolution layers only");
            }
            if (configuration.getActivationFn() instanceof ActivationRReLU) {
                problems.add(name(site)
                        + ": the random activation rrelu is supported on dense, output and convolution layers only");
            }
        }
        if (layer instanceof TimeDistributed) {
            problems.add(name(site)
                    + ": TimeDistributed gives its inner layer the time steps of all samples in one; use the inner layer"
                    + " itself, which DL4J applies to every time step");
        }
        if (layer instanceof MaskZeroLayer
                && ((MaskZeroLayer) layer).getUnderlying().getIDropout() != null) {
            problems.add(name(site) + ": dropout inside a MaskZeroLayer makes zeros that are no masked time steps");
        }
        if (layer instanceof BaseWrapperLayer) {
            addReplayProblems(site, ((BaseWrapperLayer) layer).getUnderlying(), nested, problems);
        }
        if (layer instanceof Bidirectional) {
            addReplayProblems(site, ((Bidirectional) layer).getFwd(), true, problems);
            addReplayProblems(site, ((Bidirectional) layer).getBwd(), true, problems);
        }
    }

    private static String name(LayerSite site) {
        return site.name + " (" + site.layer.getClass().getSimpleName() + ")";
    }
}
