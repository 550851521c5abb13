package io.dl4jext.implicit;

import static io.dl4jext.implicit.Networks.assertClose;
import static io.dl4jext.implicit.Networks.gaussian;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bytedeco.javacpp.Pointer;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.layers.RecurrentLayer;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.graph.AttentionVertex;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.listeners.CollectScoresListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.dataset.adapter.MultiDataSetIteratorAdapter;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.inverse.InvertMatrix;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

class ExactImplicitSgdTest {

    private static final DataType TYPE = DataType.DOUBLE;
    private static final int IN = 3;

    private static Layer linear() {
        return new OutputLayer.Builder(LossFunction.MSE)
                .nIn(IN)
                .nOut(1)
                .hasBias(false)
                .activation(Activation.IDENTITY)
                .build();
    }

    private static DataSet data() {
        Random random = Seeds.random("exact");
        INDArray x = gaussian(random, TYPE, 10, IN);
        return new DataSet(x, x.mmul(gaussian(random, TYPE, IN, 1)).addi(gaussian(random, TYPE, 10, 1)));
    }

    /** θ' = (H + (μ + 1/η)I)⁻¹(θ/η + 2Xᵀy/B) with H = 2XᵀX/B. */
    @Test
    void linearRegressionHasTheClosedForm() {
        DataSet data = data();
        INDArray x = data.getFeatures();
        double eta = 0.5;
        double mu = 0.3;
        MultiLayerNetwork network = Networks.network(new Sgd(1), TYPE, linear());
        ComputationGraph graph = Networks.network(new Sgd(1), TYPE, linear()).toComputationGraph();
        INDArray system =
                x.transpose().mmul(x).mul(0.2).addi(Nd4j.eye(IN).castTo(TYPE).mul(mu + 1 / eta));
        INDArray right = network.getParam("0_W")
                .div(eta)
                .addi(x.transpose().mmul(data.getLabels()).mul(0.2));
        INDArray expected = InvertMatrix.invert(system, false).mmul(right);
        ExactImplicitSgd exact = new ExactImplicitSgd(eta, mu, 400, 0.1);
        double before = network.score(data, true);
        assertThat(exact.step(network, data)).isEqualTo(before);
        exact.step(graph, data.toMultiDataSet());
        assertClose(network.getParam("0_W"), expected, 1e-8);
        assertClose(graph.params(), expected, 1e-8);
        assertThat(network.getIterationCount()).isEqualTo(1);
        assertThat(graph.getIterationCount()).isEqualTo(1);
    }

    @Test
    void isStableWhereTheExplicitStepIsNot() {
        DataSet data = data();
        double eta = 3;
        MultiLayerNetwork explicit = Networks.network(new Sgd(eta), TYPE, linear());
        MultiLayerNetwork exact = Networks.network(new Sgd(eta), TYPE, linear());
        double start = exact.score(data);
        ExactImplicitSgd tool = new ExactImplicitSgd(eta);
        for (int step = 0; step < 20; step++) {
            explicit.fit(data);
            tool.step(exact, data);
        }
        assertThat(explicit.score(data)).isGreaterThan(1e6 * start);
        assertThat(exact.score(data)).isLessThan(start);
    }

    /** Paper, approximations (a) and (b): for one small step, layer-wise and exact agree to second order in η. */
    @Test
    void layerWiseStepApproachesTheExactOne() {
        Random random = Seeds.random("approximation");
        DataSet data = new DataSet(gaussian(random, TYPE, 1, IN), gaussian(random, TYPE, 1, 2));
        double[] gaps = new double[2];
        for (int i = 0; i < 2; i++) {
            double eta = i == 0 ? 0.01 : 0.001;
            MultiLayerNetwork network =
                    Networks.network(new Sgd(eta), TYPE, WorkspaceMode.NONE, hidden(), squaredError());
            MultiLayerNetwork implicit =
                    ImplicitBackprop.convert(network, new ImplicitSgd(eta)).result();
            implicit.fit(data);
            new ExactImplicitSgd(eta).step(network, data);
            gaps[i] = network.params().distance2(implicit.params());
        }
        assertThat(gaps[0]).isPositive();
        assertThat(gaps[0] / gaps[1]).isBetween(70.0, 130.0);
    }

