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

/**
 * The network of paper 3 (section 1.2): input – 300 – 100 – 100 – output, rectified linear units, softmax, no biases. (For
 * MNIST the paper counts 276,200 parameters: 784·300 + 300·100 + 100·100 + 100·10.)
 */
public final class SmallMlp {

    private SmallMlp() {}

    public static MultiLayerConfiguration configuration(
            int inputs, int classes, IUpdater updater, long seed, DataType dataType) {
        return new NeuralNetConfiguration.Builder()
                .seed(seed)
                .dataType(dataType)
                .updater(updater)
                .weightInit(WeightInit.RELU)
                .activation(Activation.RELU)
                .list()
                .layer(dense(inputs, 300))
                .layer(dense(300, 100))
                .layer(dense(100, 100))
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(100)
                        .nOut(classes)
                        .hasBias(false)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build();
    }

    private static DenseLayer dense(int inputs, int outputs) {
        return new DenseLayer.Builder().nIn(inputs).nOut(outputs).hasBias(false).build();
    }
}
