package io.dl4jext.experiments.engine;

import io.dl4jext.adagrad.AdaGradListener;
import io.dl4jext.stochastic.StochasticBatch;
import io.dl4jext.stochastic.StochasticBatchListener;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.IUpdater;

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

    /** A network with the same configuration and parameters, and this updater in every layer. */
    public static Model withUpdater(Model network, IUpdater updater) {
        INDArray parameters = network.params().dup();
        if (network instanceof ComputationGraph) {
            ComputationGraphConfiguration configuration = ComputationGraphConfiguration.fromJson(
                    ((ComputationGraph) network).getConfiguration().toJson());
            configuration.getVertices().values().stream()
                    .filter(LayerVertex.class::isInstance)
                    .forEach(vertex -> setUpdater(((LayerVertex) vertex).getLayerConf(), updater));
            ComputationGraph copy = new ComputationGraph(configuration);
            copy.init(parameters, false);
            return copy;
        }
        MultiLayerConfiguration configuration = MultiLayerConfiguration.fromJson(
                ((MultiLayerNetwork) network).getLayerWiseConfigurations().toJson());
        configuration.getConfs().forEach(layer -> setUpdater(layer, updater));
        MultiLayerNetwork copy = new MultiLayerNetwork(configuration);
        copy.init(parameters, false);
        return copy;
    }

    private static void setUpdater(NeuralNetConfiguration configuration, IUpdater updater) {
        if (configuration.getLayer() instanceof BaseLayer) {
            BaseLayer layer = (BaseLayer) configuration.getLayer();
            layer.setIUpdater(updater.clone());
            layer.setBiasUpdater(null);
        }
    }

    /** Attaches the listeners that this updater of the network needs; none if it needs none. */
    public static void attachListeners(Model network, IUpdater updater) {
        if (updater instanceof StochasticBatch) {
            StochasticBatchListener.attachTo(network);
        }
        if (AdaGradListener.isNeededBy(network)) {
            AdaGradListener.attachTo(network);
        }
    }
}
