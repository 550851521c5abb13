package io.dl4jext.experiments.implicit;

import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.dataset.DataSet;

/** Something to learn: training examples, a network, and the loss. */
interface Task {

    /** A short name for files. */
    String name();

    /** Data and network in a line. */
    String description();

    /** How many batches an epoch has. */
    int steps();

    /**
     * The training batches; each pass over the result is one more epoch, with another order.
     *
     * @param seed the orders depend on it alone
     */
    Iterable<DataSet> batches(long seed);

    /** All training examples once, in any batches. */
    Iterable<DataSet> examples();

    /** The network of the paper with everything that does not depend on the task already set. */
    MultiLayerConfiguration network(NeuralNetConfiguration.Builder common);

    /** Changes the first parameters of a new network; by default they stay as the configuration says. */
    default void prepare(MultiLayerNetwork network, long seed) {}

    OutputLoss loss();
}
