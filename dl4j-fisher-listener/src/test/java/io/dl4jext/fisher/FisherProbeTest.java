package io.dl4jext.fisher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dl4jext.fisher.internal.capture.GradientCapture;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

class FisherProbeTest {

    // FLOAT, which DL4J's transfer learning makes of every graph.
    private static final Setting SETTING = new Setting(DataType.FLOAT, 4, WorkspaceMode.ENABLED, false, 51);

    @Test
    void dataSetAndMultiDataSetGiveTheSame() {
        MultiLayerNetwork network = network();
        MultiDataSet data = data();
        DataSet same = new DataSet(data.getFeatures(0), data.getLabels(0));
        double[] expected = FisherProbe.measure(network, data).eigenvalues();
        assertThat(FisherProbe.measure(network, same).eigenvalues()).isEqualTo(expected);
        ComputationGraph graph = Case.asGraph(network, Case.base(SETTING));
        assertThat(FisherProbe.measure(graph, same).eigenvalues()).isEqualTo(expected);
        assertThat(FisherProbe.measure(graph, data).eigenvalues()).isEqualTo(expected);
    }

    @Test
    void aLayerWhoseSamplesInteractIsNamed() {
        MultiLayerNetwork network = new MultiLayerNetwork(Case.base(SETTING)
                .list()
                .layer(new DenseLayer.Builder()
                        .nOut(4)
                        .activation(Activation.TANH)
                        .build())
                .layer(new CoupledLayer(3))
                .layer(new OutputLayer.Builder(LossFunction.MSE)
                        .nOut(2)
                        .activation(Activation.IDENTITY)
                        .build())
                .setInputType(InputType.feedForward(3))
                .build());
        network.init();
        DataSet data = new DataSet(Nd4j.rand(DataType.FLOAT, 4, 3), Nd4j.rand(DataType.FLOAT, 4, 2));
        assertThatThrownBy(() -> FisherProbe.measure(network, data))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("layer 1")
                .hasMessageContaining("samples interact");
    }

    @Test
    void layersFrozenByTransferLearningStayFrozen() {
        MultiLayerNetwork network = network();
        for (boolean asGraph : new boolean[] {false, true}) {
            INDArray actual;
            if (asGraph) {
                ComputationGraph graph = Case.asGraph(network, Case.base(SETTING));
                ComputationGraph frozen = new TransferLearning.GraphBuilder(graph)
                        .setFeatureExtractor("0")
                        .build();
                assertThat(frozen.getLayer("0")).isInstanceOf(org.deeplearning4j.nn.layers.FrozenLayer.class);
                actual = FisherProbe.measure(frozen, data()).gramMatrix();
            } else {
                MultiLayerNetwork frozen = new TransferLearning.Builder(network)
                        .setFeatureExtractor(0)
                        .build();
                actual = FisherProbe.measure(frozen, data()).gramMatrix();
            }
            MultiLayerNetwork configured = new MultiLayerNetwork(Case.base(SETTING)
                    .list()
                    .layer(new FrozenLayer(dense()))
                    .layer(output())
                    .setInputType(InputType.feedForward(3))
                    .build());
            configured.init();
            configured.setParams(network.params());
            PerSampleGradientContract.assertClose(
                    actual,
                    SampleLoop.gram(SampleLoop.gradients(configured, data())),
                    SETTING,
                    asGraph ? "graph" : "layers");
        }
    }