    private static Layer hidden() {
        return new DenseLayer.Builder()
                .nIn(IN)
                .nOut(4)
                .activation(Activation.TANH)
                .build();
    }

    private static Layer squaredError() {
        return new OutputLayer.Builder(LossFunction.MSE)
                .nIn(4)
                .nOut(2)
                .activation(Activation.TANH)
                .build();
    }

    @Test
    void refusesWhatItCannotSolve() {
        DataSet data =
                new DataSet(Nd4j.ones(TYPE, 2, IN), Nd4j.ones(TYPE, 2, 2).get(NDArrayIndex.all(), NDArrayIndex.all()));
        MultiLayerNetwork implicit = ImplicitBackprop.convert(
                        Networks.network(new Sgd(1), TYPE, hidden(), squaredError()), new ImplicitSgd(1))
                .result();
        assertThatThrownBy(() -> new ExactImplicitSgd(1).step(implicit, data))
                .hasMessageContaining("ImplicitDenseLayer (index=0")
                .hasMessageContaining("ImplicitSgd");
        MultiLayerNetwork normalised = Networks.network(
                new Sgd(1),
                TYPE,
                new BatchNormalization.Builder().nIn(IN).nOut(IN).build(),
                hidden(),
                squaredError());
        assertThatThrownBy(() -> new ExactImplicitSgd(1).step(normalised, data))
                .hasMessageContaining("BatchNormalization (index=0");
        MultiLayerNetwork centred = Networks.network(
                new Sgd(1),
                TYPE,
                hidden(),
                new CenterLossOutputLayer.Builder(LossFunction.MSE)
                        .nIn(4)
                        .nOut(2)
                        .build());
        for (Model model : new Model[] {centred, centred.toComputationGraph()}) {
            INDArray before = model.params().dup();
            assertThatThrownBy(() -> step(new ExactImplicitSgd(1), model, data))
                    .hasMessageContaining("CenterLossOutputLayer (index=" + (model == centred ? 1 : 2));
            assertClose(model.params(), before, 0);
        }
        assertThatThrownBy(() -> new ExactImplicitSgd(0)).hasMessageContaining("got 0.0");
        assertThatThrownBy(() -> new ExactImplicitSgd(1, -1, 1, 0.1)).hasMessageContaining("mu < ∞, got -1.0");
        assertThatThrownBy(() -> new ExactImplicitSgd(1, 0, 0, 0.1)).hasMessageContaining("innerSteps ≥ 1, got 0");
        assertThatThrownBy(() -> new ExactImplicitSgd(1, 0, 1, 2)).hasMessageContaining("got 2.0");
    }

    /** What DL4J calls a listener for, in order, and what the listener sees then. */
    private static final class Events extends BaseTrainingListener {

        private final List<String> all = new ArrayList<>();
        private double score;
        private INDArray gradient;

        @Override
        public void onEpochStart(Model model) {
            all.add("epoch start " + epoch(model));
        }

        @Override
        public void onEpochEnd(Model model) {
            all.add("epoch end " + epoch(model));
        }

        @Override
        public void onForwardPass(Model model, List<INDArray> activations) {
            all.add("forward");
        }

        @Override
        public void onForwardPass(Model model, Map<String, INDArray> activations) {
            all.add("forward");
        }

        @Override
        public void onBackwardPass(Model model) {
            all.add("backward");
        }

        @Override
        public void onGradientCalculation(Model model) {
            all.add("gradient");
        }

        @Override
        public void iterationDone(Model model, int iteration, int epoch) {
            all.add("done " + iteration + " " + epoch + " of " + model.batchSize());
            score = model.score();
            gradient = model.gradient().gradient().dup();
        }

        private static int epoch(Model model) {
            return model instanceof ComputationGraph
                    ? ((ComputationGraph) model).getEpochCount()
                    : ((MultiLayerNetwork) model).getEpochCount();
        }
    }

