package io.dl4jext.fisher.internal.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.FisherProbe;
import java.util.function.Consumer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder;
import org.deeplearning4j.nn.conf.distribution.NormalDistribution;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.graph.AttentionVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GravesBidirectionalLSTM;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.conf.ocnn.OCNNOutputLayer;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.conf.weightnoise.WeightNoise;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.layers.samediff.SameDiffGraphVertex;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** What cannot be measured is refused by name before the first step; what can is not. */
class SupportTest {

    @Test
    void oneClass() {
        assertRefused(
                network(list -> list.layer(dense())
                        .layer(new OCNNOutputLayer.Builder()
                                .nIn(3)
                                .hiddenLayerSize(2)
                                .build())
                        .setInputType(InputType.feedForward(4))),
                "layer 1 'layer1' (OCNNOutputLayer)");
    }

    @Test
    void weightNoiseOnALayerThatIsReplayed() {
        assertRefused(
                network(list -> list.layer(new GravesBidirectionalLSTM.Builder()
                                .nOut(3)
                                .weightNoise(new DropConnect(0.5))
                                .build())
                        .layer(rnnOutput())
                        .setInputType(InputType.recurrent(2))),
                "layer 0 'layer0' (GravesBidirectionalLSTM)",
                "DropConnect");
    }

    /** Nobody else sees the peepholes that it draws. */
    @Test
    void weightNoiseOnPeepholes() {
        assertRefused(
                network(list -> list.layer(new GravesLSTM.Builder()
                                .nOut(3)
                                .weightNoise(new DropConnect(0.5))
                                .build())
                        .layer(rnnOutput())
                        .setInputType(InputType.recurrent(2))),
                "layer 0 'layer0' (GravesLSTM)",
                "DropConnect");
    }

    @Test
    void randomActivationOnALayerThatIsReplayed() {
        assertRefused(
                network(list -> list.layer(new GravesBidirectionalLSTM.Builder()
                                .nOut(3)
                                .activation(Activation.RRELU)
                                .build())
                        .layer(rnnOutput())
                        .setInputType(InputType.recurrent(2))),
                "layer 0 'layer0' (GravesBidirectionalLSTM)",
                "rrelu");
    }

    @Test
    void dropoutInsideBidirectional() {
        assertRefused(
                network(list -> list.layer(new Bidirectional(new LSTM.Builder()
                                .nOut(3)
                                .dropOut(new Dropout(0.5))
                                .build()))
                        .layer(rnnOutput())
                        .setInputType(InputType.recurrent(2))),
                "layer 0",
                "BidirectionalLayer",
                "dropout inside a Bidirectional");
    }

    @Test
    void dropoutInsideMaskZero() {
        assertRefused(
                network(list -> list.layer(new MaskZeroLayer(
                                new GravesBidirectionalLSTM.Builder()
                                        .nOut(3)
                                        .dropOut(new Dropout(0.5))
                                        .build(),
                                0.0))
                        .layer(rnnOutput())
                        .setInputType(InputType.recurrent(2))),
                "layer 0",
                "(MaskZeroLayer)",
                "dropout inside a MaskZeroLayer");
    }

    @Test
    void timeDistributed() {
        assertRefused(
                network(list -> list.layer(new TimeDistributed(new BatchNormalization()))
                        .layer(rnnOutput())
                        .setInputType(InputType.recurrent(2))),
                "layer 0 'layer0' (TimeDistributedLayer)",
                "use the inner layer itself");
    }

    /** A vertex of somebody else's: who knows whether a second one can be made of its configuration. */
    private static final class ForeignVertex extends AttentionVertex {

        ForeignVertex() {
            super(new Builder()
                    .nInKeys(2)
                    .nInQueries(2)
                    .nInValues(2)
                    .nOut(2)
                    .nHeads(1)
                    .headSize(2)
                    .projectInput(true)
                    .weightInit(WeightInit.XAVIER));
        }

