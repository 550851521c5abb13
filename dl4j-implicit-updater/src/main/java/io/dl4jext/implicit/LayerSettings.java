package io.dl4jext.implicit;

import io.dl4jext.implicit.internal.prox.ProximalStep;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.LayerValidation;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.regularization.L2Regularization;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.WeightDecay;

/**
 * What the configurations of all implicit layers have in common. A layer is checked twice: in its builder for its own
 * settings, and when the network creates it, as only then the network's settings have been merged in.
 */
final class LayerSettings {

    private LayerSettings() {}

    /** The layer's updater if it is implicit, else null. */
    static ImplicitSgd implicitUpdater(BaseLayer layer) {
        IUpdater updater = layer.getIUpdater();
        return updater instanceof ImplicitSgd ? (ImplicitSgd) updater : null;
    }

    /** What applies the layer's gradients: for an implicit updater no further rate, else the layer's own. */
    static IUpdater updater(BaseLayer layer, IUpdater own) {
        ImplicitSgd updater = implicitUpdater(layer);
        return updater == null ? own : updater.ofImplicitLayer();
    }

    /**
     * The layer's own regularisation and the ridge of its updater, for layers that are trained in every network.
     */
    static List<Regularization> withRidge(BaseLayer layer, List<Regularization> own) {
        ImplicitSgd updater = implicitUpdater(layer);
        if (updater == null || updater.getMu() == 0) {
            return own;
        }
        List<Regularization> all = new ArrayList<>(orEmpty(own));
        all.add(new ImplicitRidge(updater.getMu()));
        return all;
    }

    /** The same, where the layer is trained; with any other updater what DL4J has. */
    static List<Regularization> withRidge(BaseLayer layer, List<Regularization> own, Passes passes) {
        return implicitUpdater(layer) == null
                ? own
                : orEmpty(withRidge(layer, own)).stream()
                        .map(one -> new WhereTrained(one, passes))
                        .collect(Collectors.toList());
    }

    /** What keeps the layer from being implicit, in words; settings that are still null raise no problem. */
    static List<String> problems(BaseLayer layer, IActivation activation, boolean layerNorm) {
        List<String> problems = new ArrayList<>();
        if (layerNorm) {
            problems.add("layer norm is not supported (its units depend on each other), got hasLayerNorm = true");
        }
        if (layer.getWeightNoise() != null) {
            problems.add("weight noise is not supported, got weightNoise = " + layer.getWeightNoise());
        }
        IUpdater updater = layer.getIUpdater();
        IUpdater biasUpdater = layer.getBiasUpdater();
        if (updater instanceof ImplicitSgd || biasUpdater instanceof ImplicitSgd) {
            if (biasUpdater != null && updater != null && !biasUpdater.equals(updater)) {
                problems.add("weights and bias share one implicit step, got updater = " + updater + ", biasUpdater = "
                        + biasUpdater);
            }
            if (activation != null && !ProximalStep.supports(activation)) {
                problems.add("expected an element-wise activation with a known proximal step, got " + activation);
            }
        }
        if (updater instanceof ImplicitSgd) {
            problems.addAll(ridgeConflicts(layer, ((ImplicitSgd) updater).getMu()));
        }
        return problems;
    }

    /** Settings that would shrink the parameters a second time. */
    static List<String> ridgeConflicts(BaseLayer layer, double mu) {
        List<Regularization> all = new ArrayList<>(orEmpty(layer.getRegularization()));
        all.addAll(orEmpty(layer.getRegularizationBias()));
        List<String> problems = new ArrayList<>();
        for (Regularization one : all) {
            boolean ridge =
                    one instanceof L2Regularization || one instanceof WeightDecay || one instanceof ImplicitRidge;
            if (mu > 0 && ridge) {
                problems.add("the updater's ridge (mu = " + mu + ") already shrinks weights and biases, got " + one
                        + " as well: set one of them to 0");
            }
        }
        return problems;
    }

    private static List<Regularization> orEmpty(List<Regularization> list) {
        return list == null ? Collections.emptyList() : list;
    }

    /** The layer that a builder has made, if its own settings allow an implicit step. */
    static <L extends BaseLayer> L built(L layer, List<String> problems) {
        refuse(problems, layer, "(name=" + layer.getLayerName() + ")");
        return layer;
    }

    /**
     * A layer that was read. {@code net.setLearningRate(...)} changes the rate of a layer's updater alone, and files
     * that 0.1.0 wrote after it have the former rate in an updater for the bias.
     */
    static <L extends BaseLayer> L withOneRate(L layer) {
        ImplicitSgd updater = implicitUpdater(layer);
        IUpdater ofBias = layer.getBiasUpdater();
        if (updater != null && ofBias instanceof ImplicitSgd && updater.differsInRateOnly((ImplicitSgd) ofBias)) {
            layer.setBiasUpdater(null);
        }
        return layer;
    }

    /** When the network creates the layer. Its weights' updater is then the only one, whatever rate it gets later. */
    static void check(FeedForwardLayer layer, List<String> problems, int index) {
        LayerValidation.assertNInNOutSet(
                layer.getClass().getSimpleName(), layer.getLayerName(), index, layer.getNIn(), layer.getNOut());
        refuse(problems, layer, where(layer.getLayerName(), index));
        if (implicitUpdater(layer) != null) {
            layer.setBiasUpdater(null);
        }
    }

    /** @throws DL4JInvalidConfigException naming the layer and all problems, if there are any */
    private static void refuse(List<String> problems, BaseLayer layer, String where) {
        if (!problems.isEmpty()) {
            throw new DL4JInvalidConfigException(
                    layer.getClass().getSimpleName() + " " + where + ": " + String.join("; ", problems));
        }
    }

    static String where(String layerName, int index) {
        return "(index=" + index + ", name=" + layerName + ")";
    }

    /** Connects a new layer to its network, in the order that DL4J's own configurations keep. */
    static <L extends org.deeplearning4j.nn.layers.BaseLayer<?>> L connect(
            L layer,
            NeuralNetConfiguration conf,
            Collection<TrainingListener> listeners,
            int index,
            INDArray parameters,
            boolean initialize) {
        layer.setListeners(listeners);
        layer.setIndex(index);
        layer.setParamsViewArray(parameters);
        layer.setParamTable(conf.getLayer().initializer().init(conf, parameters, initialize));
        layer.setConf(conf);
        return layer;
    }
}