    /** The same events as in DL4J's own training, for both containers, over two epochs. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void listenersSeeDl4jsOwnTraining(boolean graph) {
        DataSetIterator batches = new ExistingDataSetIterator(data().batchBy(4));
        Events[] events = {new Events(), new Events()};
        ExactImplicitSgd exact = new ExactImplicitSgd(0.5);
        for (int i = 0; i < 2; i++) {
            MultiLayerNetwork network = Networks.network(new Sgd(1), TYPE, hidden(), squaredErrorOf(1));
            ComputationGraph twin = network.toComputationGraph();
            network.setListeners(events[i]);
            twin.setListeners(events[i]);
            for (int epoch = 0; epoch < 2; epoch++) {
                batches = new ExistingDataSetIterator(data().batchBy(4));
                if (i == 0 && graph) {
                    twin.fit(batches);
                } else if (i == 0) {
                    network.fit(batches);
                } else if (graph && epoch == 0) {
                    exact.fit(twin, batches);
                } else if (graph) {
                    exact.fit(twin, new MultiDataSetIteratorAdapter(batches));
                } else {
                    exact.fit(network, batches);
                }
            }
            assertThat(graph ? twin.getIterationCount() : network.getIterationCount())
                    .isEqualTo(6);
            assertThat(graph ? twin.getEpochCount() : network.getEpochCount()).isEqualTo(2);
        }
        assertThat(events[1].all).isEqualTo(events[0].all);
        assertThat(events[1].all)
                .startsWith("epoch start 0", "forward", "backward", "gradient", "done 0 0 of 4", "forward")
                .contains("epoch start 1", "done 5 1 of 2");
    }

    private static Layer squaredErrorOf(int units) {
        return new OutputLayer.Builder(LossFunction.MSE)
                .nIn(4)
                .nOut(units)
                .activation(Activation.TANH)
                .build();
    }

    @Test
    void listenersSeeLossAndUpdateOfTheStep() {
        MultiLayerNetwork network = Networks.network(new Sgd(1), TYPE, hidden(), squaredErrorOf(1));
        Events events = new Events();
        CollectScoresListener scores = new CollectScoresListener(1);
        network.setListeners(events, scores);
        INDArray before = network.params().dup();
        double loss = network.score(data(), true);
        MultiLayerNetwork silent = network.clone();
        double returned = new ExactImplicitSgd(0.5).step(network, data());
        new ExactImplicitSgd(0.5).step(silent, data());
        assertClose(network.params(), silent.params(), 0);
        assertThat(events.score).isEqualTo(returned).isEqualTo(loss);
        assertThat(scores.getListScore().toDoubleArray()).containsExactly(loss);
        assertClose(before.sub(events.gradient.reshape(before.shape())), network.params(), 1e-12);
        assertThat(new ArrayList<>(network.getListeners())).isEqualTo(List.of(events, scores));
    }

    /** Whatever a listener throws, parameters, listeners and counts are what they were. */
    @ParameterizedTest
    @ValueSource(strings = {"forward", "gradient"})
    void aFailureOnTheWayLeavesNothingBehind(String where) {
        MultiLayerNetwork network = Networks.network(new Sgd(1), TYPE, hidden(), squaredErrorOf(1));
        BaseTrainingListener failing = new BaseTrainingListener() {
            @Override
            public void onForwardPass(Model model, List<INDArray> activations) {
                fail("forward");
            }

            @Override
            public void onGradientCalculation(Model model) {
                fail("gradient");
            }

            private void fail(String here) {
                if (here.equals(where)) {
                    throw new IllegalStateException("on purpose");
                }
            }
        };
        network.setListeners(failing);
        INDArray before = network.params().dup();
        assertThatThrownBy(() -> new ExactImplicitSgd(0.5).step(network, data()))
                .hasMessage("on purpose");
        assertClose(network.params(), before, 0);
        assertThat(new ArrayList<>(network.getListeners())).isEqualTo(List.of(failing));
        assertThat(network.getIterationCount()).isZero();
    }

