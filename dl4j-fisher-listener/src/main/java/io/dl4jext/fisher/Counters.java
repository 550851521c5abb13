package io.dl4jext.fisher;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/** A network's iteration and epoch counters, as its learning-rate schedules see them. */
final class Counters {

    private Counters() {}

    /** @throws IllegalArgumentException unless it is one of DL4J's two networks */
    static void requireNetwork(Model model) {
        if (!isNetwork(model)) {
            throw new IllegalArgumentException("Expected a MultiLayerNetwork or a ComputationGraph, got "
                    + (model == null ? null : model.getClass().getName()));
        }
    }

    static boolean isNetwork(Model model) {
        return model instanceof MultiLayerNetwork || model instanceof ComputationGraph;
    }

    static int iteration(Model model) {
        return model instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) model).getLayerWiseConfigurations().getIterationCount()
                : ((ComputationGraph) model).getConfiguration().getIterationCount();
    }

    static int epoch(Model model) {
        return model instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) model).getLayerWiseConfigurations().getEpochCount()
                : ((ComputationGraph) model).getConfiguration().getEpochCount();
    }
}