    @Test
    void refusesWhatIsNoNetworkOrDoesNotFit() {
        assertThatThrownBy(() -> FisherProbe.measure(null, data()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("null");
        MultiDataSet two = new MultiDataSet(
                new INDArray[] {data().getFeatures(0), data().getFeatures(0)}, new INDArray[] {data().getLabels(0)});
        assertThatThrownBy(() -> FisherProbe.measure(network(), two))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("got 2 and 1");
    }

    @Test
    void toleranceAndRateAreTheListeners() {
        MultiLayerNetwork network = network();
        DataSet data = new DataSet(data().getFeatures(0), data().getLabels(0));
        FisherMeasurement usual = FisherProbe.measure(network, data);
        double[] sigma = usual.eigenvalues();
        for (int i = 0; i < sigma.length; i++) {
            sigma[i] = Math.sqrt(sigma[i] / usual.eigenvalues()[0]);
        }
        // Between the second and the third singular value.
        double tolerance = (sigma[1] + sigma[2]) / 2;
        FisherMeasurement probed = FisherProbe.builder()
                .rankTolerance(tolerance)
                .learningRate(0.25)
                .build()
                .measure(network, data);
        assertThat(probed.rank()).isEqualTo(2);
        assertThat(probed.conditionNumber()).isCloseTo(1 / sigma[1], org.assertj.core.api.Assertions.within(1e-9));
        assertThat(probed.learningRate()).isEqualTo(0.25);
        assertThat(probed.gramMatrix()).isEqualTo(usual.gramMatrix());
        FisherListener listener = FisherListener.builder()
                .rankTolerance(tolerance)
                .learningRate(0.25)
                .build();
        network.setListeners(listener);
        network.fit(data);
        FisherMeasurement listened = listener.history().measurements().get(0);
        assertThat(listened.rank()).isEqualTo(2);
        assertThat(listened.energy()).isEqualTo(probed.energy());
        assertThat(FisherProbe.builder()
                        .learningRate(new StepSchedule(ScheduleType.ITERATION, 1, 0.5, 1))
                        .build()
                        .measure(network, data)
                        .learningRate())
                .isEqualTo(0.5);
    }

    @Test
    void theBuilderNamesTheValueItRefuses() {
        assertThatThrownBy(() -> FisherProbe.builder().rankTolerance(1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("rankTolerance", "1");
        assertThatThrownBy(() -> FisherProbe.builder().learningRate(-0.1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("learning rate", "-0.1");
        assertThatThrownBy(() -> FisherProbe.builder().learningRate(0.3).learningRate(0.2))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("0.3");
    }

    /**
     * A series longer than the piece that a training of truncated BPTT takes at a time: DL4J's
     * {@code computeGradientAndScore} goes back over all of it.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void seriesGoThroughWhole(boolean asGraph) {
        Setting setting = new Setting(DataType.DOUBLE, 3, WorkspaceMode.ENABLED, asGraph, 8);
        MultiLayerNetwork layers = new MultiLayerNetwork(Case.base(setting)
                .list()
                .layer(new LSTM.Builder().nOut(4).activation(Activation.TANH).build())
                .layer(new SimpleRnn.Builder()
                        .nOut(3)
                        .activation(Activation.TANH)
                        .build())
                .layer(new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.recurrent(3))
                .backpropType(BackpropType.TruncatedBPTT)
                .tBPTTLength(4)
                .build());
        layers.init();
        Model network = asGraph ? Case.asGraph(layers, Case.base(setting)) : layers;
        Draw draw = setting.draw();
        MultiDataSet data =
                Draw.data(draw.normal(3, 3, 6), draw.oneHot(3, 2, 6), draw.leadingMask(3, 6), draw.leadingMask(3, 6));
        INDArray probed = FisherProbe.measure(network, data).gramMatrix();
        INDArray matrix = PerSampleGradients.of(network, data).matrix();

        INDArray expected = SampleLoop.gradients(SampleLoop.untruncated(network), data);
        PerSampleGradientContract.assertClose(probed, SampleLoop.gram(expected), setting, "probe");
        new GradientChecks(matrix, setting).requireRows(expected.transpose());
    }

    @Test
    void workingMemoryIsGivenBack() {
        GradientCapture capture = new GradientCapture();
        FisherMeasurement measured = FisherProbe.builder().build().measure(Batch.of(network(), data()), capture);
        assertThat(capture.parts().matrix()).isNull();
        assertThat(measured.gramMatrix())
                .isEqualTo(FisherProbe.measure(network(), data()).gramMatrix());
    }

    private static MultiDataSet data() {
        Draw draw = SETTING.draw();
        return Draw.data(draw.normal(4, 3), draw.oneHot(4, 2));
    }

    private static DenseLayer dense() {
        return new DenseLayer.Builder().nOut(5).activation(Activation.TANH).build();
    }

    private static OutputLayer output() {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(2)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private static MultiLayerNetwork network() {
        MultiLayerNetwork network = new MultiLayerNetwork(Case.base(SETTING)
                .list()
                .layer(dense())
                .layer(output())
                .setInputType(InputType.feedForward(3))
                .build());
        network.init();
        return network;
    }
}
