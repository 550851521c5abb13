package io.dl4jext.experiments.implicit;

import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.experiments.data.Layout;
import io.dl4jext.implicit.ImplicitDenseLayer;
import io.dl4jext.implicit.ImplicitOutputLayer;
import io.dl4jext.implicit.activation.ActivationArcTan;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Classification of images: twice [convolution 5×5 (10, then 20 channels) with relu – max pooling 2×2], 50 arctan units,
 * dropout of one half, a relu unit for each class, softmax. The convolutions are explicit in every arm.
 */
final class MnistTask implements Task {

    private static final int SMALLEST_IMAGE = 16;
    private static final int HIDDEN = 50;
    private static final double DROPOUT = 0.5;

    private final ImageSet data;
    private final ExampleBatches batches;

    /** @throws IllegalArgumentException when the images are too small for two convolutions and poolings */
    MnistTask(ImageSet data, int batchSize) {
        if (Math.min(data.height(), data.width()) < SMALLEST_IMAGE) {
            throw new IllegalArgumentException("expected images of at least " + SMALLEST_IMAGE + "x" + SMALLEST_IMAGE
                    + ", got " + data.height() + "x" + data.width());
        }
        this.data = data;
        this.batches = new ExampleBatches(data.train(), Layout.NCHW, batchSize, null);
    }

    @Override
    public String name() {
        return data.name();
    }

    @Override
    public String description() {
        return data + "; two convolutions, " + HIDDEN + " arctan, dropout, " + data.classes()
                + " relu, softmax; cross-entropy";
    }

    @Override
    public int steps() {
        return batches.steps();
    }

    @Override
    public Iterable<DataSet> batches(long seed) {
        return batches.shuffled(seed);
    }

    @Override
    public Iterable<DataSet> examples() {
        return batches.inOrder();
    }

    @Override
    public MultiLayerConfiguration network(NeuralNetConfiguration.Builder common) {
        return common.list()
                .layer(convolution(10))
                .layer(maxPooling())
                .layer(convolution(20))
                .layer(maxPooling())
                .layer(new ImplicitDenseLayer.Builder()
                        .nOut(HIDDEN)
                        .activation(new ActivationArcTan())
                        .build())
                .layer(new ImplicitOutputLayer.Builder(LossFunction.MCXENT)
                        .layerActivation(Activation.RELU)
                        .nOut(data.classes())
                        .activation(Activation.SOFTMAX)
                        .dropOut(DROPOUT)
                        .build())
                .setInputType(InputType.convolutional(data.height(), data.width(), data.channels()))
                .build();
    }

    private static ConvolutionLayer convolution(int channels) {
        return new ConvolutionLayer.Builder(5, 5)
                .nOut(channels)
                .activation(Activation.RELU)
                .build();
    }

    private static SubsamplingLayer maxPooling() {
        return new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                .kernelSize(2, 2)
                .stride(2, 2)
                .build();
    }

    @Override
    public OutputLoss loss() {
        return OutputLoss.CROSS_ENTROPY;
    }
}
