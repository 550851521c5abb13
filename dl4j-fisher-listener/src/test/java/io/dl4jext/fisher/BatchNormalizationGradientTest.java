package io.dl4jext.fisher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Batch normalisation couples samples, so no loop over samples is a reference. The sums must hold, and each sample's
 * contribution is compared with a forward and backward pass written out in plain loops.
 */
class BatchNormalizationGradientTest extends PerSampleGradientContract {

    private static final int CLASSES = 3;

    @Override
    List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (boolean logStd : new boolean[] {false, true}) {
            // One DOUBLE vector alone: DL4J 1.0.0-M2.1's own backward pass fails.
            cases.add(vectors("dense" + (logStd ? ", log std" : ""), layer -> layer.useLogStd(logStd))
                    .only(setting -> setting.batch > 1 || logStd));
        }
        cases.add(vectors("decay 0.5, eps 0.01", layer -> layer.decay(0.5).eps(0.01)));
        cases.add(vectors(
                "locked gamma and beta",
                layer -> layer.lockGammaBeta(true).gamma(0.7).beta(0.2)));
        cases.add(vectors("column dropout", layer -> layer.dropOut(new ColumnDropout())));
        for (CNN2DFormat format : CNN2DFormat.values()) {
            cases.add(images(
                    "images " + format,
                    format,
                    list -> list.layer(convolution()).layer(norm().build())));
            cases.add(images(
                    "images, two norms, activations " + format,
                    format,
                    list -> list.layer(convolution())
                            .layer(norm().build())
                            .layer(new ActivationLayer(Activation.ELU))
                            .layer(convolution())
                            .layer(norm().decay(0.8).build())
                            .layer(new ActivationLayer(Activation.TANH))));
        }
        // Not for NHWC, where DL4J's own backward pass fails.
        cases.add(images(
                "images, locked",
                CNN2DFormat.NCHW,
                list -> list.layer(convolution())
                        .layer(norm().lockGammaBeta(true).build())));
        cases.add(images(
                "frozen below",
                CNN2DFormat.NCHW,
                list -> list.layer(new FrozenLayer(convolution()))
                        .layer(new FrozenLayer(norm().build()))
                        .layer(convolution())
                        .layer(norm().build())));
        cases.add(images(
                "first layer",
                CNN2DFormat.NCHW,
                list -> list.layer(norm().build()).layer(convolution())));
        cases.replaceAll(Case::inseparable);
        return cases;
    }

    private static BatchNormalization.Builder norm() {
        return new BatchNormalization.Builder();
    }

    private static ConvolutionLayer convolution() {
        return new ConvolutionLayer.Builder(2, 3)
                .nOut(3)
                .hasBias(false)
                .convolutionMode(ConvolutionMode.Same)
                .activation(Activation.IDENTITY)
                .build();
    }

    private static OutputLayer output() {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private static Case vectors(String name, UnaryOperator<BatchNormalization.Builder> kind) {
        return Case.layers(
                name,
                list -> list.layer(new DenseLayer.Builder()
                                .nOut(5)
                                .activation(Activation.TANH)
                                .build())
                        .layer(kind.apply(norm()).build())
                        .layer(output())
                        .setInputType(InputType.feedForward(4)),
                setting -> {
                    Draw draw = setting.draw();
                    return Draw.data(draw.normal(setting.batch, 4), draw.oneHot(setting.batch, CLASSES));
                });
    }

    private static Case images(String name, CNN2DFormat format, Consumer<ListBuilder> layers) {
        return Case.layers(
                name,
                list -> {
                    layers.accept(list);
                    list.layer(output()).setInputType(InputType.convolutional(4, 3, 2, format));
                },
                setting -> {
                    Draw draw = setting.draw();
                    return Draw.data(
                            format == CNN2DFormat.NCHW
                                    ? draw.normal(setting.batch, 2, 4, 3)
                                    : draw.normal(setting.batch, 4, 3, 2),
                            draw.oneHot(setting.batch, CLASSES));
                });
    }

    static List<Setting> contributionSettings() {
        return Setting.grid();
    }

    /**
     * Batch normalisation of the features, then identity output with half squared error: F̃ = gamma, beta and output
     * shares, all from plain loops over double arrays.
     */
    @ParameterizedTest
    @MethodSource("contributionSettings")
    void everySamplesContributionIsThatOfLoopsWrittenOut(Setting setting) {
        int samples = setting.batch;
        int channels = 3;
        int outputs = 2;
        double eps = 1e-3;
        MultiLayerNetwork network = new MultiLayerNetwork(Case.base(setting)
                .list()
                .layer(norm().eps(eps).nIn(channels).nOut(channels).build())
                .layer(new OutputLayer.Builder(LossFunction.MSE)
                        .nIn(channels)
                        .nOut(outputs)
                        .activation(Activation.IDENTITY)
                        .build())
                .build());
        network.init();
        Random random = new Random(setting.seed);
        double[][] x = numbers(random, samples, channels);
        double[][] target = numbers(random, samples, outputs);
        double[][] weights = numbers(random, channels, outputs);
        double[] gamma = numbers(random, 1, channels)[0];
        double[] beta = numbers(random, 1, channels)[0];
        network.getLayer(0).getParam("gamma").assign(array(setting, new double[][] {gamma}));
        network.getLayer(0).getParam("beta").assign(array(setting, new double[][] {beta}));
        network.getLayer(1).getParam("W").assign(array(setting, weights));

        double[][] rows = new double[samples][2 * channels + channels * outputs + outputs];
        double[][] normalized = new double[samples][channels];
        for (int c = 0; c < channels; c++) {
            double mean = 0;
            for (double[] row : x) {
                mean += row[c] / samples;
            }
            double variance = 0;
            for (double[] row : x) {
                variance += (row[c] - mean) * (row[c] - mean) / samples;
            }
            for (int i = 0; i < samples; i++) {
                normalized[i][c] = (x[i][c] - mean) / Math.sqrt(variance + eps);
            }
        }
        for (int i = 0; i < samples; i++) {
            double[] y = new double[channels];
            for (int c = 0; c < channels; c++) {
                y[c] = gamma[c] * normalized[i][c] + beta[c];
            }
            for (int o = 0; o < outputs; o++) {
                double prediction = 0;
                for (int c = 0; c < channels; c++) {
                    prediction += y[c] * weights[c][o];
                }
                // DL4J's MSE divides by the number of outputs.
                double delta = 2 * (prediction - target[i][o]) / outputs;
                for (int c = 0; c < channels; c++) {
                    rows[i][c] += delta * weights[c][o] * normalized[i][c];
                    rows[i][channels + c] += delta * weights[c][o];
                    rows[i][2 * channels + c * outputs + o] = delta * y[c];
                }
                rows[i][2 * channels + channels * outputs + o] = delta;
            }
        }
        INDArray expected = SampleLoop.gram(Nd4j.create(rows).transpose());
        MultiDataSet data = Draw.data(array(setting, x), array(setting, target));
        assertClose(FisherProbe.measure(network, data).gramMatrix(), expected, setting, "probe");
        assertClose(WatchedStep.of(network, data).measurements.get(0).gramMatrix(), expected, setting, "listener");
    }

    @ParameterizedTest
    @MethodSource("contributionSettings")
    void imagesShareTheirChannelsStatistics(Setting setting) {
        int samples = setting.batch;
        int channels = 2;
        int size = 3;
        MultiLayerNetwork network = new MultiLayerNetwork(Case.base(setting)
                .list()
                .layer(norm().build())
                .layer(new OutputLayer.Builder(LossFunction.MSE)
                        .nOut(1)
                        .activation(Activation.IDENTITY)
                        .build())
                .setInputType(InputType.convolutional(size, size, channels))
                .build());
        network.init();
        Random random = new Random(setting.seed);
        int positions = size * size;
        double[][] x = numbers(random, samples, channels * positions);
        double[][] target = numbers(random, samples, 1);
        double[][] weights = numbers(random, channels * positions, 1);
        network.getLayer(1).getParam("W").assign(array(setting, weights));
        double[][] rows = new double[samples][2 * channels + channels * positions + 1];
        double[][] normalized = new double[samples][channels * positions];
        for (int c = 0; c < channels; c++) {
            double mean = 0;
            double variance = 0;
            for (double[] row : x) {
                for (int p = 0; p < positions; p++) {
                    mean += row[c * positions + p] / samples / positions;
                }
            }
            for (double[] row : x) {
                for (int p = 0; p < positions; p++) {
                    variance += Math.pow(row[c * positions + p] - mean, 2) / samples / positions;
                }
            }
            for (int i = 0; i < samples; i++) {
                for (int p = 0; p < positions; p++) {
                    int j = c * positions + p;
                    normalized[i][j] = (x[i][j] - mean) / Math.sqrt(variance + 1e-5);
                }
            }
        }
        for (int i = 0; i < samples; i++) {
            double prediction = 0;
            for (int j = 0; j < channels * positions; j++) {
                prediction += normalized[i][j] * weights[j][0];
            }
            double delta = 2 * (prediction - target[i][0]);
            for (int j = 0; j < channels * positions; j++) {
                rows[i][j / positions] += delta * weights[j][0] * normalized[i][j];
                rows[i][channels + j / positions] += delta * weights[j][0];
                rows[i][2 * channels + j] = delta * normalized[i][j];
            }
            rows[i][2 * channels + channels * positions] = delta;
        }
        INDArray expected = SampleLoop.gram(Nd4j.create(rows).transpose());
        MultiDataSet data = Draw.data(array(setting, x).reshape(samples, channels, size, size), array(setting, target));
        assertClose(FisherProbe.measure(network, data).gramMatrix(), expected, setting, "probe");
        assertThat(expected.sumNumber().doubleValue()).isPositive();
    }

    private static double[][] numbers(Random random, int rows, int columns) {
        double[][] numbers = new double[rows][columns];
        for (double[] row : numbers) {
            for (int c = 0; c < columns; c++) {
                // Through float, so that FLOAT networks are given the very same numbers.
                row[c] = (float) random.nextGaussian();
            }
        }
        return numbers;
    }

    private static INDArray array(Setting setting, double[][] rows) {
        return Nd4j.create(rows).castTo(setting.type == DataType.DOUBLE ? DataType.DOUBLE : DataType.FLOAT);
    }
}
