package io.dl4jext.implicit;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.regularization.Regularization;

/** Converts the layers of one configuration, one by one, and keeps the lists. It never changes a layer given to it. */
final class LayerConverter {

    private final ImplicitSgd updater;
    private final List<String> converted = new ArrayList<>();
    private final List<String> leftExplicit = new ArrayList<>();
    private final List<String> replaced = new ArrayList<>();
    private final List<String> conflicts = new ArrayList<>();

    LayerConverter(ImplicitSgd updater) {
        if (updater == null) {
            throw new IllegalArgumentException("Expected an updater, got null");
        }
        this.updater = updater.clone();
    }

    /**
     * @throws DL4JInvalidConfigException if l2 or weight decay meets the updater's μ, with all layers where it does
     */
    <T> Conversion<T> finish(T result) {
        if (!conflicts.isEmpty()) {
            throw new DL4JInvalidConfigException(String.join("\n", conflicts));
        }
        return new Conversion<>(result, converted, leftExplicit, replaced);
    }

    void leave(String where, Object type, String reason) {
        leftExplicit.add(where + " " + type.getClass().getSimpleName() + ": " + reason);
    }

    Layer convert(Layer layer, String where) {
        if (layer instanceof FrozenLayer || layer instanceof FrozenLayerWithBackprop) {
            leave(where, layer, "is frozen, stays as it is");
            return layer;
        }
        if (layer instanceof BaseWrapperLayer) {
            // Layer.clone() is shallow: the inner layer is the original's, which convert() does not change.
            BaseWrapperLayer copy = (BaseWrapperLayer) layer.clone();
            copy.setUnderlying(
                    convert(copy.getUnderlying(), where + "/" + copy.getClass().getSimpleName()));
            return copy;
        }
        if (layer instanceof Bidirectional) {
            return convertBothDirections((Bidirectional) layer, where);
        }
        if (!(layer instanceof BaseLayer)) {
            boolean none = layer.initializer().numParams(layer) == 0;
            leave(where, layer, none ? "has no parameters" : "is of a type that keeps its own updater");
            return layer;
        }
        return convertBaseLayer((BaseLayer) layer.clone(), where);
    }

    private Layer convertBothDirections(Bidirectional layer, String where) {
        // Not clone(): its parameter initialiser would go on looking at the original.
        Bidirectional copy = new Bidirectional(layer.getMode(), convert(layer.getFwd(), where + "/forward"));
        copy.setBwd(convert(layer.getBwd(), where + "/backward"));
        copy.setIDropout(layer.getIDropout());
        copy.setConstraints(layer.getConstraints());
        if (layer.getLayerName() != null) {
            copy.setLayerName(layer.getLayerName());
        }
        return copy;
    }

    private Layer convertBaseLayer(BaseLayer layer, String where) {
        if (layer.initializer().numParams(layer) == 0) {
            leave(where, layer, "has no parameters");
            return layer;
        }
        if (layer.getIUpdater() instanceof NoOp) {
            leave(where, layer, "has the updater NoOp, stays as it is");
            return layer;
        }
        layer.setRegularization(withoutRidge(layer.getRegularization()));
        layer.setRegularizationBias(withoutRidge(layer.getRegularizationBias()));
        for (String conflict : LayerSettings.ridgeConflicts(layer, updater.getMu())) {
            conflicts.add(layer.getClass().getSimpleName() + " " + where + ": " + conflict);
        }
        IUpdater own = layer.getIUpdater();
        IUpdater ownOfBias = layer.getBiasUpdater();
        layer.setBiasUpdater(null);
        Layer result = implicitOrExplicit(layer, where);
        noteReplaced(where, layer, own, ownOfBias, ((BaseLayer) result).getIUpdater());
        return result;
    }

    private void noteReplaced(String where, BaseLayer layer, IUpdater own, IUpdater ownOfBias, IUpdater now) {
        boolean bias = ownOfBias != null && !ownOfBias.equals(now);
        if (bias || own != null && !own.equals(now)) {
            replaced.add(where + " " + layer.getClass().getSimpleName() + ": " + own
                    + (bias ? ", bias " + ownOfBias : "") + ", now " + now);
        }
    }

    private Layer implicitOrExplicit(BaseLayer layer, String where) {
        BaseLayer implicit = implicit(layer);
        if (implicit == null) {
            return explicit(layer, where, "has no implicit step");
        }
        implicit.setIUpdater(updater.clone());
        List<String> problems = problems(implicit);
        problems.removeAll(LayerSettings.ridgeConflicts(layer, updater.getMu()));
        if (!problems.isEmpty()) {
            return explicit(layer, where, String.join("; ", problems));
        }
        converted.add(where + " " + layer.getClass().getSimpleName());
        return implicit;
    }

    /** The implicit form of exactly the three plain types, or of what is implicit already; else null. */
    private static BaseLayer implicit(BaseLayer layer) {
        Class<?> type = layer.getClass();
        if (type == DenseLayer.class || type == ImplicitDenseLayer.class) {
            return ImplicitDenseLayer.of((DenseLayer) layer);
        }
        if (type == OutputLayer.class || type == ImplicitOutputLayer.class) {
            return ImplicitOutputLayer.of((OutputLayer) layer);
        }
        return type == SimpleRnn.class || type == ImplicitSimpleRnn.class
                ? ImplicitSimpleRnn.of((SimpleRnn) layer)
                : null;
    }

    private static List<String> problems(BaseLayer layer) {
        if (layer instanceof ImplicitDenseLayer) {
            return ((ImplicitDenseLayer) layer).problems();
        }
        return layer instanceof ImplicitOutputLayer
                ? ((ImplicitOutputLayer) layer).problems()
                : ((ImplicitSimpleRnn) layer).problems();
    }

    private Layer explicit(BaseLayer layer, String where, String reason) {
        layer.setIUpdater(updater.explicitCounterpart());
        if (updater.getMu() > 0) {
            layer.setRegularization(withRidge(layer.getRegularization()));
            layer.setRegularizationBias(withRidge(layer.getRegularizationBias()));
        }
        leave(where, layer, reason);
        return layer;
    }

    /** Without the ridge of an earlier conversion. */
    private static List<Regularization> withoutRidge(List<Regularization> own) {
        List<Regularization> rest = own == null ? new ArrayList<>() : new ArrayList<>(own);
        rest.removeIf(ImplicitRidge.class::isInstance);
        return rest;
    }

    private List<Regularization> withRidge(List<Regularization> own) {
        List<Regularization> all = withoutRidge(own);
        all.add(new ImplicitRidge(updater.getMu()));
        return all;
    }
}
