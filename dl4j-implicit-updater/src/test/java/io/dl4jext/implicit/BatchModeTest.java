package io.dl4jext.implicit;

import static io.dl4jext.implicit.Networks.assertClose;
import static io.dl4jext.implicit.Networks.gaussian;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * What samples and time steps share, also with {@code miniBatch(false)}: the loss of a batch is then the sum, B times
 * the mean.
 */
class BatchModeTest {

    private static final int IN = 4;
    private static final int UNITS = 5;
    private static final int OUT = 3;
    private static final int SAMPLES = 7;
    private static final int STEPS = 4;
    private static final double ETA = 1.5;
    private static final double MU = 0.3;

    /** Networks whose first layer is looked at; those above have a rate of their own. */
    private enum Kind {
        DENSE {
            @Override
            Layer[] layers() {
                return new Layer[] {dense(), squaredError()};
            }
        },
        OUTPUT {
            @Override
            Layer[] layers() {
                return new Layer[] {
                    new ImplicitOutputLayer.Builder(LossFunction.MSE)
                            .nIn(IN)
                            .nOut(OUT)
                            .activation(Activation.TANH)
                            .build()
                };
            }
        },
        OUTPUT_UNDER_SOFTMAX {
            @Override
            Layer[] layers() {
                return new Layer[] {
                    new ImplicitOutputLayer.Builder(LossFunction.MCXENT)
                            .layerActivation(Activation.RELU)
                            .nIn(IN)
                            .nOut(OUT)
                            .activation(Activation.SOFTMAX)
                            .build()
                };
            }
        },
        RECURRENT {
            @Override
            Layer[] layers() {
                return new Layer[] {
                    new ImplicitSimpleRnn.Builder()
                            .nIn(IN)
                            .nOut(UNITS)
                            .activation(Activation.TANH)
                            .build(),
                    perStep()
                };
            }
        },
        DENSE_OVER_TIME {
            @Override
            Layer[] layers() {
                return new Layer[] {new TimeDistributed(dense(), RNNFormat.NCW), perStep()};
            }
        };

        abstract Layer[] layers();

        DataSet data(DataType type) {
            Random random = Seeds.random("batch mode");
            boolean series = this == RECURRENT || this == DENSE_OVER_TIME;
            INDArray features =
                    series ? gaussian(random, type, SAMPLES, IN, STEPS) : gaussian(random, type, SAMPLES, IN);
            INDArray labels = series
                    ? gaussian(random, type, SAMPLES, OUT, STEPS)
                    : this == OUTPUT_UNDER_SOFTMAX
                            ? Networks.oneHot(random, type, SAMPLES, OUT)
                            : gaussian(random, type, SAMPLES, OUT);
            return new DataSet(features, labels);
        }

        /** What steps by itself. */
        List<DataSet> parts(DataSet data) {
            List<DataSet> parts = new ArrayList<>();
            for (int i = 0; i < SAMPLES; i++) {
                if (this == DENSE_OVER_TIME) {
                    for (int t = 0; t < STEPS; t++) {
                        INDArrayIndex[] step = {at(i), NDArrayIndex.all(), at(t)};
                        parts.add(new DataSet(
                                data.getFeatures().get(step).dup(),
                                data.getLabels().get(step).dup()));
                    }
                } else {
                    parts.add(new DataSet(
                            data.getFeatures().get(at(i)).dup(),
                            data.getLabels().get(at(i)).dup()));
                }
            }
            return parts;
        }

        private static INDArrayIndex at(int index) {
            return NDArrayIndex.interval(index, index + 1);
        }

        private static Layer dense() {
            return new ImplicitDenseLayer.Builder()
                    .nIn(IN)
                    .nOut(UNITS)
                    .activation(Activation.TANH)
                    .build();
        }

        private static Layer squaredError() {
            return new OutputLayer.Builder(LossFunction.MSE)
                    .nIn(UNITS)
                    .nOut(OUT)
                    .activation(Activation.IDENTITY)
                    .updater(new Sgd(0.1))
                    .build();
        }

        private static Layer perStep() {
            return new RnnOutputLayer.Builder(LossFunction.MSE)
                    .nIn(UNITS)
                    .nOut(OUT)
                    .activation(Activation.IDENTITY)
                    .updater(new Sgd(0.1))
                    .dataFormat(RNNFormat.NCW)
                    .build();
        }
    }

