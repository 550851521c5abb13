package io.dl4jext.fisher;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/** A network's iteration and epoch counters, as its learning-rate schedules see them. */
final class Counters {

    private Counters() {}

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
