package io.dl4jext.fisher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The batch size comes from the inputs: a network may be trained without labels. */
class WithoutLabelsTest {

    private static final int BATCH = 6;
    private static final Setting SETTING = new Setting(DataType.DOUBLE, BATCH, WorkspaceMode.ENABLED, false, 91);

    @Test
    void multiLayerNetworkIsMeasured() {
        MultiLayerNetwork network = network(new LabelFree(2));
        FisherListener fisher = FisherListener.builder().failFast(true).build();
        network.setListeners(fisher);
        // DL4J's fit itself asks the labels for the batch size; this is the pass in it.
        network.setInput(features());
        network.computeGradientAndScore();
        fisher.iterationDone(network, 0, 0);
        assertThat(fisher.history().measurements()).hasSize(1);
        FisherMeasurement measured = fisher.history().measurements().get(0);
        assertThat(measured.batchSize()).isEqualTo(BATCH);
        assertThat(measured.gradientStatistics().gradientNorms()).hasSize(BATCH);
        assertThat(measured.trace()).isPositive();
        FisherMeasurement probed = FisherProbe.measure(network, new DataSet(features(), null));
        assertThat(probed.eigenvalues()).isEqualTo(measured.eigenvalues());
    }

    /** DL4J's VariationalAutoencoder calls the network's listeners with itself while it is pre-trained. */
    @Test
    void preTrainingOfALayerIsNotMeasuredAndTheTrainingAfterItIs() {
        MultiLayerNetwork network = new MultiLayerNetwork(Case.base(SETTING)
                .list()
                .layer(new VariationalAutoencoder.Builder()
                        .nIn(5)
                        .nOut(3)
                        .encoderLayerSizes(4)
                        .decoderLayerSizes(4)
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(3)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        network.init();
        FisherListener fisher = FisherListener.builder().failFast(true).build();
        network.setListeners(fisher);
        INDArray features = Nd4j.rand(DataType.DOUBLE, BATCH, 5);
        network.pretrain(new ExistingDataSetIterator(List.of(new DataSet(features, null))));
        assertThat(fisher.history().measurements()).isEmpty();
        INDArray labels = Nd4j.zeros(DataType.DOUBLE, BATCH, 2);
        labels.getColumn(0).assign(1);
        network.fit(new DataSet(features, labels));
        assertThat(fisher.history().measurements()).hasSize(1);
        assertThat(fisher.history().measurements().get(0).batchSize()).isEqualTo(BATCH);
    }

    @Test
    void graphIsMeasured() {
        MultiLayerNetwork network = network(new LabelFree(2));
        ComputationGraph graph = Case.asGraph(network, Case.base(SETTING));
        FisherListener fisher = FisherListener.builder().failFast(true).build();
        graph.setListeners(fisher);
        graph.fit(new INDArray[] {features()}, new INDArray[] {null});
        FisherMeasurement measured = fisher.history().measurements().get(0);
        assertThat(measured.batchSize()).isEqualTo(BATCH);
        ComputationGraph same = Case.asGraph(network(new LabelFree(2)), Case.base(SETTING));
        assertThat(FisherProbe.measure(same, new DataSet(features(), null)).eigenvalues())
                .isEqualTo(measured.eigenvalues());
        assertThat(FisherProbe.measure(same, new MultiDataSet(new INDArray[] {features()}, null))
                        .eigenvalues())
                .isEqualTo(measured.eigenvalues());
    }

    @Test
    void theProbeNamesWhatIsMissing() {
        MultiLayerNetwork network = network(output());
        ComputationGraph graph = Case.asGraph(network, Case.base(SETTING));
        assertRefused(() -> FisherProbe.measure(network, (DataSet) null), "mini-batch", "null");
        assertRefused(() -> FisherProbe.measure(graph, (MultiDataSet) null), "mini-batch", "null");
        assertRefused(() -> FisherProbe.measure(network, new DataSet(features(), null)), "labels", "output layer");
        assertRefused(() -> FisherProbe.measure(graph, new DataSet(features(), null)), "labels", "'1'");
        assertRefused(
                () -> FisherProbe.measure(graph, new MultiDataSet(new INDArray[] {features()}, null)), "labels", "'1'");
        assertRefused(
                () -> FisherProbe.measure(network, new MultiDataSet(new INDArray[] {features()}, null)), "labels");
        assertRefused(() -> FisherProbe.measure(network, new DataSet(null, features())), "features");
        assertRefused(
                () -> FisherProbe.measure(
                        graph, new MultiDataSet(new INDArray[] {features(), features()}, new INDArray[] {labels()})),
                "features",
                "2 arrays");
        MultiLayerNetwork empty = new MultiLayerNetwork(network.getLayerWiseConfigurations());
        assertRefused(() -> FisherProbe.measure(empty, new DataSet(features(), labels())), "init()");
        ComputationGraph emptyGraph = new ComputationGraph(graph.getConfiguration());
        assertRefused(() -> FisherProbe.measure(emptyGraph, new DataSet(features(), labels())), "init()");
    }

    private static void assertRefused(Runnable call, String... parts) {
        assertThatThrownBy(call::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(parts);
    }

    private static INDArray features() {
        return SETTING.draw().normal(BATCH, 3);
    }

    private static INDArray labels() {
        return SETTING.draw().oneHot(BATCH, 2);
    }

    private static OutputLayer output() {
        return new OutputLayer.Builder(LossFunction.MSE)
                .nOut(2)
                .activation(Activation.TANH)
                .build();
    }

    private static MultiLayerNetwork network(OutputLayer output) {
        MultiLayerNetwork network = new MultiLayerNetwork(Case.base(SETTING)
                .list()
                .layer(new DenseLayer.Builder()
                        .nOut(4)
                        .activation(Activation.TANH)
                        .build())
                .layer(output)
                .setInputType(InputType.feedForward(3))
                .build());
        network.init();
        return network;
    }
}
