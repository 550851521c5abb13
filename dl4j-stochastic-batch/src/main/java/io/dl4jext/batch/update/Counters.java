package io.dl4jext.batch.update;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A network's layers, its iteration count, and the examples of its pass. */
final class Counters {

    private Counters() {}

    /** @throws IllegalArgumentException unless it is a network that has been initialised */
    static void requireReady(Model model) {
        boolean multiLayer = model instanceof MultiLayerNetwork;
        if (!multiLayer && !(model instanceof ComputationGraph)) {
            throw new IllegalArgumentException("Expected a MultiLayerNetwork or ComputationGraph, got " + model);
        }
        if (layers(model) == null) {
            throw new IllegalArgumentException("Expected a network that has been initialised, got a "
                    + model.getClass().getSimpleName() + " before init(): call init() first");
        }
    }

    static Layer[] layers(Model model) {
        return model instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) model).getLayers()
                : ((ComputationGraph) model).getLayers();
    }

    /** Also the layers' own: what depends on it within this pass is computed by them. */
    static void setIteration(Model model, int iteration) {
        if (model instanceof MultiLayerNetwork) {
            ((MultiLayerNetwork) model).getLayerWiseConfigurations().setIterationCount(iteration);
        } else {
            ((ComputationGraph) model).getConfiguration().setIterationCount(iteration);
        }
        for (Layer layer : layers(model)) {
            layer.setIterationCount(iteration);
        }
    }

    /**
     * The rows of the network's input. Not {@code batchSize()}: that counts the labels' rows, which there may be none of,
     * or one for each time step.
     *
     * @param otherwise what holds for a network without input
     */
    static int examples(Model model, int otherwise) {
        INDArray input = input(model);
        return input == null ? otherwise : Math.toIntExact(input.size(0));
    }

    private static INDArray input(Model model) {
        if (model instanceof MultiLayerNetwork) {
            return ((MultiLayerNetwork) model).getInput();
        }
        INDArray[] inputs = ((ComputationGraph) model).getInputs();
        return inputs == null || inputs.length == 0 ? null : inputs[0];
    }
}
