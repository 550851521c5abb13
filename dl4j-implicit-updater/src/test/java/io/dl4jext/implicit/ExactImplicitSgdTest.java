package io.dl4jext.implicit;

import static io.dl4jext.implicit.Networks.assertClose;
import static io.dl4jext.implicit.Networks.gaussian;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
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
}
