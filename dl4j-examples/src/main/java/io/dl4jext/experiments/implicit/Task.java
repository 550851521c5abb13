package io.dl4jext.experiments.implicit;

import io.dl4jext.experiments.data.BatchIterator;
import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.experiments.data.ImageShape;
import io.dl4jext.experiments.data.Layout;
import io.dl4jext.experiments.data.PianoRolls;
import io.dl4jext.experiments.engine.Evaluator;
import io.dl4jext.experiments.engine.Score;
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
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * What Fagan and Iyengar have learnt: training examples, a network (what depends on neither is set by the trial), the
 * loss.
 */
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

    /** Tells the accuracy on the test examples; null where nothing is classified. */
    private final Evaluator test;

    private Task(
            String name,
            String description,
            OutputLoss loss,
            LongFunction<BatchIterator> batches,
            BatchIterator examples,
            Evaluator test) {
        this.name = name;
        this.description = description;
        this.loss = loss;
        this.batches = batches;
        this.examples = examples;
        this.test = test;
    }

    /** Classification by the cross-entropy. */
    private Task(ImageSet data, String description, Layout layout, int batchSize) {
        this(
                data.name(),
                description,
                OutputLoss.CROSS_ENTROPY,
                seed -> BatchIterator.shuffled(data.train(), layout, batchSize, seed),
                BatchIterator.inOrder(data.train(), layout, LOSS_BATCH),
                new Evaluator(data.test(), layout));
    }

    /** Reconstruction: images as labels of themselves. */
    private Task(ImageSet data, String description, OutputLoss loss, int batchSize) {
        this(
                data.name(),
                description,
                loss,
                seed -> toThemselves(BatchIterator.shuffled(data.train(), Layout.FLAT, batchSize, seed)),
                toThemselves(BatchIterator.inOrder(data.train(), Layout.FLAT, LOSS_BATCH)),
                null);
    }

    private static BatchIterator toThemselves(BatchIterator batches) {
        batches.setPreProcessor(batch -> batch.setLabels(batch.getFeatures()));
        return batches;
    }

    /** Whether the task has test examples and classes. */
    boolean isClassification() {
        return test != null;
    }

    /** The mean training loss and, of a classifier, the accuracy on the test examples. */
    Score score(MultiLayerNetwork network) {
        return new Score(loss.mean(this, network), test == null ? Double.NaN : test.apply(network).accuracy);
    }

    abstract MultiLayerConfiguration network(NeuralNetConfiguration.Builder common);

    /** How the initial parameters of a new network are drawn. */
    InitialWeights initialWeights() {
        return InitialWeights.XAVIER;
    }

    /** What the default learning rates are to be multiplied by. */
    double rateUnit() {
        return 1;
    }

    /**
     * Classification of images: twice [convolution 5×5 (10, then 20 channels) with relu – max pooling 2×2], 50 arctan
     * units, dropout of one half, a relu unit for each class, softmax. The convolutions are explicit in every variant.
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
        return new Task(data, description, Layout.NCHW, batchSize) {
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

    /**
     * Images as labels of themselves: pixels – 500 – 300 – 100 – 30 – 100 – 300 – 500 – pixels, relu units throughout.
     */
    static Task autoencoder(ImageSet data, int batchSize, PixelLoss error) {
        int pixels = data.shape().size();
        String sizes = IntStream.concat(
                        IntStream.concat(IntStream.of(pixels), Arrays.stream(AUTOENCODER)), IntStream.of(pixels))
                .mapToObj(Integer::toString)
                .collect(Collectors.joining(":"));
        String description = data + "; autoencoder " + sizes + " of relu units; " + error.words();
        return new Task(data, description, error.reported, batchSize) {
            @Override
            MultiLayerConfiguration network(NeuralNetConfiguration.Builder common) {
                return dense(common, pixels, AUTOENCODER, new ActivationReLU())
                        .layer(new ImplicitOutputLayer.Builder(error.trained)
                                .nIn(AUTOENCODER[AUTOENCODER.length - 1])
                                .nOut(pixels)
                                .activation(Activation.RELU) // or DL4J takes softmax
                                .build())
                        .build();
            }

            @Override
            double rateUnit() {
                return error.rateUnit(pixels);
            }
        };
    }

    /**
     * Classification of rows of numbers: three layers with as many arctan units as there are features, then softmax.
     */
    static Task table(ImageSet data, int batchSize, InitialWeights weights) {
        int features = data.shape().size();
        int[] sizes = new int[TABLE_LAYERS];
        Arrays.fill(sizes, features);
        String description =
                data.name() + ": " + data.train().size() + " training examples, " + features + " features, "
                        + data.classes() + " classes; three arctan layers, softmax; cross-entropy"
                        + (weights == InitialWeights.SMALL ? "; small initial weights" : "");
        return new Task(data, description, Layout.FLAT, batchSize) {
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
     * Prediction of the next chord: a simple recurrent layer of 300 arctan units and a sigmoid for each key; a batch is
     * one piece. The output layer is a plain one in every variant: a linear layer under a linearised loss takes the
     * explicit step.
     */
    static Task music(PianoRolls data) {
        String description =
                data + "; " + RECURRENT + " recurrent arctan units, sigmoid; negative log likelihood of a chord";
        return new Task(data.name(), description, OutputLoss.CHORDS, data::shuffled, data.inOrder(), null) {
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
