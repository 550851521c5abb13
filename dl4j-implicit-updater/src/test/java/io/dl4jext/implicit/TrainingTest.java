package io.dl4jext.implicit;

import static io.dl4jext.implicit.Networks.assertClose;
import static io.dl4jext.implicit.Networks.assertSame;
import static io.dl4jext.implicit.Networks.gaussian;
import static io.dl4jext.implicit.Networks.network;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dl4jext.implicit.activation.ActivationArcTan;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** Implicit layers together, through whole training steps of DL4J. */
class TrainingTest {

    private static final int IN = 4;
    private static final int OUT = 3;

    private static List<Layer> layers() {
        List<Layer> layers = new ArrayList<>();
        layers.add(new ImplicitDenseLayer.Builder()
                .name("a")
                .nIn(IN)
                .nOut(6)
                .activation(new ActivationArcTan())
                .build());
        layers.add(new ImplicitDenseLayer.Builder()
                .name("b")
                .nIn(6)
                .nOut(5)
                .activation(Activation.RELU)
                .dropOut(0.8)
                .build());
        layers.add(new ImplicitOutputLayer.Builder(LossFunction.MCXENT)
                .layerActivation(Activation.RELU)
                .name("c")
                .nIn(5)
                .nOut(OUT)
                .activation(Activation.SOFTMAX)
                .build());
        return layers;
    }

    private static ImplicitSgd updater() {
        return ImplicitSgd.builder()
                .learningRateSchedule(new ExponentialSchedule(ScheduleType.ITERATION, 1, 0.9))
                .mu(1e-2)
                .build();
    }

    private static DataSet data(DataType type) {
        Random random = Seeds.random("training");
        return new DataSet(gaussian(random, type, 8, IN), Networks.oneHot(random, type, 8, OUT));
    }

    private static ComputationGraph graph(IUpdater updater, DataType type, WorkspaceMode mode, List<Layer> layers) {
        ComputationGraphConfiguration.GraphBuilder builder = new NeuralNetConfiguration.Builder()
                .seed(12345)
                .dataType(type)
                .updater(updater)
                .trainingWorkspaceMode(mode)
                .inferenceWorkspaceMode(mode)
                .graphBuilder()
                .addInputs("in");
        String below = "in";
        for (Layer layer : layers) {
            builder.addLayer(layer.getLayerName(), layer, below);
            below = layer.getLayerName();
        }
        ComputationGraph graph = new ComputationGraph(builder.setOutputs(below).build());
        graph.init();
        return graph;
    }

    private static INDArray trained(MultiLayerNetwork network, DataSet data, int steps) {
        Nd4j.getRandom().setSeed(5);
        for (int step = 0; step < steps; step++) {
            network.fit(data);
        }
        return network.params();
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void bothContainersAndBothWorkspaceModesAgree(DataType type) {
        DataSet data = data(type);
        INDArray expected =
                trained(network(updater(), type, WorkspaceMode.NONE, layers().toArray(new Layer[0])), data, 5);
        assertThat(expected.sumNumber().doubleValue()).isFinite();
        assertSame(
                trained(network(updater(), type, WorkspaceMode.ENABLED, layers().toArray(new Layer[0])), data, 5),
                expected);
        for (WorkspaceMode mode : new WorkspaceMode[] {WorkspaceMode.NONE, WorkspaceMode.ENABLED}) {
            ComputationGraph graph = graph(updater(), type, mode, layers());
            Nd4j.getRandom().setSeed(5);
            for (int step = 0; step < 5; step++) {
                graph.fit(data);
            }
            assertSame(graph.params(), expected);
        }
    }

    @Test
    void savedLoadedAndContinuedIsTheSameTraining() throws Exception {
        DataSet data = data(DataType.FLOAT);
        MultiLayerNetwork network = network(updater(), DataType.FLOAT, layers().toArray(new Layer[0]));
        trained(network, data, 3);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        ModelSerializer.writeModel(network, file, true);
        MultiLayerNetwork loaded =
                ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(file.toByteArray()), true);
        assertThat(loaded.getLayerWiseConfigurations()).isEqualTo(network.getLayerWiseConfigurations());
        INDArray before = network.params().dup();
        assertSame(trained(loaded, data, 3), trained(network, data, 3));
        assertThat(before.equals(network.params())).isFalse();

        ComputationGraph graph = graph(updater(), DataType.FLOAT, WorkspaceMode.ENABLED, layers());
        graph.fit(data);
        file = new ByteArrayOutputStream();
        ModelSerializer.writeModel(graph, file, true);
        ComputationGraph loadedGraph =
                ModelSerializer.restoreComputationGraph(new ByteArrayInputStream(file.toByteArray()), true);
        Nd4j.getRandom().setSeed(5);
        graph.fit(data);
        Nd4j.getRandom().setSeed(5);
        loadedGraph.fit(data);
        assertSame(loadedGraph.params(), graph.params());
    }

