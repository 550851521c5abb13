package io.dl4jext.experiments.engine;

import io.dl4jext.batch.DynamicBatchIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** What DL4J's two containers have in common without an interface for it. */
public final class Networks {

    private Networks() {}

    /** The outputs for features, in test mode. */
    public static INDArray output(Model network, INDArray features) {
        return network instanceof ComputationGraph
                ? ((ComputationGraph) network).outputSingle(features)
                : ((MultiLayerNetwork) network).output(features);
    }

    /** The loss of a batch, in test mode. */
    public static double loss(Model network, DataSet batch) {
        return network instanceof ComputationGraph
                ? ((ComputationGraph) network).score(batch)
                : ((MultiLayerNetwork) network).score(batch);
    }

    /** What weight decay and the like add to the score. */
    static double regularisation(Model network) {
        return network instanceof ComputationGraph
                ? ((ComputationGraph) network).calcRegularizationScore(true)
                : ((MultiLayerNetwork) network).calcRegularizationScore(true);
    }

    public static void attach(DynamicBatchIterator batches, Model network) {
        if (network instanceof ComputationGraph) {
            batches.attachTo((ComputationGraph) network);
        } else {
            batches.attachTo((MultiLayerNetwork) network);
        }
    }
}