        @Override
        public GraphVertex instantiate(
                ComputationGraph graph,
                String name,
                int index,
                INDArray parameters,
                boolean initialize,
                DataType type) {
            return new SameDiffGraphVertex(this, graph, name, index, parameters, initialize, type) {};
        }

        @Override
        public AttentionVertex clone() {
            return new ForeignVertex();
        }
    }

    @Test
    void vertexWithParameters() {
        ComputationGraph graph = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("in")
                .addVertex("attention", new ForeignVertex(), "in", "in", "in")
                .addLayer("out", rnnOutput(), "attention")
                .setInputTypes(InputType.recurrent(2))
                .setOutputs("out")
                .build());
        graph.init();
        assertRefused(graph, "vertex 'attention' (ForeignVertex)", "neither a layer nor one of SameDiff's");
    }

    @Test
    void allProblemsAtOnce() {
        assertRefused(
                network(list -> list.layer(new GravesLSTM.Builder()
                                .nOut(3)
                                .weightNoise(new WeightNoise(new NormalDistribution(0, 0.1)))
                                .build())
                        .layer(new Bidirectional(new LSTM.Builder()
                                .nOut(3)
                                .dropOut(new Dropout(0.5))
                                .build()))
                        .layer(rnnOutput())
                        .setInputType(InputType.recurrent(2))),
                "layer 0 'layer0' (GravesLSTM)",
                "layer 1");
    }

    @Test
    void frozenLayersMayBeOfAnyKind() {
        Model network = network(list -> list.layer(new FrozenLayer(new SimpleRnn.Builder()
                        .nOut(3)
                        .weightNoise(new DropConnect(0.5))
                        .build()))
                .layer(rnnOutput())
                .setInputType(InputType.recurrent(2)));
        assertThatCode(() -> GradientCapture.requireSupported(network)).doesNotThrowAnyException();
    }

    @Test
    void listenerRefusesBeforeTheFirstStep() {
        MultiLayerNetwork network = network(list -> list.layer(new GravesLSTM.Builder()
                        .nOut(3)
                        .weightNoise(new DropConnect(0.5))
                        .build())
                .layer(rnnOutput())
                .setInputType(InputType.recurrent(2)));
        DataSet data = new DataSet(Nd4j.rand(5, 2, 4), Nd4j.zeros(5, 3, 4));
        FisherListener patient = FisherListener.builder().build();
        network.setListeners(patient);
        network.fit(data);
        assertThat(patient.history().measurements()).isEmpty();
        assertThat(network.getIterationCount()).isEqualTo(1);

        INDArray before = network.params().dup();
        network.setListeners(FisherListener.builder().failFast(true).build());
        assertThatThrownBy(() -> network.fit(data))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("GravesLSTM");
        assertThat(network.params()).isEqualTo(before);
        network.setListeners();
        assertThatThrownBy(() -> FisherProbe.measure(network, data)).hasMessageContaining("GravesLSTM");
    }

    @Test
    void otherModelsAreRefused() {
        assertThatThrownBy(() -> GradientCapture.requireSupported(null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("MultiLayerNetwork or a ComputationGraph");
    }

    private static void assertRefused(Model network, String... parts) {
        assertThatThrownBy(() -> GradientCapture.requireSupported(network))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(parts);
    }

    private static MultiLayerNetwork network(Consumer<ListBuilder> layers) {
        ListBuilder list = new NeuralNetConfiguration.Builder().list();
        layers.accept(list);
        MultiLayerNetwork network = new MultiLayerNetwork(list.build());
        network.init();
        return network;
    }

    private static DenseLayer dense() {
        return new DenseLayer.Builder().nOut(5).activation(Activation.TANH).build();
    }

    private static OutputLayer output() {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(3)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private static RnnOutputLayer rnnOutput() {
        return new RnnOutputLayer.Builder(LossFunction.MCXENT)
                .nOut(3)
                .activation(Activation.SOFTMAX)
                .build();
    }
}
