package io.dl4jext.fisher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;

import io.dl4jext.fisher.LayerContribution.Kind;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.graph.AttentionVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.conf.ocnn.OCNNOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

class LayerContributionTest {

    private static MultiLayerNetwork images() {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .list()
                .layer(new ConvolutionLayer.Builder(3, 3).name("eyes").nOut(2).build())
                .layer(new SubsamplingLayer.Builder().build())
                .layer(new BatchNormalization())
                .layer(new BatchNormalization.Builder().lockGammaBeta(true).build())
                .layer(new VariationalAutoencoder.Builder().nOut(3).build())
                .layer(new FrozenLayer(new DenseLayer.Builder().nOut(4).build()))
                .layer(new OutputLayer.Builder()
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.convolutional(8, 8, 1))
                .build());
        network.init();
        return network;
    }

    @Test
    void everyLayerInItsOrder() {
        MultiLayerNetwork network = images();
        List<LayerContribution> all = LayerContribution.of(network);

        assertThat(all)
                .extracting(LayerContribution::kind)
                .containsExactly(Kind.DIRECT, Kind.NONE, Kind.DIRECT, Kind.NONE, Kind.REPLAYED, Kind.NONE, Kind.DIRECT);
        assertThat(all.stream().mapToLong(LayerContribution::parameters).sum()).isEqualTo(network.numParams());
        assertThat(all)
                .extracting(contribution -> contribution.reason().orElse(""))
                .containsExactly("", "no parameters", "", "gamma and beta are locked", "", "frozen", "");
        assertThat(all.get(0)).hasToString("layer 0 'eyes' (ConvolutionLayer), 20 parameters: direct");
        assertThat(all.get(3).toString()).endsWith("4 parameters: none (gamma and beta are locked)");
    }

    @Test
    void whatIsSaidIsDone() {
        MultiLayerNetwork network = images();
        FisherListener fisher =
                FisherListener.builder().everyIterations(1).failFast(true).build();
        network.setListeners(fisher);
        network.fit(new DataSet(Nd4j.rand(3, 1, 8, 8), Nd4j.create(new double[][] {{1, 0}, {0, 1}, {1, 0}})));

        assertThat(fisher.history().measurements()).hasSize(1);
        assertThat(LayerContribution.of(network))
                .hasToString(LayerContribution.of(images()).toString());
    }

    @Test
    void refusalsHaveTheirReasons() {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .list()
                .layer(new Bidirectional(new LSTM.Builder()
                        .nIn(3)
                        .nOut(4)
                        .dropOut(new Dropout(0.5))
                        .build()))
                .layer(new GlobalPoolingLayer())
                .layer(new OCNNOutputLayer.Builder().nIn(8).hiddenLayerSize(2).build())
                .build());
        network.init();
        List<LayerContribution> all = LayerContribution.of(network);

        assertThat(all).extracting(LayerContribution::kind).containsExactly(Kind.REFUSED, Kind.NONE, Kind.REFUSED);
        assertThat(all.get(0).reason())
                .hasValueSatisfying(reason -> assertThat(reason).startsWith("dropout inside a Bidirectional"));
        assertThat(all.get(2).toString()).contains("refused (its parameters are not trained by a sum");
    }

    private static AttentionVertex attention() {
        return new AttentionVertex.Builder()
                .nHeads(1)
                .headSize(4)
                .projectInput(true)
                .nInQueries(4)
                .nInKeys(4)
                .nInValues(4)
                .nOut(4)
                .build();
    }

    @Test
    void verticesWithParameters() {
        ComputationGraph graph = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("in")
                .addLayer("lstm", new LSTM.Builder().nOut(4).build(), "in")
                .addVertex("attention", attention(), "lstm", "lstm", "lstm")
                .addVertex("other", new OtherAttention(attention()), "attention", "attention", "lstm")
                .addLayer("pool", new GlobalPoolingLayer(), "other")
                .addLayer(
                        "out",
                        new OutputLayer.Builder()
                                .nOut(2)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "pool")
                .setOutputs("out")
                .setInputTypes(InputType.recurrent(3, 5))
                .build());
        graph.init();
        List<LayerContribution> all = LayerContribution.of(graph);

        assertThat(all.stream().mapToLong(LayerContribution::parameters).sum())
                .isEqualTo(graph.params().length());
        assertThat(all)
                .filteredOn(one -> one.kind() == Kind.REPLAYED)
                .singleElement()
                .satisfies(one -> assertThat(one.layer()).startsWith("vertex 'other'"));
        assertThat(all).filteredOn(one -> one.kind() == Kind.DIRECT).hasSize(3);
        assertThat(all)
                .extracting(LayerContribution::name, LayerContribution::type)
                .contains(tuple("layer 'lstm'", "LSTM"), tuple("vertex 'other'", "OtherAttention"));
        assertThat(all).allSatisfy(one -> assertThat(one.layer()).isEqualTo(one.name() + " (" + one.type() + ")"));
    }

    @Test
    void otherModelsAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LayerContribution.of(null))
                .withMessageContaining("got null");
        MultiLayerNetwork bare = new MultiLayerNetwork(images().getLayerWiseConfigurations());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LayerContribution.of(bare))
                .withMessageContaining("call init() first");
    }
}
