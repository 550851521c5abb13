package io.dl4jext.experiments.implicit;

import io.dl4jext.experiments.data.BatchIterator;
import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.experiments.data.ImageShape;
import io.dl4jext.experiments.data.Layout;
import io.dl4jext.experiments.data.PianoRolls;
import io.dl4jext.implicit.ImplicitDenseLayer;
import io.dl4jext.implicit.ImplicitOutputLayer;
import io.dl4jext.implicit.ImplicitSimpleRnn;
import io.dl4jext.implicit.activation.ActivationArcTan;
import java.util.Arrays;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** What Fagan and Iyengar have learnt: training examples, a network (what depends on neither is set by the trial), the loss. */
abstract class Task {

    private static final int LOSS_BATCH = 500;
    private static final int SMALLEST_IMAGE = 16;
    private static final int HIDDEN_ARCTAN = 50;
    private static final int TABLE_LAYERS = 3;
    private static final int RECURRENT = 300;
    private static final int[] AUTOENCODER = {500, 300, 100, 30, 100, 300, 500};

    /** For files and tables. */
    final String name;

    /** Data and network in a line. */
    final String description;

    final OutputLoss loss;

    /** The training batches for a seed; another order each epoch. */
    final LongFunction<BatchIterator> batches;

    /** All training examples once, in any batches. */
    final BatchIterator examples;

    private Task(
            String name,
            String description,
            OutputLoss loss,
            LongFunction<BatchIterator> batches,
            BatchIterator examples) {
        this.name = name;
        this.description = description;
        this.loss = loss;
        this.batches = batches;
        this.examples = examples;
    }

    private Task(
            ImageSet data,
            String description,
            OutputLoss loss,
            Layout layout,
            int batchSize,
            DataSetPreProcessor preProcessor) {
        this(
                data.name(),
                description,
                loss,
                seed -> prepared(BatchIterator.shuffled(data.train(), layout, batchSize, seed), preProcessor),
                prepared(BatchIterator.inOrder(data.train(), layout, LOSS_BATCH), preProcessor));
    }

    private static BatchIterator prepared(BatchIterator batches, DataSetPreProcessor preProcessor) {
        batches.setPreProcessor(preProcessor);
        return batches;
    }

    abstract MultiLayerConfiguration network(NeuralNetConfiguration.Builder common);

    /** How the initial parameters of a new network are drawn. */
    InitialWeights initialWeights() {
        return InitialWeights.XAVIER;
    }