    private static ImplicitSgd updater(double rate, double mu, BatchMode mode) {
        return ImplicitSgd.builder().learningRate(rate).mu(mu).batchMode(mode).build();
    }

    private static Model network(Kind kind, ImplicitSgd updater, boolean mean, boolean graph, DataType type) {
        NeuralNetConfiguration.Builder settings = new NeuralNetConfiguration.Builder()
                .seed(12345)
                .dataType(type)
                .updater(updater)
                .miniBatch(mean);
        if (!graph) {
            MultiLayerNetwork network =
                    new MultiLayerNetwork(settings.list(kind.layers()).build());
            network.init();
            return network;
        }
        ComputationGraphConfiguration.GraphBuilder builder =
                settings.graphBuilder().addInputs("in");
        String below = "in";
        for (Layer layer : kind.layers()) {
            String name = "above " + below;
            builder.addLayer(name, layer, below);
            below = name;
        }
        ComputationGraph network =
                new ComputationGraph(builder.setOutputs(below).build());
        network.init();
        return network;
    }

    private static org.deeplearning4j.nn.api.Layer first(Model network) {
        return network instanceof ComputationGraph
                ? ((ComputationGraph) network).getLayer(0)
                : ((MultiLayerNetwork) network).getLayer(0);
    }

    /** The first layer's parameters after one step. */
    private static INDArray stepped(Model network, DataSet data) {
        if (network instanceof ComputationGraph) {
            ((ComputationGraph) network).fit(data);
        } else {
            ((MultiLayerNetwork) network).fit(data);
        }
        return first(network).params().dup();
    }

