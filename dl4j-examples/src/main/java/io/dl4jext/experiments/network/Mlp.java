package io.dl4jext.experiments.network;

import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The toy problem of paper 1 (section 4.4): input – 500 – 500 – output, rectified linear units, softmax. */
public final class Mlp {

    private static final int HIDDEN = 500;

    private Mlp() {}

    public static MultiLayerConfiguration configuration(
            int inputs, int classes, IUpdater updater, long seed, DataType dataType) {
        return new NeuralNetConfiguration.Builder()
                .seed(seed)
                .dataType(dataType)
                .updater(updater)
                .weightInit(WeightInit.RELU)
                .activation(Activation.RELU)
                .list()
                .layer(new DenseLayer.Builder().nIn(inputs).nOut(HIDDEN).build())
                .layer(new DenseLayer.Builder().nIn(HIDDEN).nOut(HIDDEN).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(HIDDEN)
                        .nOut(classes)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build();
    }
}
