package io.dl4jext.experiments.benchmark;

import io.dl4jext.experiments.command.EnumName;
import io.dl4jext.experiments.network.Mlp;
import io.dl4jext.implicit.ImplicitBackprop;
import io.dl4jext.implicit.ImplicitSgd;
import io.dl4jext.implicit.activation.ActivationArcTan;
import java.util.Random;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Plain DL4J networks of Fagan and Iyengar and the like, which {@link ImplicitBackprop} converts; data is random. */
enum ImplicitWorkload {
    AUTOENCODER(
            "relu autoencoder 784:500:300:100:30:100:300:500:784, batch 100",
            1.10,
            common -> Mlp.configuration(
                    common.activation(Activation.RELU),
                    true,
                    LossFunction.MSE,
                    Activation.RELU,
                    784,
                    500,
                    300,
                    100,
                    30,
                    100,
                    300,
                    500,
                    784),
            seed -> {
                INDArray images = ones(seed, 0.2, 100, 784);
                return new DataSet(images, images);
            }),
    ARCTAN_MLP(
            "arctan MLP 784:500:500:10, batch 100",
            1.25,
            common -> classifier(common, new ActivationArcTan()),
            ImplicitWorkload::images),
    ARCTAN_RNN(
            "arctan RNN 88:300:88, one piece of 60 chords",
            1.25,
            common -> common.list()
                    .layer(new SimpleRnn.Builder()
                            .nIn(88)
                            .nOut(300)
                            .activation(new ActivationArcTan())
                            .build())
                    .layer(new RnnOutputLayer.Builder(LossFunction.XENT)
                            .nIn(300)
                            .nOut(88)
                            .activation(Activation.SIGMOID)
                            .build())
                    .build(),
            seed -> new DataSet(ones(seed, 0.05, 1, 88, 60), ones(seed + 1, 0.05, 1, 88, 60))),
    TANH_MLP(
            "tanh MLP 784:500:500:10, batch 100",
            Double.NaN,
            common -> classifier(common, new ActivationTanH()),
            ImplicitWorkload::images);

    private final String description;
    private final double bar;
    private final Function<NeuralNetConfiguration.Builder, MultiLayerConfiguration> configuration;
    private final LongFunction<DataSet> batch;

    ImplicitWorkload(
            String description,
            double bar,
            Function<NeuralNetConfiguration.Builder, MultiLayerConfiguration> configuration,
            LongFunction<DataSet> batch) {
        this.description = description;
        this.bar = bar;
        this.configuration = configuration;
        this.batch = batch;
    }

    DataSet batch(long seed) {
        return batch.apply(seed);
    }

    /** The most that the project allows itself as the ratio to the plain step; NaN where it has said nothing. */
    double bar() {
        return bar;
    }

    /** DL4J's own layers. */
    MultiLayerNetwork plain(IUpdater updater, long seed) {
        return started(configuration.apply(common(updater, seed)));
    }

    /** The converted network. */
    MultiLayerNetwork implicit(ImplicitSgd updater, long seed) {
        return started(ImplicitBackprop.convert(configuration.apply(common(updater, seed)), updater)
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
        return Mlp.configuration(
                common.activation(activation), true, LossFunction.MCXENT, Activation.SOFTMAX, 784, 500, 500, 10);
    }

    private static DataSet images(long seed) {
        INDArray labels = Nd4j.zeros(DataType.FLOAT, 100, 10);
        for (int i = 0; i < 100; i++) {
            labels.putScalar(i, i % 10, 1);
        }
        return new DataSet(ones(seed, 0.2, 100, 784), labels);
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
