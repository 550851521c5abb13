package io.dl4jext.experiments.benchmark;

import io.dl4jext.experiments.command.EnumName;
import io.dl4jext.implicit.ImplicitBackprop;
import io.dl4jext.implicit.ImplicitSgd;
import io.dl4jext.implicit.activation.ActivationArcTan;
import java.util.Random;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Plain DL4J networks of paper 4 and the like, which {@link ImplicitBackprop} converts; data is random. */
enum ImplicitWorkload {
    AUTOENCODER("relu autoencoder 784:500:300:100:30:100:300:500:784, batch 100", 1.10) {
        @Override
        MultiLayerConfiguration configuration(NeuralNetConfiguration.Builder common) {
            return feedForward(common, new ActivationReLU(), LossFunction.MSE, Activation.RELU, AUTOENCODER_SIZES);
        }

        @Override
        DataSet batch(long seed) {
            INDArray images = ones(seed, 0.2, BATCH, PIXELS);
            return new DataSet(images, images);
        }
    },
    ARCTAN_MLP("arctan MLP 784:500:500:10, batch 100", 1.25) {
        @Override
        MultiLayerConfiguration configuration(NeuralNetConfiguration.Builder common) {
            return classifier(common, new ActivationArcTan());
        }

        @Override
        DataSet batch(long seed) {
            return images(seed);
        }
    },
    ARCTAN_RNN("arctan RNN 88:300:88, one piece of 60 chords", 1.25) {
        @Override
        MultiLayerConfiguration configuration(NeuralNetConfiguration.Builder common) {
            return common.list()
                    .layer(new SimpleRnn.Builder()
                            .nIn(KEYS)
                            .nOut(300)
                            .activation(new ActivationArcTan())
                            .build())
                    .layer(new RnnOutputLayer.Builder(LossFunction.XENT)
                            .nIn(300)
                            .nOut(KEYS)
                            .activation(Activation.SIGMOID)
                            .build())
                    .build();
        }

        @Override
        DataSet batch(long seed) {
            return new DataSet(ones(seed, 0.05, 1, KEYS, CHORDS), ones(seed + 1, 0.05, 1, KEYS, CHORDS));
        }
    },
    TANH_MLP("tanh MLP 784:500:500:10, batch 100", Double.NaN) {
        @Override
        MultiLayerConfiguration configuration(NeuralNetConfiguration.Builder common) {
            return classifier(common, new ActivationTanH());
        }

        @Override
        DataSet batch(long seed) {
            return images(seed);
        }
    };

    private static final int BATCH = 100;
    private static final int PIXELS = 784;
    private static final int CLASSES = 10;
    private static final int KEYS = 88;
    private static final int CHORDS = 60;
    private static final int[] AUTOENCODER_SIZES = {PIXELS, 500, 300, 100, 30, 100, 300, 500, PIXELS};

    private final String description;
    private final double bar;

    ImplicitWorkload(String description, double bar) {
        this.description = description;
        this.bar = bar;
    }

    abstract MultiLayerConfiguration configuration(NeuralNetConfiguration.Builder common);

    abstract DataSet batch(long seed);

    /** The most that the project allows itself as the ratio to the plain step; NaN where it has said nothing. */
    double bar() {
        return bar;
    }

    /** DL4J's own layers. */
    MultiLayerNetwork plain(IUpdater updater, long seed) {
        return started(configuration(common(updater, seed)));
    }

    /** The converted network. */
    MultiLayerNetwork implicit(ImplicitSgd updater, long seed) {
        return started(ImplicitBackprop.convert(configuration(common(updater, seed)), updater)
                .result());
    }

    private static NeuralNetConfiguration.Builder common(IUpdater updater, long seed) {
        return new NeuralNetConfiguration.Builder()
                .seed(seed)
                .dataType(DataType.FLOAT)
                .weightInit(WeightInit.XAVIER_UNIFORM)
                .updater(updater);
    }

    private static MultiLayerNetwork started(MultiLayerConfiguration configuration) {
        MultiLayerNetwork network = new MultiLayerNetwork(configuration);
        network.init();
        return network;
    }

    private static MultiLayerConfiguration classifier(NeuralNetConfiguration.Builder common, IActivation activation) {
        return feedForward(
                common, activation, LossFunction.MCXENT, Activation.SOFTMAX, new int[] {PIXELS, 500, 500, CLASSES});
    }

    private static MultiLayerConfiguration feedForward(
            NeuralNetConfiguration.Builder common,
            IActivation hidden,
            LossFunction loss,
            Activation output,
            int[] sizes) {
        NeuralNetConfiguration.ListBuilder layers = common.list();
        int last = sizes.length - 1;
        for (int i = 1; i < last; i++) {
            layers.layer(new DenseLayer.Builder()
                    .nIn(sizes[i - 1])
                    .nOut(sizes[i])
                    .activation(hidden)
                    .build());
        }
        return layers.layer(new OutputLayer.Builder(loss)
                        .nIn(sizes[last - 1])
                        .nOut(sizes[last])
                        .activation(output)
                        .build())
                .build();
    }

    private static DataSet images(long seed) {
        INDArray labels = Nd4j.zeros(DataType.FLOAT, BATCH, CLASSES);
        for (int i = 0; i < BATCH; i++) {
            labels.putScalar(i, i % CLASSES, 1);
        }
        return new DataSet(ones(seed, 0.2, BATCH, PIXELS), labels);
    }

    /** Ones with this probability, else zeros. */
    private static INDArray ones(long seed, double probability, int... shape) {
        Random random = new Random(seed);
        int length = 1;
        for (int size : shape) {
            length *= size;
        }
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = random.nextDouble() < probability ? 1 : 0;
        }
        return Nd4j.create(values, shape, 'c');
    }

    String description() {
        return description;
    }

    /** The name as it is typed. */
    @Override
    public String toString() {
        return EnumName.typed(name());
    }
}
