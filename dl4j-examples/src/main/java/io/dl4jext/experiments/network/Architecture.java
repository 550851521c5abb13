package io.dl4jext.experiments.network;

import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.experiments.data.ImageShape;
import io.dl4jext.experiments.data.Layout;
import java.util.Locale;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.IUpdater;

/** The networks by name. */
public enum Architecture {
    /** {@link Mlp}: any data. */
    MLP(Layout.FLAT, 1, (common, input, classes) -> new MultiLayerNetwork(Mlp.paper1(common, input.size(), classes))),
    /** {@link LeNet}: images of at least 16×16. */
    LENET(
            Layout.NCHW,
            LeNet.SMALLEST_IMAGE,
            (common, input, classes) -> new MultiLayerNetwork(LeNet.configuration(common, input, classes))),
    /** {@link ResNet8}: images of at least 8×8. */
    RESNET8(
            Layout.NCHW,
            ResNet8.SMALLEST_IMAGE,
            (common, input, classes) -> new ComputationGraph(ResNet8.configuration(common, input, classes))),
    /** {@link Mlp} of Yotkov: any data. */
    MLP300(
            Layout.FLAT,
            1,
            (common, input, classes) -> new MultiLayerNetwork(Mlp.yotkov(common, input.size(), classes))),
    /** {@link Vgg} of width 8: images of at least 8×8. */
    VGG(
            Layout.NCHW,
            Vgg.SMALLEST_IMAGE,
            (common, input, classes) ->
                    new MultiLayerNetwork(Vgg.configuration(common, input, classes, Vgg.WIDTH / 8, true))),
    /** {@link Vgg} of width 16: images of at least 8×8. */
    VGG_QUARTER(
            Layout.NCHW,
            Vgg.SMALLEST_IMAGE,
            (common, input, classes) ->
                    new MultiLayerNetwork(Vgg.configuration(common, input, classes, Vgg.WIDTH / 4, true)));

    private final Layout layout;
    private final int smallestImage;
    private final Maker maker;

    Architecture(Layout layout, int smallestImage, Maker maker) {
        this.layout = layout;
        this.smallestImage = smallestImage;
        this.maker = maker;
    }

    private interface Maker {
        Model network(NeuralNetConfiguration.Builder common, ImageShape input, int classes);
    }

    /** How the features of a batch must lie for this network. */
    public Layout layout() {
        return layout;
    }

    /** Why this network cannot take such images, or null when it can. */
    public String refusal(ImageShape input) {
        return Math.min(input.height(), input.width()) >= smallestImage
                ? null
                : "expected images of at least " + smallestImage + "x" + smallestImage + " for " + this + ", got "
                        + input.height() + "x" + input.width();
    }

    /**
     * A new network for a data set, in single precision; see {@link #create(ImageShape, int, IUpdater, long,
     * DataType)}.
     */
    public Model create(ImageSet data, IUpdater updater, long seed) {
        return create(data.shape(), data.classes(), updater, seed, DataType.FLOAT);
    }

    /**
     * A new network with its parameters set from the seed.
     *
     * @return a {@link MultiLayerNetwork} or a {@link ComputationGraph}
     * @throws IllegalArgumentException when the images are too small for it
     */
    public Model create(ImageShape input, int classes, IUpdater updater, long seed, DataType dataType) {
        String problem = refusal(input);
        if (problem != null) {
            throw new IllegalArgumentException(problem);
        }
        Model network = maker.network(common(updater, seed, dataType), input, classes);
        network.init();
        return network;
    }

    /** What all of these networks have in common. */
    public static NeuralNetConfiguration.Builder common(IUpdater updater, long seed, DataType dataType) {
        return new NeuralNetConfiguration.Builder()
                .seed(seed)
                .dataType(dataType)
                .updater(updater)
                .weightInit(WeightInit.RELU)
                .activation(Activation.IDENTITY);
    }

    /** The name as it is typed: in lower case, with hyphens. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
