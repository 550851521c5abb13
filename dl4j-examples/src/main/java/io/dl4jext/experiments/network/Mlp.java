package io.dl4jext.experiments.network;

import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Perceptrons: dense layers of rectified linear units, softmax. */
public final class Mlp {

    private Mlp() {}

    /** The toy problem of Liao et al. (section 4.4): input – 500 – 500 – output. */
    static MultiLayerConfiguration paper1(NeuralNetConfiguration.Builder common, int inputs, int classes) {
        return classifier(common.activation(Activation.RELU), true, inputs, 500, 500, classes);
    }

    /**
     * The network of Yotkov (section 1.2): input – 300 – 100 – 100 – output, no biases. (For MNIST the paper counts
     * 276,200 parameters: 784·300 + 300·100 + 100·100 + 100·10.)
     */
    public static MultiLayerConfiguration yotkov(NeuralNetConfiguration.Builder common, int inputs, int classes) {
        return classifier(common.activation(Activation.RELU), false, inputs, 300, 100, 100, classes);
    }

    private static MultiLayerConfiguration classifier(
            NeuralNetConfiguration.Builder common, boolean biases, int... sizes) {
        return configuration(common, biases, LossFunction.MCXENT, Activation.SOFTMAX, sizes);
    }

    /**
     * Dense layers.
     *
     * @param common its activation is that of the hidden layers
     * @param output activation of the last layer
     * @param sizes from the inputs to the outputs
     */
    public static MultiLayerConfiguration configuration(
            NeuralNetConfiguration.Builder common, boolean biases, LossFunction loss, Activation output, int... sizes) {
        NeuralNetConfiguration.ListBuilder layers = common.list();
        int last = sizes.length - 1;
        for (int i = 1; i < last; i++) {
            layers.layer(new DenseLayer.Builder()
                    .nIn(sizes[i - 1])
                    .nOut(sizes[i])
                    .hasBias(biases)
                    .build());
        }
        return layers.layer(new OutputLayer.Builder(loss)
                        .nIn(sizes[last - 1])
                        .nOut(sizes[last])
                        .hasBias(biases)
                        .activation(output)
                        .build())
                .build();
    }
}