    static List<Arguments> settings() {
        List<Arguments> all = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            for (boolean graph : new boolean[] {false, true}) {
                all.add(Arguments.of(kind, graph, DataType.DOUBLE));
            }
            all.add(Arguments.of(kind, false, DataType.FLOAT));
        }
        return all;
    }

    /** The sum's step at rate η is the mean of the samples' own steps at rate Bη, with μ/B: bounded, whatever B is. */
    @ParameterizedTest
    @MethodSource("settings")
    void stepIsTheMeanOfTheSamplesSteps(Kind kind, boolean graph, DataType type) {
        DataSet data = kind.data(type);
        List<DataSet> parts = kind.parts(data);
        int b = parts.size();
        ImplicitSgd single = updater(ETA * b, MU / b, BatchMode.PER_SAMPLE);
        INDArray mean = null;
        for (DataSet part : parts) {
            INDArray own =
                    stepped(network(kind, single, true, graph, type), part).div(b);
            mean = mean == null ? own : mean.addi(own);
        }
        Model summed = network(kind, updater(ETA, MU, BatchMode.PER_SAMPLE), false, graph, type);
        assertClose(stepped(summed, data), mean, Tolerance.of(type));
    }

    /** In the authors' form too: Σℓ at rate η is mean ℓ at rate Bη. */
    @ParameterizedTest
    @MethodSource("settings")
    void sumAndMeanAreOneStep(Kind kind, boolean graph, DataType type) {
        if (kind == Kind.DENSE_OVER_TIME) {
            return; // has more rows than the examples by which DL4J divides
        }
        for (BatchMode mode : BatchMode.values()) {
            DataSet data = kind.data(type);
            Model summed = network(kind, updater(ETA, MU, mode), false, graph, type);
            Model averaged = network(kind, updater(ETA * SAMPLES, MU / SAMPLES, mode), true, graph, type);
            assertClose(stepped(summed, data), stepped(averaged, data), Tolerance.of(type));
        }
    }

    /** A batch in parts, whose layers are told between the passes how large it is, has the gradient of the whole. */
    @ParameterizedTest
    @EnumSource(value = Kind.class, names = "DENSE_OVER_TIME", mode = EnumSource.Mode.EXCLUDE)
    void accumulatedPartsMakeUpTheWhole(Kind kind) {
        for (BatchMode mode : BatchMode.values()) {
            for (boolean mean : new boolean[] {false, true}) {
                MultiLayerNetwork network =
                        (MultiLayerNetwork) network(kind, updater(ETA, MU, mode), mean, false, DataType.DOUBLE);
                DataSet data = kind.data(DataType.DOUBLE);
                INDArray whole = Networks.gradient(network, data.getFeatures(), data.getLabels());
                network.setListeners(new BaseTrainingListener() {
                    @Override
                    public void onForwardPass(Model model, List<INDArray> activations) {
                        for (org.deeplearning4j.nn.api.Layer layer : network.getLayers()) {
                            layer.setInputMiniBatchSize(SAMPLES);
                        }
                    }
                });
                INDArray sum = whole.mul(0);
                for (DataSet part : kind.parts(data)) {
                    sum.addi(Networks.gradient(network, part.getFeatures(), part.getLabels()));
                }
                assertClose(sum, whole, Tolerance.DOUBLE);
            }
        }
    }

    /** Who accumulates asks a dense layer whether the size counts. */
    @Test
    void aDenseLayerTellsWhereTheSizeCounts() {
        for (BatchMode mode : BatchMode.values()) {
            for (boolean mean : new boolean[] {false, true}) {
                MultiLayerNetwork network =
                        (MultiLayerNetwork) network(Kind.DENSE, updater(ETA, MU, mode), mean, false, DataType.DOUBLE);
                network.setInput(Kind.DENSE.data(DataType.DOUBLE).getFeatures());
                network.feedForward(true, false);
                network.getLayer(0).setInputMiniBatchSize(100);
                boolean counts = network.getLayer(0).getInputMiniBatchSize() == 100;
                assertThat(counts).isEqualTo(mean == (mode == BatchMode.BATCH_SCALED));
            }
        }
    }

    /** A dense layer cannot know which rows are one sample's: as if each step were a sample, T times as far. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void timeStepsOfADenseLayerAddUp(boolean graph) {
        DataSet data = Kind.DENSE_OVER_TIME.data(DataType.DOUBLE);
        ImplicitSgd updater = new ImplicitSgd(ETA);
        List<DataSet> parts = Kind.DENSE_OVER_TIME.parts(data);
        Model network = network(Kind.DENSE_OVER_TIME, updater, true, graph, DataType.DOUBLE);
        INDArray before = first(network).params().dup();
        INDArray expected = before.dup();
        for (DataSet part : parts) {
            Model single = network(Kind.DENSE_OVER_TIME, updater, true, graph, DataType.DOUBLE);
            expected.addi(stepped(single, part).sub(before).divi(SAMPLES));
        }
        assertClose(stepped(network, data), expected, Tolerance.DOUBLE);
    }

    /** Tiny rates give the ordinary step, under a rule too. */
    @ParameterizedTest
    @MethodSource("settings")
    void tinyRatesGiveTheOrdinaryStep(Kind kind, boolean graph, DataType type) {
        if (type == DataType.FLOAT) {
            return;
        }
        double rate = Tolerance.TINY_RATE;
        DataSet data = kind.data(type);
        ImplicitSgd rule = ImplicitSgd.builder().rule(new Nesterovs(rate, 0.5)).build();
        for (ImplicitSgd updater : new ImplicitSgd[] {new ImplicitSgd(rate), rule}) {
            Model implicit = network(kind, updater, false, graph, type);
            INDArray before = first(implicit).params().dup();
            INDArray step = before.sub(stepped(implicit, data)).divi(rate);
            INDArray sum = null;
            for (DataSet part : kind.parts(data)) {
                Model single = network(kind, updater, false, graph, type);
                INDArray own = before.sub(stepped(single, part)).divi(rate);
                sum = sum == null ? own : sum.addi(own);
            }
            assertClose(step, sum, 1e-4);
        }
    }

    /** 1e-5 is still a number in HALF; a 128th of it is 0. */
    @Test
    void dividedGradientsAreNotLostInHalf() {
        ImplicitSgd updater = ImplicitSgd.builder()
                .learningRate(0.1)
                .batchMode(BatchMode.BATCH_SCALED)
                .build();
        INDArray ones = Nd4j.ones(DataType.HALF, 128, 1);
        for (double gradient : new double[] {1e-6, 1e-5, 1e-4, 1e-2}) {
            INDArray b = ones.mul(gradient);
            INDArray alpha =
                    new RowSteps(new ActivationIdentity()).alpha(updater, b, b.dup(), 128, true, 0, 0, false, ones);
            assertThat(alpha.dataType()).isEqualTo(DataType.HALF);
            assertThat(alpha.getDouble(0) / b.getDouble(0)).as("" + gradient).isBetween(0.98, 1.02);
        }
    }
}
