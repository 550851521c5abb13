package io.dl4jext.experiments.optimisers;

import io.dl4jext.experiments.command.EnumName;
import io.dl4jext.experiments.data.BatchIterator;
import io.dl4jext.experiments.data.Examples;
import io.dl4jext.experiments.data.ImageShape;
import io.dl4jext.experiments.data.Layout;
import io.dl4jext.experiments.network.Architecture;
import io.dl4jext.experiments.network.Vgg;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.distribution.NormalDistribution;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.nn.weights.WeightInitDistribution;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.dataset.api.preprocessor.NormalizerStandardize;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Daza's networks, each with its updater. */
enum CifarModel {
    /** Section 1.2: 100 hidden units, small normal weights, SGD. */
    MLP,
    /**
     * Section 2: the same with PyTorch's weights, uniform within 1/√inputs (which the paper calls He initialisation).
     */
    MLP_PYTORCH,
    /**
     * Section 2: 600 and 400 hidden units, dropout behind the second layer, weight decay, Adam; the best of Table 1.
     */
    DEEP_MLP,
    /** Section 4, with batch normalisation. */
    VGG,
    /** Section 4, without. */
    VGG_PLAIN;

    private static final double SGD_RATE = 1e-3;
    private static final double ADAM_RATE = 1e-4;
    private static final double SMALL_DEVIATION = 1e-4;
    private static final double WEIGHT_DECAY = 0.1;
    private static final double DROPPED = 0.1;
    private static final int FIT_BATCH = 200;

    boolean isVgg() {
        return this == VGG || this == VGG_PLAIN;
    }

    /**
     * What is done to the pixels, on which the paper is silent. The perceptrons take them from 0 to 255 less the mean
     * image: with numbers around 1 the first of them does not learn at all at the paper's rate and weights. The VGGs
     * take them standardised by channel.
     */
    DataSetPreProcessor preProcessor(Examples training) {
        if (!isVgg()) {
            return new CentredPixels(training);
        }
        NormalizerStandardize standard = new NormalizerStandardize();
        standard.fit(BatchIterator.inOrder(training, Layout.NCHW, FIT_BATCH));
        return standard;
    }

    /** How long a step takes with a VGG of this width, in those of an MLP. */
    long cost(int width) {
        return isVgg() ? 1 + 40L * width * width / (Vgg.WIDTH * Vgg.WIDTH) : 1;
    }

    /**
     * The network.
     *
     * @param width channels of the VGG's first convolution
     */
    MultiLayerConfiguration configuration(ImageShape input, int classes, int width, long seed) {
        switch (this) {
            case MLP:
                return mlp(
                        input,
                        classes,
                        common(seed)
                                .weightInit(new WeightInitDistribution(new NormalDistribution(0, SMALL_DEVIATION))));
            case MLP_PYTORCH:
                return mlp(input, classes, common(seed));
            case DEEP_MLP:
                return deep(input, classes, common(seed));
            case VGG:
            case VGG_PLAIN:
                return Vgg.configuration(
                        Architecture.common(new Adam(ADAM_RATE), seed, DataType.FLOAT),
                        input,
                        classes,
                        width,
                        this == VGG);
            default:
                throw new AssertionError(this);
        }
    }

    private static NeuralNetConfiguration.Builder common(long seed) {
        return new NeuralNetConfiguration.Builder()
                .seed(seed)
                .dataType(DataType.FLOAT)
                .weightInit(WeightInit.UNIFORM)
                .activation(Activation.RELU);
    }

    private static MultiLayerConfiguration mlp(ImageShape input, int classes, NeuralNetConfiguration.Builder common) {
        return common.updater(new Sgd(SGD_RATE))
                .list()
                .layer(new DenseLayer.Builder().nOut(100).build())
                .layer(softmax(classes).build())
                .setInputType(input.inputType())
                .build();
    }

    /** PyTorch's Adam adds weight decay to the gradient, biases included: DL4J's l2. */
    private static MultiLayerConfiguration deep(ImageShape input, int classes, NeuralNetConfiguration.Builder common) {
        return common.updater(new Adam(ADAM_RATE))
                .l2(WEIGHT_DECAY)
                .l2Bias(WEIGHT_DECAY)
                .list()
                .layer(new DenseLayer.Builder().nOut(600).build())
                .layer(new DenseLayer.Builder().nOut(400).build())
                .layer(softmax(classes).dropOut(1 - DROPPED).build()) // DL4J: of its input, and what is kept
                .setInputType(input.inputType())
                .build();
    }

    private static OutputLayer.Builder softmax(int classes) {
        return new OutputLayer.Builder(LossFunction.MCXENT).nOut(classes).activation(Activation.SOFTMAX);
    }

    /** The name as it is typed. */
    @Override
    public String toString() {
        return EnumName.typed(name());
    }
}
