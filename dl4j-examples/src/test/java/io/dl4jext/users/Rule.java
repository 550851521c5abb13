package io.dl4jext.users;

import io.dl4jext.acceleratedsgd.AcceleratedSgd;
import io.dl4jext.adagrad.AdaGradListener;
import io.dl4jext.adagrad.AdaGradPresets;
import io.dl4jext.entropysgd.EntropySgd;
import io.dl4jext.implicit.ImplicitBackprop;
import io.dl4jext.implicit.ImplicitSgd;
import io.dl4jext.schedule.LinearDecaySchedule;
import io.dl4jext.stochastic.StochasticBatch;
import io.dl4jext.stochastic.StochasticBatchListener;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ScheduleType;

/** Every way of this pack to step, and some of DL4J's, on a small network. */
enum Rule {
    SGD(new Sgd(0.1)),
    NESTEROVS(new Nesterovs(0.1, 0.9)),
    ADAM(new Adam(0.01)),
    DECAYING(new Sgd(new LinearDecaySchedule(ScheduleType.ITERATION, 0.2, 0.01, 10))),
    YOTKOV(AdaGradPresets.yotkov().learningRate(0.1).build()),
    PYTORCH(AdaGradPresets.pyTorch().learningRate(0.1).build()),
    KERAS(AdaGradPresets.keras().learningRate(0.1).build()),
    OPTAX(AdaGradPresets.optax().learningRate(0.1).build()),
    NORM(AdaGradPresets.norm().learningRate(0.1).build()),
    NORM_OF_TENSORS(AdaGradPresets.normPerTensor().learningRate(0.1).build()),
    WINDOWED(AdaGradPresets.windowed(3).learningRate(0.1).build()),
    DECAYED(AdaGradPresets.decayed(0.9).learningRate(0.1).build()),
    MOMENTUM(AdaGradPresets.withMomentum(0.9).learningRate(0.1).build()),
    PROXIMAL(AdaGradPresets.proximal().learningRate(0.1).l1(0.001).build()),
    DUAL_AVERAGING(AdaGradPresets.dualAveraging().learningRate(0.1).l1(0.001).build()),
    MADGRAD(AdaGradPresets.madGrad().learningRate(0.05).build()),
    STOCHASTIC(StochasticBatch.builder().learningRate(0.1).momentum(0.5).build()),
    STOCHASTIC_NO_RESET(
            StochasticBatch.builder().learningRate(0.1).resetEachEpoch(false).build()),
    ENTROPY(EntropySgd.builder().learningRate(0.1).build()),
    ACCELERATED(AcceleratedSgd.builder().learningRate(1e-3).build()),
    IMPLICIT(new ImplicitSgd(0.5)),
    IMPLICIT_MOMENTUM(ImplicitSgd.builder().rule(new Nesterovs(0.2, 0.5)).build());

    final IUpdater updater;

    Rule(IUpdater updater) {
        this.updater = updater;
    }

    Model network(boolean graph, DataType type) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(7)
                .dataType(type)
                .updater(updater.clone())
                .activation(Activation.TANH)
                .list()
                .layer(new DenseLayer.Builder().nIn(5).nOut(6).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(6)
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        network.init();
        ComputationGraph asGraph = graph ? network.toComputationGraph() : null;
        if (!(updater instanceof ImplicitSgd)) {
            return graph ? asGraph : network;
        }
        ImplicitSgd implicit = (ImplicitSgd) updater;
        return graph
                ? ImplicitBackprop.convert(asGraph, implicit).result()
                : ImplicitBackprop.convert(network, implicit).result();
    }

    /** What each worker's network needs. */
    List<TrainingListener> listeners(Model network) {
        if (updater instanceof StochasticBatch) {
            return List.of(new StochasticBatchListener());
        }
        return AdaGradListener.isNeededBy(network) ? List.of(new AdaGradListener()) : List.of();
    }
}
