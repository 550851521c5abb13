package io.dl4jext.experiments.benchmark;

import io.dl4jext.experiments.doctor.StepTimes;
import io.dl4jext.stochastic.StochasticBatch;
import io.dl4jext.stochastic.StochasticBatchListener;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The updater of a network of one layer, with the same gradient again and again. No step is taken. */
final class TimedUpdater implements Turns.Contender {

    private static final int OUTPUTS = 1000;
    private static final int BATCH = 128;

    private final MultiLayerNetwork network;
    private final INDArray values;
    private final StepTimes times = new StepTimes();
    private int iteration;

    TimedUpdater(IUpdater updater, int parameters) {
        network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(updater)
                .list()
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(Math.max(1, parameters / OUTPUTS - 1))
                        .nOut(OUTPUTS)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        network.init();
        if (updater instanceof StochasticBatch) {
            StochasticBatchListener.attach(network);
        }
        network.setInput(Nd4j.rand(DataType.FLOAT, 2, network.getParam("0_W").size(0)));
        network.setLabels(Nd4j.rand(DataType.FLOAT, 2, OUTPUTS));
        network.computeGradientAndScore();
        values = Nd4j.randn(network.getFlattenedGradients().dataType(), network.numParams());
    }

    long parameters() {
        return network.numParams();
    }

    @Override
    public void run(int steps, boolean warmUp) {
        StepTimes kept = warmUp ? new StepTimes() : times;
        INDArray gradient = network.getFlattenedGradients();
        for (int i = 0; i < steps; i++) {
            gradient.assign(values.reshape(gradient.shape()));
            kept.time(() -> network.getUpdater()
                    .update(network, network.gradient(), iteration, 0, BATCH, LayerWorkspaceMgr.noWorkspaces()));
            iteration++;
        }
    }

    /** The median time in milliseconds. */
    double typical() {
        return times.median();
    }
}