    /** The rule on top gets the implied gradient: compared with DL4J's own updater on that gradient. */
    @Test
    void rulesOnTopGetTheImpliedGradient() throws Exception {
        DataSet data = data(DataType.DOUBLE);
        for (IUpdater rule : new IUpdater[] {new Adam(0.3), new Nesterovs(0.3, 0.9), new Sgd(0.3)}) {
            IUpdater wrapped = ImplicitSgd.builder().rule(rule).build();
            MultiLayerNetwork network = network(wrapped, DataType.DOUBLE, layers().toArray(new Layer[0]));
            MultiLayerNetwork plain = network(new ImplicitSgd(0.3), DataType.DOUBLE, layers().toArray(new Layer[0]));
            MultiLayerNetwork reference = network(rule, DataType.DOUBLE, layers().toArray(new Layer[0]));
            reference.initGradientsView();
            INDArray update = reference.getFlattenedGradients();
            for (int step = 0; step < 3; step++) {
                plain.setParams(network.params());
                Nd4j.getRandom().setSeed(11 + step);
                update.assign(Networks.gradient(plain, data.getFeatures(), data.getLabels())
                        .reshape(update.shape()));
                reference
                        .getUpdater()
                        .update(null, new DefaultGradient(update), step, 0, 8, LayerWorkspaceMgr.noWorkspaces());
                INDArray expected =
                        network.params().sub(update.reshape(network.params().shape()));
                Nd4j.getRandom().setSeed(11 + step);
                network.fit(data);
                assertClose(network.params(), expected, Tolerance.DOUBLE);
            }
            ByteArrayOutputStream file = new ByteArrayOutputStream();
            ModelSerializer.writeModel(network, file, true);
            MultiLayerNetwork loaded =
                    ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(file.toByteArray()), true);
            assertSame(trained(loaded, data, 3), trained(network, data, 3));
        }
    }

    @Test
    void newLearningRateReachesTheLayers() {
        DataSet data = data(DataType.DOUBLE);
        Layer[] layers = layers().toArray(new Layer[0]);
        MultiLayerNetwork expected = network(new ImplicitSgd(0.25), DataType.DOUBLE, layers);
        MultiLayerNetwork actual = network(new ImplicitSgd(3), DataType.DOUBLE, layers().toArray(new Layer[0]));
        actual.setLearningRate(0.25);
        assertSame(trained(actual, data, 2), trained(expected, data, 2));
    }

    private static NeuralNetConfiguration.Builder withOneForTheBias(ImplicitSgd updater) {
        return new NeuralNetConfiguration.Builder()
                .seed(12345)
                .dataType(DataType.DOUBLE)
                .updater(updater)
                .biasUpdater(updater.clone());
    }

    /** DL4J's setLearningRate changes the updater, not the bias's. */
    @Test
    void oneUpdaterForTheBiasTooTakesANewLearningRate() throws Exception {
        DataSet data = data(DataType.DOUBLE);
        MultiLayerNetwork expected = network(new ImplicitSgd(0.25), DataType.DOUBLE, layers().toArray(new Layer[0]));
        MultiLayerNetwork network = new MultiLayerNetwork(withOneForTheBias(new ImplicitSgd(3))
                .list(layers().toArray(new Layer[0]))
                .build());
        network.init();
        ComputationGraph graph = network.toComputationGraph();
        network.setLearningRate(0.25);
        graph.setLearningRate(0.25);
        MultiLayerNetwork copy = network.clone();
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        ModelSerializer.writeModel(network, file, true);
        MultiLayerNetwork loaded =
                ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(file.toByteArray()), true);
        trained(expected, data, 2);
        for (MultiLayerNetwork same : List.of(network, copy, loaded)) {
            assertSame(trained(same, data, 2), expected.params());
        }
        ComputationGraph copiedGraph = graph.clone();
        for (ComputationGraph same : List.of(graph, copiedGraph)) {
            Nd4j.getRandom().setSeed(5);
            same.fit(data);
            same.fit(data);
            assertSame(same.params(), expected.params());
        }
    }

    /** As 0.1.0 wrote it after setLearningRate. */
    @Test
    void aFormerRateForTheBiasIsRead() {
        ImplicitSgd adam = ImplicitSgd.builder().rule(new Adam(0.5)).mu(0.1).build();
        for (ImplicitSgd updater : List.of(new ImplicitSgd(0.5), updater(), adam)) {
            for (Layer layer : List.of(
                    layers().get(0),
                    layers().get(2),
                    new ImplicitSimpleRnn.Builder().nIn(2).nOut(3).build())) {
                MultiLayerConfiguration configuration =
                        withOneForTheBias(updater).list(layer).build();
                assertThat(MultiLayerConfiguration.fromJson(configuration.toJson()))
                        .isEqualTo(configuration);
                ((BaseLayer) configuration.getConf(0).getLayer()).getIUpdater().setLrAndSchedule(0.25, null);
                BaseLayer read = (BaseLayer) MultiLayerConfiguration.fromJson(configuration.toJson())
                        .getConf(0)
                        .getLayer();
                assertThat(read.getIUpdater().getLearningRate(7, 0)).isEqualTo(0.25);
                assertThat(read.getUpdaterByParam("b").getLearningRate(7, 0)).isEqualTo(0.25);
                assertThat(read.getBiasUpdater()).isNull();
            }
        }
        NeuralNetConfiguration.Builder another = withOneForTheBias(new ImplicitSgd(0.5))
                .biasUpdater(ImplicitSgd.builder().learningRate(0.25).mu(0.1).build());
        String json = another.list(layers().get(0)).build().toJson();
        assertThatThrownBy(() -> MultiLayerConfiguration.fromJson(json))
                .hasStackTraceContaining("weights and bias share one implicit step");
        MultiLayerNetwork network = new MultiLayerNetwork(withOneForTheBias(new ImplicitSgd(0.5))
                .biasUpdater(new ImplicitSgd(0.25))
                .list(layers().get(0))
                .build());
        assertThatThrownBy(network::init).hasMessageContaining("weights and bias share one implicit step");
    }

    /** μ/2·‖θ‖² alone, the paper's figure 1: θ(1 − ημ) against θ/(1 + ημ). */
    @Test
    void quadraticDivergesExplicitlyAndNotImplicitly() {
        DataSet noData = new DataSet(Nd4j.zeros(DataType.DOUBLE, 2, IN), Nd4j.zeros(DataType.DOUBLE, 2, OUT));
        double eta = 1.75;
        double mu = 2;
        double[] norms = new double[2];
        for (int i = 0; i < 2; i++) {
            ImplicitOutputLayer.Builder layer = new ImplicitOutputLayer.Builder(LossFunction.MSE);
            layer.nIn(IN).nOut(OUT).activation(Activation.TANH).hasBias(false);
            if (i == 0) {
                layer.l2(mu);
            }
            IUpdater updater = i == 0
                    ? new Sgd(eta)
                    : ImplicitSgd.builder().learningRate(eta).mu(mu).build();
            MultiLayerNetwork network = network(updater, DataType.DOUBLE, layer.build());
            double before = network.params().norm2Number().doubleValue();
            for (int step = 0; step < 20; step++) {
                network.fit(noData);
            }
            norms[i] = network.params().norm2Number().doubleValue() / before;
        }
        assertThat(norms[0]).isGreaterThan(1e6);
        assertThat(norms[1]).isLessThan(1e-6);
    }

    /** Leaky relu regression with rates that are far too high for the explicit step. */
    @ParameterizedTest
    @ValueSource(doubles = {10, 30, 100})
    void regressionDivergesExplicitlyAndNotImplicitly(double eta) {
        Random random = Seeds.random("regression");
        INDArray x = gaussian(random, DataType.DOUBLE, 20, IN);
        INDArray y = x.mmul(gaussian(random, DataType.DOUBLE, IN, 1));
        double[] loss = new double[2];
        double start = 0;
        for (int i = 0; i < 2; i++) {
            IUpdater updater = i == 0 ? new Sgd(eta) : new ImplicitSgd(eta);
            Layer layer = new ImplicitOutputLayer.Builder(LossFunction.MSE)
                    .nIn(IN)
                    .nOut(1)
                    .activation(Activation.LEAKYRELU)
                    .build();
            MultiLayerNetwork network = network(updater, DataType.DOUBLE, layer);
            start = network.score(new DataSet(x, y));
            for (int step = 0; step < 100; step++) {
                network.fit(new DataSet(x, y));
            }
            loss[i] = network.score(new DataSet(x, y));
        }
        assertThat(loss[0]).isGreaterThan(1e6 * start);
        assertThat(loss[1]).isLessThan(10 * start);
    }

    @ParameterizedTest
    @EnumSource(GradientNormalization.class)
    void normalisationActsOnTheImpliedGradient(GradientNormalization normalization) {
        Random random = Seeds.random("clipping");
        INDArray x = gaussian(random, DataType.DOUBLE, 5, IN);
        INDArray y = gaussian(random, DataType.DOUBLE, 5, OUT).mul(10);
        double eta = 2;
        double threshold = 0.05;
        INDArray[] steps = new INDArray[2];
        for (int i = 0; i < 2; i++) {
            ImplicitDenseLayer.Builder hidden = new ImplicitDenseLayer.Builder();
            hidden.nIn(IN).nOut(5).activation(Activation.RELU);
            hidden.gradientNormalization(i == 0 ? GradientNormalization.None : normalization)
                    .gradientNormalizationThreshold(threshold);
            Layer top = new OutputLayer.Builder(LossFunction.MSE)
                    .nIn(5)
                    .nOut(OUT)
                    .activation(Activation.IDENTITY)
                    .updater(new Sgd(eta))
                    .build();
            MultiLayerNetwork network = network(new ImplicitSgd(eta), DataType.DOUBLE, hidden.build(), top);
            INDArray before = network.params().dup();
            network.fit(new DataSet(x, y));
            // eq. (21): the implied gradient is (θ − θ')/η
            steps[i] = before.subi(network.params())
                    .div(eta)
                    .reshape(network.numParams())
                    .get(NDArrayIndex.interval(0, IN * 5 + 5))
                    .dup();
        }
        assertClose(steps[1], normalised(steps[0], normalization, threshold), Tolerance.DOUBLE * 10);
    }

    private static INDArray normalised(INDArray gradient, GradientNormalization normalization, double threshold) {
        INDArray result = gradient.dup();
        INDArray w = result.get(NDArrayIndex.interval(0, IN * 5));
        INDArray b = result.get(NDArrayIndex.interval(IN * 5, IN * 5 + 5));
        switch (normalization) {
            case RenormalizeL2PerLayer:
                return result.divi(norm(result));
            case RenormalizeL2PerParamType:
                w.divi(norm(w));
                b.divi(norm(b));
                return result;
            case ClipElementWiseAbsoluteValue:
                for (int i = 0; i < result.length(); i++) {
                    result.putScalar(i, Math.max(-threshold, Math.min(threshold, result.getDouble(i))));
                }
                return result;
            case ClipL2PerLayer:
                return result.muli(Math.min(1, threshold / norm(result)));
            case ClipL2PerParamType:
                w.muli(Math.min(1, threshold / norm(w)));
                b.muli(Math.min(1, threshold / norm(b)));
                return result;
            default:
                return result;
        }
    }

    private static double norm(INDArray array) {
        return array.norm2Number().doubleValue();
    }

    /** A dense layer over a time series: every row a term, masked rows none. */
    @Test
    void denseLayerOverTimeSkipsMaskedSteps() {
        Random random = Seeds.random("time-distributed");
        INDArray x = gaussian(random, DataType.DOUBLE, 2, IN, 3);
        INDArray y = gaussian(random, DataType.DOUBLE, 2, OUT, 3);
        INDArray mask = Nd4j.createFromArray(new double[][] {{1, 1, 1}, {1, 0, 0}});
        INDArray other = x.dup();
        other.putScalar(new int[] {1, 0, 1}, 100);
        INDArray[] steps = new INDArray[3];
        for (int i = 0; i < 3; i++) {
            IUpdater updater = i == 2 ? new Sgd(1) : new ImplicitSgd(i == 1 ? Tolerance.TINY_RATE : 2);
            MultiLayerConfiguration configuration = new NeuralNetConfiguration.Builder()
                    .seed(1)
                    .dataType(DataType.DOUBLE)
                    .updater(updater)
                    .list(
                            new ImplicitDenseLayer.Builder()
                                    .nOut(5)
                                    .activation(Activation.TANH)
                                    .build(),
                            new RnnOutputLayer.Builder(LossFunction.MSE)
                                    .nOut(OUT)
                                    .activation(Activation.IDENTITY)
                                    .updater(new Sgd(1))
                                    .build())
                    .setInputType(InputType.recurrent(IN))
                    .build();
            MultiLayerNetwork network = new MultiLayerNetwork(configuration);
            network.init();
            steps[i] = Networks.gradient(network, x, y, mask, mask);
            assertThat(steps[i].length()).isEqualTo(network.numParams());
            assertClose(Networks.gradient(network, other, y, mask, mask), steps[i], Tolerance.DOUBLE);
        }
        assertClose(steps[1], steps[2], Tolerance.LIMIT);
        assertThat(steps[0].equalsWithEps(steps[2], 1e-3)).isFalse();
    }

    @Test
    void graphWithTwoInputsTrains() {
        Random random = Seeds.random("graph");
        ComputationGraph graph = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new ImplicitSgd(1))
                .graphBuilder()
                .addInputs("p", "r")
                .addLayer(
                        "a",
                        new ImplicitDenseLayer.Builder()
                                .nIn(IN)
                                .nOut(3)
                                .activation(Activation.TANH)
                                .build(),
                        "p")
                .addLayer(
                        "b",
                        new ImplicitDenseLayer.Builder()
                                .nIn(IN)
                                .nOut(3)
                                .activation(Activation.TANH)
                                .build(),
                        "r")
                .addLayer(
                        "c",
                        new ImplicitOutputLayer.Builder(LossFunction.MCXENT)
                                .nIn(6)
                                .nOut(OUT)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "a",
                        "b")
                .setOutputs("c")
                .build());
        graph.init();
        MultiDataSet data = new MultiDataSet(
                new INDArray[] {gaussian(random, DataType.FLOAT, 8, IN), gaussian(random, DataType.FLOAT, 8, IN)},
                new INDArray[] {Networks.oneHot(random, DataType.FLOAT, 8, OUT)});
        double before = graph.score(data);
        for (int step = 0; step < 20; step++) {
            graph.fit(data);
        }
        assertThat(graph.score(data)).isLessThan(before);
    }
}