    /**
     * Classification of images: twice [convolution 5×5 (10, then 20 channels) with relu – max pooling 2×2], 50 arctan units,
     * dropout of one half, a relu unit for each class, softmax. The convolutions are explicit in every variant.
     *
     * @throws IllegalArgumentException when the images are too small for two convolutions and poolings
     */
    static Task mnist(ImageSet data, int batchSize) {
        ImageShape images = data.shape();
        if (Math.min(images.height(), images.width()) < SMALLEST_IMAGE) {
            throw new IllegalArgumentException("expected images of at least " + SMALLEST_IMAGE + "x" + SMALLEST_IMAGE
                    + ", got " + images.height() + "x" + images.width());
        }
        String description = data + "; two convolutions, " + HIDDEN_ARCTAN + " arctan, dropout, " + data.classes()
                + " relu, softmax; cross-entropy";
        return new Task(data, description, OutputLoss.CROSS_ENTROPY, Layout.NCHW, batchSize, null) {
            @Override
            MultiLayerConfiguration network(NeuralNetConfiguration.Builder common) {
                return common.list()
                        .layer(convolution(10))
                        .layer(maxPooling())
                        .layer(convolution(20))
                        .layer(maxPooling())
                        .layer(new ImplicitDenseLayer.Builder()
                                .nOut(HIDDEN_ARCTAN)
                                .activation(new ActivationArcTan())
                                .build())
                        .layer(new ImplicitOutputLayer.Builder(LossFunction.MCXENT)
                                .layerActivation(Activation.RELU)
                                .nOut(data.classes())
                                .activation(Activation.SOFTMAX)
                                .dropOut(0.5)
                                .build())
                        .setInputType(images.inputType())
                        .build();
            }
        };
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

    /** Images as labels of themselves: pixels – 500 – 300 – 100 – 30 – 100 – 300 – 500 – pixels, relu units throughout. */
    static Task autoencoder(ImageSet data, int batchSize) {
        int pixels = data.shape().size();
        String sizes = IntStream.concat(
                        IntStream.concat(IntStream.of(pixels), Arrays.stream(AUTOENCODER)), IntStream.of(pixels))
                .mapToObj(Integer::toString)
                .collect(Collectors.joining(":"));
        String description = data + "; autoencoder " + sizes + " of relu units; mean squared error";
        DataSetPreProcessor toItself = batch -> batch.setLabels(batch.getFeatures());
        return new Task(data, description, OutputLoss.SQUARED_ERROR, Layout.FLAT, batchSize, toItself) {
            @Override
            MultiLayerConfiguration network(NeuralNetConfiguration.Builder common) {
                return dense(common, pixels, AUTOENCODER, new ActivationReLU())
                        .layer(new ImplicitOutputLayer.Builder(LossFunction.MSE)
                                .nIn(AUTOENCODER[AUTOENCODER.length - 1])
                                .nOut(pixels)
                                .activation(Activation.RELU) // or DL4J takes softmax
                                .build())
                        .build();
            }
        };
    }

    /** Classification of rows of numbers: three layers with as many arctan units as there are features, then softmax. */
    static Task table(ImageSet data, int batchSize, InitialWeights weights) {
        int features = data.shape().size();
        int[] sizes = new int[TABLE_LAYERS];
        Arrays.fill(sizes, features);
        String description =
                data.name() + ": " + data.train().size() + " training examples, " + features + " features, "
                        + data.classes() + " classes; three arctan layers, softmax; cross-entropy"
                        + (weights == InitialWeights.SMALL ? "; small initial weights" : "");
        return new Task(data, description, OutputLoss.CROSS_ENTROPY, Layout.FLAT, batchSize, null) {
            @Override
            MultiLayerConfiguration network(NeuralNetConfiguration.Builder common) {
                return dense(common, features, sizes, new ActivationArcTan())
                        .layer(new ImplicitOutputLayer.Builder(LossFunction.MCXENT)
                                .nIn(features)
                                .nOut(data.classes())
                                .activation(Activation.SOFTMAX)
                                .build())
                        .build();
            }

            @Override
            InitialWeights initialWeights() {
                return weights;
            }
        };
    }

    private static NeuralNetConfiguration.ListBuilder dense(
            NeuralNetConfiguration.Builder common, int inputs, int[] sizes, IActivation activation) {
        NeuralNetConfiguration.ListBuilder layers = common.list();
        for (int i = 0; i < sizes.length; i++) {
            layers.layer(new ImplicitDenseLayer.Builder()
                    .nIn(i == 0 ? inputs : sizes[i - 1])
                    .nOut(sizes[i])
                    .activation(activation)
                    .build());
        }
        return layers;
    }

    /**
     * Prediction of the next chord: a simple recurrent layer of 300 arctan units and a sigmoid for each key; a batch is one
     * piece. The output layer is a plain one in every variant: a linear layer under a linearised loss takes the explicit step.
     */
    static Task music(PianoRolls data) {
        String description =
                data + "; " + RECURRENT + " recurrent arctan units, sigmoid; negative log likelihood of a chord";
        return new Task(data.name(), description, OutputLoss.CHORDS, data::shuffled, data.inOrder()) {
            @Override
            MultiLayerConfiguration network(NeuralNetConfiguration.Builder common) {
                return common.list()
                        .layer(new ImplicitSimpleRnn.Builder()
                                .nIn(PianoRolls.KEYS)
                                .nOut(RECURRENT)
                                .activation(new ActivationArcTan())
                                .build())
                        .layer(new RnnOutputLayer.Builder(new ChordLikelihood())
                                .nIn(RECURRENT)
                                .nOut(PianoRolls.KEYS)
                                .activation(Activation.SIGMOID)
                                .build())
                        .build();
            }
        };
    }
}