    /** In the fifth inner step, when the parameters have moved. */
    @Test
    void aFailureAmidTheDescentPutsTheParametersBack() {
        Layer failing = new DenseLayer.Builder()
                .nIn(IN)
                .nOut(4)
                .activation(new FailingTanh())
                .build();
        MultiLayerNetwork network = Networks.network(new Sgd(1), TYPE, failing, squaredErrorOf(1));
        Events events = new Events();
        network.setListeners(events);
        INDArray before = network.params().dup();
        FailingTanh.left = 5;
        assertThatThrownBy(() -> new ExactImplicitSgd(0.5).step(network, data()))
                .hasMessage("on purpose");
        assertClose(network.params(), before, 0);
        assertThat(events.all).containsExactly("forward", "backward", "gradient");
        assertThat(new ArrayList<>(network.getListeners())).isEqualTo(List.of(events));
        FailingTanh.left = 1000;
        new ExactImplicitSgd(0.5).step(network, data());
        assertThat(network.getIterationCount()).isEqualTo(1);
    }

    /** Works as often as it is told. */
    public static final class FailingTanh extends ActivationTanH {

        private static int left;

        @Override
        public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
            if (--left == 0) {
                throw new IllegalStateException("on purpose");
            }
            return super.backprop(in, epsilon);
        }
    }

    @Test
    void refusesWhatIsMissing() {
        ExactImplicitSgd exact = new ExactImplicitSgd(0.5);
        MultiLayerNetwork network = Networks.network(new Sgd(1), TYPE, hidden(), squaredErrorOf(1));
        ComputationGraph graph = network.toComputationGraph();
        MultiLayerNetwork bare = new MultiLayerNetwork(network.getLayerWiseConfigurations());
        ComputationGraph bareGraph = new ComputationGraph(graph.getConfiguration());
        DataSet unlabelled = new DataSet(data().getFeatures(), null);
        assertRefused(() -> exact.step((MultiLayerNetwork) null, data()), "ComputationGraph, got null");
        assertRefused(() -> exact.step((ComputationGraph) null, data().toMultiDataSet()), "ComputationGraph, got null");
        assertRefused(() -> exact.step(bare, data()), "got one without init()");
        assertRefused(() -> exact.step(bareGraph, data().toMultiDataSet()), "got one without init()");
        assertRefused(() -> exact.step(network, null), "features and labels, got null");
        assertRefused(() -> exact.step(graph, null), "features and labels, got null");
        assertRefused(() -> exact.step(network, unlabelled), "got one without labels");
        assertRefused(() -> exact.step(graph, new MultiDataSet(data().getFeatures(), null)), "got one without labels");
        assertRefused(() -> exact.step(network, new DataSet()), "got one without features");
        assertRefused(() -> exact.fit(network, null), "an iterator, got null");
        assertRefused(() -> exact.fit((MultiLayerNetwork) null, null), "ComputationGraph, got null");
        assertThat(network.getIterationCount()).isZero();
    }

    /** With a few inner steps. */
    private static final ExactImplicitSgd FEW = new ExactImplicitSgd(0.5, 0, 5, 0.1);

    /** Inner layers that would be refused if they were not frozen, and one that would not. */
    private static List<Layer> toBeFrozen() {
        return List.of(
                new DenseLayer.Builder()
                        .nIn(IN)
                        .nOut(IN)
                        .activation(Activation.TANH)
                        .build(),
                new BatchNormalization.Builder().nIn(IN).nOut(IN).build(),
                new ImplicitDenseLayer.Builder()
                        .nIn(IN)
                        .nOut(IN)
                        .activation(Activation.TANH)
                        .updater(new ImplicitSgd(1))
                        .build());
    }

    private static Model frozen(Layer inside, boolean passing, boolean graph) {
        MultiLayerNetwork network = Networks.network(
                new Sgd(1),
                TYPE,
                passing ? new FrozenLayerWithBackprop(inside) : new FrozenLayer(inside),
                hidden(),
                squaredErrorOf(1));
        return graph ? network.toComputationGraph() : network;
    }

    private static double step(ExactImplicitSgd exact, Model model, DataSet data) {
        return model instanceof ComputationGraph
                ? exact.step((ComputationGraph) model, data.toMultiDataSet())
                : exact.step((MultiLayerNetwork) model, data);
    }

    /** The first parameters are the frozen layer's, in both containers. */
    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void frozenLayersStayAndExcludeARidge(boolean passing, boolean graph) {
        for (Layer inside : toBeFrozen()) {
            if (passing && inside instanceof BatchNormalization) {
                continue; // DL4J's own training of it fails: its backward pass wants what only training mode keeps
            }
            Model model = frozen(inside, passing, graph);
            INDArray before = model.params().dup();
            assertRefused(
                    () -> step(new ExactImplicitSgd(0.5, 0.1, 10, 0.1), model, data()),
                    "no frozen layers with mu = 0.1 (it would shrink them), got (index=" + (graph ? 1 : 0) + ", name=");
            assertClose(model.params(), before, 0);
            step(FEW, model, data());
            long own = IN * 4 + 4 + 4 + 1;
            INDArray change = model.params().sub(before).reshape(before.length());
            long frozen = before.length() - own;
            assertThat(change.get(NDArrayIndex.interval(0, frozen)).amaxNumber().doubleValue())
                    .isZero();
            assertThat(change.get(NDArrayIndex.interval(frozen, before.length()))
                            .amaxNumber()
                            .doubleValue())
                    .isPositive();
        }
    }

    /** Which wrappers do not hide. */
    @Test
    void frozenLayersWithinWrappersExcludeARidge() {
        for (Layer frozen : new Layer[] {new FrozenLayer(rnn(IN)), new FrozenLayerWithBackprop(rnn(IN))}) {
            MultiLayerNetwork network =
                    Networks.network(new Sgd(1), TYPE, new MaskZeroLayer(frozen, 0), rnn(IN), perStep());
            for (Model model : new Model[] {network, network.toComputationGraph()}) {
                INDArray before = model.params().dup();
                assertRefused(
                        () -> step(new ExactImplicitSgd(0.5, 0.1, 10, 0.1), model, series(4)), "no frozen layers");
                step(FEW, model, series(4));
                INDArray change = model.params().sub(before).reshape(before.length());
                assertThat(change.get(NDArrayIndex.interval(0, 2 * IN * IN + IN))
                                .amaxNumber()
                                .doubleValue())
                        .isZero();
            }
        }
    }

    /** DL4J writes no gradient of a decoder in supervised training. */
    @Test
    void pretrainingParametersStay() {
        Layer encoder = new VariationalAutoencoder.Builder()
                .nIn(IN)
                .nOut(4)
                .encoderLayerSizes(5)
                .decoderLayerSizes(5)
                .activation(Activation.TANH)
                .build();
        for (boolean pretrained : new boolean[] {false, true}) {
            MultiLayerNetwork network = Networks.network(new Sgd(0.1), TYPE, encoder, squaredErrorOf(1));
            if (pretrained) {
                network.pretrain(new SingletonDataSetIterator(data()));
            }
            for (Model model : new Model[] {network, network.toComputationGraph()}) {
                Map<String, INDArray> before = copies(model);
                for (int i = 0; i < 3; i++) {
                    step(new ExactImplicitSgd(20, 0.1, 50, 0.1), model, data());
                }
                Map<String, INDArray> after = model.paramTable();
                before.forEach((name, tensor) -> {
                    boolean first = name.startsWith("0_");
                    if (first && !name.contains("_e0") && !name.contains("_pZXMean")) {
                        assertThat(after.get(name)).as(name).isEqualTo(tensor);
                    } else {
                        assertThat(after.get(name)).as(name).isNotEqualTo(tensor);
                    }
                });
            }
        }
    }

    private static Map<String, INDArray> copies(Model model) {
        Map<String, INDArray> copies = new HashMap<>();
        model.paramTable().forEach((name, tensor) -> copies.put(name, tensor.dup()));
        return copies;
    }

    /** DL4J's own training leaves an update of its l2 where no backward pass comes. */
    @Test
    void layersBelowAFrozenLayerStay() {
        DenseLayer first = new DenseLayer.Builder()
                .nIn(IN)
                .nOut(IN)
                .activation(Activation.TANH)
                .l2(0.1)
                .build();
        MultiLayerNetwork network = Networks.network(
                new Sgd(0.1), TYPE, first, new FrozenLayer(toBeFrozen().get(0)), hidden(), squaredErrorOf(1));
        network.fit(data());
        INDArray before = network.getLayer(0).params().dup();
        INDArray last = network.getLayer(3).params().dup();
        step(new ExactImplicitSgd(20, 0, 50, 0.1), network, data());
        assertClose(network.getLayer(0).params(), before, 0);
        assertThat(network.getLayer(3).params()).isNotEqualTo(last);
    }

    /** DL4J freezes a vertex by its updater alone. */
    @Test
    void frozenVerticesAreRefused() {
        ComputationGraph graph = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .dataType(TYPE)
                .updater(new Sgd(1))
                .graphBuilder()
                .addInputs("in")
                .addVertex(
                        "attention",
                        new FrozenVertex(new AttentionVertex.Builder()
                                .nInQueries(IN)
                                .nInKeys(IN)
                                .nInValues(IN)
                                .nOut(IN)
                                .nHeads(1)
                                .projectInput(true)
                                .build()),
                        "in",
                        "in",
                        "in")
                .addLayer("out", perStep(), "attention")
                .setOutputs("out")
                .build());
        graph.init();
        assertRefused(
                () -> new ExactImplicitSgd(0.5).step(graph, series(4).toMultiDataSet()),
                "no frozen vertices (DL4J freezes them by their updater, which plays no part here), got (index=1,"
                        + " name=attention)");
    }

    private static Layer rnn(int units) {
        return new SimpleRnn.Builder()
                .nIn(IN)
                .nOut(units)
                .activation(Activation.TANH)
                .build();
    }

    private static Layer perStep() {
        return new RnnOutputLayer.Builder(LossFunction.MSE)
                .nIn(IN)
                .nOut(2)
                .activation(Activation.TANH)
                .dataFormat(RNNFormat.NCW)
                .build();
    }

    private static DataSet series(int samples) {
        Random random = Seeds.random("series");
        return new DataSet(gaussian(random, TYPE, samples, IN, 5), gaussian(random, TYPE, samples, 2, 5));
    }

    @Test
    void implicitLayersWithinWrappersAreRefused() {
        ImplicitSimpleRnn.Builder inside = new ImplicitSimpleRnn.Builder();
        inside.nIn(IN).nOut(IN).activation(Activation.TANH).updater(new ImplicitSgd(1));
        inside.weightInit(WeightInit.XAVIER); // two wrappers deep DL4J sets no default
        List<Layer> wrapped = List.of(
                new Bidirectional(Bidirectional.Mode.ADD, inside.build()),
                new MaskZeroLayer(new Bidirectional(Bidirectional.Mode.ADD, inside.build()), 0),
                new MaskZeroLayer(inside.build(), 0));
        for (Layer layer : wrapped) {
            MultiLayerNetwork network = Networks.network(new Sgd(1), TYPE, layer, perStep());
            for (Model model : new Model[] {network, network.toComputationGraph()}) {
                assertRefused(
                        () -> step(new ExactImplicitSgd(1), model, series(4)),
                        "Expected layers whose gradient views hold gradients of the loss, got ImplicitSimpleRnn (index=");
            }
        }
        MultiLayerNetwork last = Networks.network(
                new Sgd(1),
                TYPE,
                new Bidirectional(Bidirectional.Mode.ADD, new LastTimeStep(inside.build())),
                new OutputLayer.Builder(LossFunction.MSE)
                        .nIn(IN)
                        .nOut(2)
                        .activation(Activation.TANH)
                        .build());
        assertRefused(() -> new ExactImplicitSgd(1).step(last, series(4)), "got ImplicitSimpleRnn (index=0");
    }

    /** Java's collector does not see native memory, so what is left to it piles up. */
    @Test
    void nativeMemoryStaysFlat() {
        int units = 1000;
        MultiLayerNetwork network = Networks.network(
                new Sgd(1),
                DataType.FLOAT,
                new DenseLayer.Builder()
                        .nIn(units)
                        .nOut(units)
                        .activation(Activation.TANH)
                        .build(),
                new OutputLayer.Builder(LossFunction.MSE)
                        .nIn(units)
                        .nOut(1)
                        .activation(Activation.IDENTITY)
                        .build());
        DataSet data = new DataSet(Nd4j.ones(DataType.FLOAT, 2, units), Nd4j.ones(DataType.FLOAT, 2, 1));
        ExactImplicitSgd exact = new ExactImplicitSgd(0.01);
        exact.step(network, data);
        System.gc();
        long before = Pointer.physicalBytes();
        for (int i = 0; i < 2; i++) {
            exact.step(network, data);
        }
        // An array of all parameters, left to the collector in each inner step, would be 800 MB.
        assertThat(Pointer.physicalBytes() - before).isLessThan(250L << 20);
    }

    static List<Layer> recurrent() {
        return List.of(
                new LSTM.Builder().nIn(IN).nOut(IN).activation(Activation.TANH).build(),
                rnn(IN),
                new MaskZeroLayer(rnn(IN), 0),
                new Bidirectional(Bidirectional.Mode.ADD, rnn(IN)));
    }

    private static MultiLayerNetwork recurrent(Layer layer, boolean truncated) {
        MultiLayerConfiguration configuration =
                Networks.configuration(new Sgd(1), TYPE, WorkspaceMode.ENABLED, layer, rnn(IN), perStep());
        if (truncated) {
            configuration.setBackpropType(BackpropType.TruncatedBPTT);
            configuration.setTbpttFwdLength(2);
            configuration.setTbpttBackLength(2);
        }
        MultiLayerNetwork network = new MultiLayerNetwork(configuration);
        network.init();
        return network;
    }

    /**
     * Time series are taken whole, from no state, whatever the network's own training does; the last batch is smaller.
     */
    @ParameterizedTest
    @MethodSource("recurrent")
    void truncatedBackpropagationMakesNoDifference(Layer layer) {
        for (boolean graph : new boolean[] {false, true}) {
            MultiLayerNetwork expected = recurrent(layer, false);
            MultiLayerNetwork truncated = recurrent(layer, true);
            ComputationGraph twin = truncated.toComputationGraph();
            twin.getConfiguration().setBackpropType(BackpropType.TruncatedBPTT); // which DL4J forgets
            Model model = graph ? twin : truncated;
            for (int samples : new int[] {4, 3}) {
                step(FEW, expected, series(samples));
                step(FEW, model, series(samples));
            }
            assertClose(model.params(), expected.params(), 1e-12);
            assertThat(truncated.getLayerWiseConfigurations().getBackpropType()).isEqualTo(BackpropType.TruncatedBPTT);
            assertThat(twin.getConfiguration().getBackpropType()).isEqualTo(BackpropType.TruncatedBPTT);
        }
    }

    /** Neither what rnnTimeStep goes on from, nor what truncated training does, is lost or gained. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theNetworksOwnStateStays(boolean graph) {
        MultiLayerNetwork network = recurrent(rnn(IN), true);
        ComputationGraph twin = network.toComputationGraph();
        twin.getConfiguration().setBackpropType(BackpropType.TruncatedBPTT);
        RecurrentLayer layer = (RecurrentLayer) (graph ? twin.getLayer(0) : network.getLayer(0));
        INDArray input = series(4).getFeatures();
        for (boolean first : new boolean[] {true, false}) {
            if (!first && graph) {
                twin.rnnTimeStep(input);
                twin.rnnActivateUsingStoredState(new INDArray[] {input}, true, true);
            } else if (!first) {
                network.rnnTimeStep(input);
                network.rnnActivateUsingStoredState(input, true, true);
            }
            Map<String, INDArray> state = layer.rnnGetPreviousState();
            Map<String, INDArray> truncated = layer.rnnGetTBPTTState();
            assertThat(state).hasSize(first ? 0 : 1);
            assertThat(truncated).hasSize(first ? 0 : 1);
            step(FEW, graph ? twin : network, series(3));
            assertThat(layer.rnnGetPreviousState()).isEqualTo(state);
            assertThat(layer.rnnGetTBPTTState()).isEqualTo(truncated);
        }
    }

    private static void assertRefused(Runnable action, String message) {
        assertThatThrownBy(action::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
