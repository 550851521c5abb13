package io.dl4jext.experiments.implicit;

import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.dataset.DataSet;

/** The mean loss over all training examples, without dropout. */
final class TrainingLoss {

    private TrainingLoss() {}

    /**
     * Measures the loss; the network stays as it is (but ND4J's random generator starts anew from the network's seed).
     *
     * @return NaN or infinite where the network's outputs are
     */
    static double of(Task task, MultiLayerNetwork network) {
        MultiLayerNetwork watched = task.loss().takesActivation() ? belowActivation(network) : network;
        double sum = 0;
        long examples = 0;
        for (DataSet batch : task.examples()) {
            sum += task.loss().sum(watched.output(batch.getFeatures()), batch.getLabels());
            examples += batch.numExamples();
        }
        return sum / examples;
    }

    /** A network on the same parameters whose outputs are the values below its last activation. */
    private static MultiLayerNetwork belowActivation(MultiLayerNetwork network) {
        MultiLayerConfiguration configuration =
                network.getLayerWiseConfigurations().clone();
        BaseLayer last = (BaseLayer)
                configuration.getConf(configuration.getConfs().size() - 1).getLayer();
        last.setActivationFn(new ActivationIdentity());
        MultiLayerNetwork linear = new MultiLayerNetwork(configuration);
        linear.init(network.params(), false);
        return linear;
    }
}
