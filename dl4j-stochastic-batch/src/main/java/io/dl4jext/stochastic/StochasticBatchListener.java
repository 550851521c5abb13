package io.dl4jext.stochastic;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;

/**
 * What {@link StochasticBatch} needs beside being a network's updater: before each step, this listener sees to it that
 * the updater knows the parameter groups. It also counts the updates.
 *
 * <pre>{@code
 * StochasticBatchListener listener = StochasticBatchListener.attachTo(network);
 * }</pre>
 *
 * <p>It belongs to one network. A network that is loaded, cloned or made by transfer learning needs its own; the
 * workers of a ParallelWrapper share the one given to its {@code setListeners}.
 */
public final class StochasticBatchListener extends BaseTrainingListener {

    private final UpdateStatistics statistics = new UpdateStatistics();

    /**
     * Adds a new listener to the network's.
     *
     * @param network a MultiLayerNetwork or ComputationGraph, initialised, some of its parameters trained by
     *     {@link StochasticBatch}
     * @return the listener
     * @throws IllegalArgumentException if it is another model, or null
     * @throws IllegalStateException if it is not initialised, or no parameter is trained by {@link StochasticBatch}
     */
    public static StochasticBatchListener attachTo(Model network) {
        StochasticBatchListener listener = new StochasticBatchListener();
        List<UpdateStatistics> all = statistics(network);
        all.add(listener.statistics);
        group(network, all);
        network.addListeners(listener);
        return listener;
    }

    /**
     * Whether some of the network's parameters are trained by {@link StochasticBatch}, so that it needs such a
     * listener.
     *
     * @throws IllegalArgumentException if it is another model than DL4J's two networks, or null
     * @throws IllegalStateException if it is not initialised
     */
    public static boolean isNeededBy(Model network) {
        return GroupedParameters.areIn(updater(network));
    }

    /** What was updated so far. */
    public UpdateStatistics statistics() {
        return statistics;
    }

    /** Called by DL4J between the backward pass and the updater. */
    @Override
    public void onGradientCalculation(Model model) {
        if (!isNetwork(model)) {
            // A layer that is pretrained, by itself: what it cannot do its own updater says.
            return;
        }
        List<UpdateStatistics> all = statistics(model);
        group(model, all.contains(statistics) ? all : List.of(statistics));
    }

    /** Of the listeners that the network has: more than one may be attached, and be removed again. */
    private static List<UpdateStatistics> statistics(Model model) {
        Collection<TrainingListener> listeners = model instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) model).getListeners()
                : model instanceof ComputationGraph ? ((ComputationGraph) model).getListeners() : List.of();
        List<UpdateStatistics> all = new ArrayList<>();
        for (TrainingListener listener : listeners == null ? List.<TrainingListener>of() : listeners) {
            if (listener instanceof StochasticBatchListener) {
                all.add(((StochasticBatchListener) listener).statistics);
            }
        }
        return all;
    }

    private static void group(Model model, List<UpdateStatistics> observers) {
        BaseMultiLayerUpdater<?> updater = updater(model);
        if (!GroupedParameters.areIn(updater)) {
            throw new IllegalStateException("StochasticBatchListener: expected some parameters with the updater"
                    + " StochasticBatch, found none in this " + model.getClass().getSimpleName());
        }
        GroupedParameters.ensureIn(updater, observers);
    }

    private static boolean isNetwork(Model model) {
        return model instanceof MultiLayerNetwork || model instanceof ComputationGraph;
    }

    private static BaseMultiLayerUpdater<?> updater(Model model) {
        if (!isNetwork(model)) {
            throw new IllegalArgumentException("StochasticBatchListener: expected a MultiLayerNetwork or"
                    + " ComputationGraph, got "
                    + (model == null ? null : "a " + model.getClass().getName())
                    + (model instanceof org.deeplearning4j.nn.api.Layer
                            ? ": layer-wise pretraining is not possible"
                            : ""));
        }
        // beta7 has none, M2.1 an empty array.
        if (model.params() == null || model.params().length() == 0) {
            throw new IllegalStateException(
                    "StochasticBatchListener: expected an initialised network, call init() first");
        }
        return (BaseMultiLayerUpdater<?>)
                (model instanceof ComputationGraph
                        ? ((ComputationGraph) model).getUpdater()
                        : ((MultiLayerNetwork) model).getUpdater());
    }
}
