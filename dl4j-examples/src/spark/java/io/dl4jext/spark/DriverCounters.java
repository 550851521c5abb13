package io.dl4jext.spark;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Tells the workers of a {@code SparkComputationGraph} at which iteration and epoch they are. With parameter averaging
 * DL4J 1.0.0-M2 lets every worker's graph begin at 0 again after each averaging (a {@code MultiLayerNetwork} goes on),
 * so that learning-rate schedules stand still, {@code StochasticBatch} draws the same numbers again, and measurements
 * of different iterations have one number. To be the first of the listeners.
 */
public final class DriverCounters extends BaseTrainingListener implements Serializable {

    private static final long serialVersionUID = 1L;

    /** On the driver alone. */
    private final transient ComputationGraph graph;

    private int iteration;
    private int epoch;
    private transient boolean told;

    public DriverCounters(ComputationGraph graph) {
        this.graph = graph;
    }

    /** Spark does this at the beginning of every round. */
    private void writeObject(ObjectOutputStream out) throws IOException {
        if (graph != null) {
            iteration = graph.getConfiguration().getIterationCount();
            epoch = graph.getConfiguration().getEpochCount();
        }
        out.defaultWriteObject();
    }

    @Override
    public void onForwardPass(Model model, Map<String, INDArray> activations) {
        if (!told) {
            told = true;
            ComputationGraphConfiguration configuration = ((ComputationGraph) model).getConfiguration();
            configuration.setIterationCount(iteration);
            configuration.setEpochCount(epoch);
        }
    }
}
