package io.dl4jext.implicit;

import static io.dl4jext.implicit.Networks.assertClose;
import static io.dl4jext.implicit.Networks.gaussian;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.listeners.CollectScoresListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.dataset.adapter.MultiDataSetIteratorAdapter;
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

    private static void assertRefused(Runnable action, String message) {
        assertThatThrownBy(action::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
