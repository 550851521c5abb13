package io.dl4jext.implicit;

import static io.dl4jext.implicit.Networks.assertSame;
import static io.dl4jext.implicit.Networks.gaussian;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.Random;
import java.util.TreeMap;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.SerializationFeature;

class ImplicitBackpropTest {

    private static DenseLayer.Builder dense(int units) {
        return new DenseLayer.Builder().nOut(units).activation(Activation.RELU);
    }

    private static Layer softmax() {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(3)
                .activation(Activation.SOFTMAX)
                .build();
    }

    /** Without layer norm where it has to run: DL4J 1.0.0-beta7 cannot execute its own (gain of rank 2). */
    private static MultiLayerConfiguration image(boolean layerNorm) {
        return new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Adam(1e-3))
                .list(
                        new ConvolutionLayer.Builder(3, 3)
                                .nOut(2)
                                .activation(Activation.RELU)
                                .build(),
                        new BatchNormalization.Builder().build(),
                        new SubsamplingLayer.Builder()
                                .kernelSize(2, 2)
                                .stride(2, 2)
                                .build(),
                        dense(5).name("hidden")
                                .updater(new Sgd(7))
                                .biasUpdater(new Sgd(8))
                                .build(),
                        dense(5).hasLayerNorm(layerNorm).build(),
                        dense(5).weightNoise(new DropConnect(0.9)).build(),
                        dense(5).activation(Activation.SOFTMAX).build(),
                        dense(5).updater(new NoOp()).build(),
                        new FrozenLayerWithBackprop(dense(5).build()),
                        softmax())
                .setInputType(InputType.convolutionalFlat(8, 8, 1))
                .build();
    }

    private static BaseLayer layer(MultiLayerConfiguration configuration, int index) {
        return (BaseLayer) configuration.getConf(index).getLayer();
    }

    /** One becomes another such network, whose init() draws the parameters. */
    @Test
    void aNetworkThatIsNotInitialisedIsConvertedAsItIs() {
        NeuralNetConfiguration.ListBuilder layers = new NeuralNetConfiguration.Builder()
                .seed(3)
                .list()
                .layer(new DenseLayer.Builder().nIn(4).nOut(3).build())
                .layer(new OutputLayer.Builder()
                        .nIn(3)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build());
        MultiLayerNetwork network = new MultiLayerNetwork(layers.build());
        MultiLayerNetwork converted =
                ImplicitBackprop.convert(network, new ImplicitSgd(0.1)).result();
        assertThat(converted.isInitCalled()).isFalse();
        ComputationGraph graph = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .seed(3)
                .graphBuilder()
                .addInputs("in")
                .addLayer("0", new DenseLayer.Builder().nIn(4).nOut(3).build(), "in")
                .addLayer(
                        "1",
                        new OutputLayer.Builder()
                                .nIn(3)
                                .nOut(2)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "0")
                .setOutputs("1")
                .build());
        ComputationGraph convertedGraph =
                ImplicitBackprop.convert(graph, new ImplicitSgd(0.1)).result();
        assertThat(convertedGraph.getLayers()).isNull();
        network.init();
        converted.init();
        graph.init();
        convertedGraph.init();
        assertThat(converted.params()).isEqualTo(network.params());
        assertThat(convertedGraph.params()).isEqualTo(graph.params());
    }

    @Test
    void denseAndOutputLayersAreConvertedAndTheRestIsListed() {
        MultiLayerConfiguration before = image(true);
        String json = before.toJson();
        ISchedule schedule = new ExponentialSchedule(ScheduleType.ITERATION, 0.5, 0.9);
        ImplicitSgd updater =
                ImplicitSgd.builder().learningRateSchedule(schedule).mu(0.01).build();
        Conversion<MultiLayerConfiguration> conversion = ImplicitBackprop.convert(before, updater);
        assertThat(before.toJson()).isEqualTo(json);
        assertThat(conversion.converted()).containsExactly("3 'hidden' DenseLayer", "9 OutputLayer");
        assertThat(conversion.leftExplicit()).hasSize(8);
        assertThat(conversion.leftExplicit().get(0)).isEqualTo("0 ConvolutionLayer: has no implicit step");
        assertThat(conversion.leftExplicit().get(1)).isEqualTo("1 BatchNormalization: has no implicit step");
        assertThat(conversion.leftExplicit().get(2)).isEqualTo("2 SubsamplingLayer: has no parameters");
        assertThat(conversion.leftExplicit().get(3)).contains("4 DenseLayer: layer norm is not supported");
        assertThat(conversion.leftExplicit().get(4)).contains("5 DenseLayer: weight noise is not supported");
        assertThat(conversion.leftExplicit().get(5)).contains("6 DenseLayer: expected an element-wise", "softmax");
        assertThat(conversion.leftExplicit().get(6)).contains("7 DenseLayer: has the updater NoOp");
        assertThat(conversion.leftExplicit().get(7)).contains("8 FrozenLayerWithBackprop: is frozen");
        assertThat(conversion.summary())
                .startsWith("Implicit layers: 2\n  3 'hidden'")
                .contains("Explicit layers: 8");

        MultiLayerConfiguration after = conversion.result();
        assertThat(layer(after, 3)).isInstanceOf(ImplicitDenseLayer.class);
        assertThat(layer(after, 3).getIUpdater()).isEqualTo(updater);
        assertThat(layer(after, 3).getUpdaterByParam("b")).isEqualTo(updater.ofImplicitLayer());
        assertThat(conversion.replacedUpdaters())
                .containsExactly(
                        "0 ConvolutionLayer: " + new Adam(1e-3) + ", now " + new Sgd(schedule),
                        "1 BatchNormalization: " + new Adam(1e-3) + ", now " + new Sgd(schedule),
                        "3 'hidden' DenseLayer: " + new Sgd(7) + ", bias " + new Sgd(8) + ", now " + updater,
                        "4 DenseLayer: " + new Adam(1e-3) + ", now " + new Sgd(schedule),
                        "5 DenseLayer: " + new Adam(1e-3) + ", now " + new Sgd(schedule),
                        "6 DenseLayer: " + new Adam(1e-3) + ", now " + new Sgd(schedule),
                        "9 OutputLayer: " + new Adam(1e-3) + ", now " + updater);
        assertThat(conversion.summary())
                .contains("Replaced updaters: 7\n  0 ")
                .contains("Sgd(learningRate=7.0, learningRateSchedule=null), bias Sgd(learningRate=8.0");
        assertThat(layer(after, 3).getRegularizationByParam("b")).hasToString("[ImplicitRidge(mu=0.01)]");
        assertThat(layer(after, 9)).isInstanceOf(ImplicitOutputLayer.class);
        for (int explicit : new int[] {0, 1, 4, 5, 6}) {
            assertThat(layer(after, explicit).getIUpdater()).isEqualTo(new Sgd(schedule));
        }
        assertThat(layer(after, 0).getRegularizationByParam("W")).containsExactly(new ImplicitRidge(0.01));
        assertThat(layer(after, 7).getIUpdater()).isEqualTo(new NoOp());
        assertThat(MultiLayerConfiguration.fromJson(after.toJson())).isEqualTo(after);
        Conversion<MultiLayerConfiguration> again = ImplicitBackprop.convert(after, updater);
        assertThat(again.converted()).containsExactly("3 'hidden' ImplicitDenseLayer", "9 ImplicitOutputLayer");
        assertThat(again.replacedUpdaters()).isEmpty();
        assertThat(again.summary()).endsWith("Replaced updaters: 0");
    }

    @Test
    void trainedNetworkKeepsItsParametersAndGoesOn() throws Exception {
        Random random = Seeds.random("conversion");
        DataSet data =
                new DataSet(gaussian(random, DataType.FLOAT, 6, 64), Networks.oneHot(random, DataType.FLOAT, 6, 3));
        MultiLayerNetwork network = new MultiLayerNetwork(image(false));
        network.init();
        network.fit(data);
        INDArray parameters = network.params().dup();
        MultiLayerNetwork converted =
                ImplicitBackprop.convert(network, new ImplicitSgd(0.1)).result();
        assertSame(converted.params(), parameters);
        assertSame(converted.output(data.getFeatures()), network.output(data.getFeatures()));
        assertThat(converted.getIterationCount()).isEqualTo(1);
        converted.fit(data);
        assertSame(network.params(), parameters);
        assertThat(converted.params().equals(parameters)).isFalse();
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        ModelSerializer.writeModel(converted, file, true);
        MultiLayerNetwork loaded =
                ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(file.toByteArray()), true);
        assertSame(loaded.params(), converted.params());
        assertThat(ImplicitBackprop.convert(new MultiLayerNetwork(image(false)), new ImplicitSgd(0.1))
                        .result()
                        .isInitCalled())
                .isFalse();
    }

    private static SimpleRnn.Builder rnn() {
        return new SimpleRnn.Builder().nOut(4).activation(Activation.TANH);
    }

    @Test
    void wrappedLayersAreConvertedInPlace() {
        MultiLayerConfiguration before = new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Adam(1e-3))
                .list(
                        new Bidirectional(Bidirectional.Mode.ADD, rnn().build()),
                        new MaskZeroLayer(rnn().updater(new Sgd(1)).build(), 0),
                        new TimeDistributed(dense(4).updater(new Sgd(1)).build()),
                        new LSTM.Builder().nOut(4).build(),
                        new LastTimeStep(rnn().updater(new Sgd(1)).build()),
                        softmax())
                .setInputType(InputType.recurrent(3, 5))
                .build();
        String json = before.toJson();
        Conversion<MultiLayerConfiguration> conversion = ImplicitBackprop.convert(before, new ImplicitSgd(0.1));
        assertThat(before.toJson()).isEqualTo(json);
        assertThat(conversion.converted())
                .containsExactly(
                        "0/forward SimpleRnn",
                        "0/backward SimpleRnn",
                        "1/MaskZeroLayer SimpleRnn",
                        "2/TimeDistributed DenseLayer",
                        "4/LastTimeStep SimpleRnn",
                        "5 OutputLayer");
        assertThat(conversion.leftExplicit()).containsExactly("3 LSTM: has no implicit step");
        MultiLayerNetwork plain = new MultiLayerNetwork(before);
        plain.init();
        MultiLayerNetwork network = new MultiLayerNetwork(
                MultiLayerConfiguration.fromJson(conversion.result().toJson()));
        network.init();
        assertSame(network.params(), plain.params());
        Random random = Seeds.random("wrapped");
        INDArray x = gaussian(random, DataType.FLOAT, 6, 3, 5);
        DataSet data = new DataSet(x, Networks.oneHot(random, DataType.FLOAT, 6, 3));
        assertSame(network.output(x), plain.output(x));
        double start = network.score(data);
        for (int step = 0; step < 20; step++) {
            network.fit(data);
        }
        assertThat(network.score(data)).isLessThan(start);
    }

    @Test
    void graphsAreConverted() {
        ComputationGraphConfiguration before = new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Adam(1e-3))
                .graphBuilder()
                .addInputs("in")
                .addLayer("a", dense(4).build(), "in")
                .addLayer("b", dense(4).weightNoise(new DropConnect(0.9)).build(), "in")
                .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "a", "b")
                .addLayer("out", softmax(), "sum")
                .setOutputs("out")
                .setInputTypes(InputType.feedForward(3))
                .build();
        ComputationGraph graph = new ComputationGraph(before);
        graph.init();
        Random random = Seeds.random("graph");
        DataSet data =
                new DataSet(gaussian(random, DataType.FLOAT, 6, 3), Networks.oneHot(random, DataType.FLOAT, 6, 3));
        graph.fit(data);
        String json = graph.getConfiguration().toJson();
        Conversion<ComputationGraph> conversion = ImplicitBackprop.convert(graph, new ImplicitSgd(0.1));
        assertThat(graph.getConfiguration().toJson()).isEqualTo(json);
        assertThat(conversion.converted()).containsExactly("'a' DenseLayer", "'out' OutputLayer");
        assertThat(conversion.leftExplicit()).hasSize(1).first().asString().startsWith("'b' DenseLayer: weight noise");
        ComputationGraph converted = conversion.result();
        assertThat(converted.getIterationCount()).isEqualTo(1);
        assertSame(converted.params(), graph.params());
        ComputationGraphConfiguration read = ComputationGraphConfiguration.fromJson(
                converted.getConfiguration().toJson());
        assertThat(((LayerVertex) read.getVertices().get("a")).getLayerConf().getLayer())
                .isInstanceOf(ImplicitDenseLayer.class);
        double start = converted.score(data);
        for (int step = 0; step < 20; step++) {
            converted.fit(data);
        }
        assertThat(converted.score(data)).isLessThan(start);
    }

    /** As of JSON that another tool has written: DL4J keeps the order of the parameters beside the vertices. */
    @Test
    void graphsWithVerticesInAnotherOrderKeepTheirParameters() throws Exception {
        ComputationGraph graph = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Sgd(0.1))
                .graphBuilder()
                .addInputs("in")
                .addLayer("b", dense(4).build(), "in")
                .addLayer("a", dense(4).activation(Activation.RELU).build(), "in")
                .addVertex("both", new MergeVertex(), "a", "b")
                .addLayer("out", softmax(), "both")
                .setOutputs("out")
                .setInputTypes(InputType.feedForward(3))
                .build());
        graph.init();
        ObjectMapper sorting = new ObjectMapper().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);
        String sorted = sorting.writeValueAsString(
                sorting.readValue(graph.getConfiguration().toJson(), TreeMap.class));
        ComputationGraph read = new ComputationGraph(ComputationGraphConfiguration.fromJson(sorted));
        read.init(graph.params().dup(), false);
        ComputationGraph converted =
                ImplicitBackprop.convert(read, new ImplicitSgd(0.1)).result();
        INDArray x = gaussian(Seeds.random("order"), DataType.FLOAT, 5, 3);
        assertSame(read.outputSingle(x), graph.outputSingle(x));
        assertSame(converted.outputSingle(x), graph.outputSingle(x));
        assertSame(converted.getParam("a_W"), graph.getParam("a_W"));
    }

    @Test
    void conflictingShrinkageIsRefusedWithAllItsLayers() {
        MultiLayerConfiguration configuration = new NeuralNetConfiguration.Builder()
                .list(
                        dense(4).nIn(3).l2(0.1).build(),
                        new LSTM.Builder().nIn(4).nOut(4).weightDecay(0.2).build(),
                        new OutputLayer.Builder().nIn(4).nOut(2).build())
                .build();
        assertThatThrownBy(() -> ImplicitBackprop.convert(
                        configuration, ImplicitSgd.builder().mu(0.5).build()))
                .isInstanceOf(DL4JInvalidConfigException.class)
                .hasMessageContaining("0: the updater's ridge (mu = 0.5)")
                .hasMessageContaining("L2Regularization")
                .hasMessageContaining("LSTM 1:")
                .hasMessageContaining("WeightDecay");
        assertThat(ImplicitBackprop.convert(configuration, new ImplicitSgd(0.5)).converted())
                .hasSize(2);
        assertThatThrownBy(() -> ImplicitBackprop.convert(configuration, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Expected an updater");
    }

    /** A rate or bias updater of one layer only; what stays the same is not listed. */
    @Test
    void updatersOfSingleLayersAreListed() {
        ImplicitSgd updater = new ImplicitSgd(0.5);
        ComputationGraphConfiguration graph = new NeuralNetConfiguration.Builder()
                .updater(updater.explicitCounterpart())
                .graphBuilder()
                .addInputs("in")
                .addLayer(
                        "a",
                        new LSTM.Builder().nOut(4).biasUpdater(new Sgd(0.25)).build(),
                        "in")
                .addLayer(
                        "b", new LSTM.Builder().nOut(4).updater(new Sgd(0.125)).build(), "a")
                .addLayer("c", new LSTM.Builder().nOut(4).build(), "b")
                .addLayer(
                        "out",
                        new RnnOutputLayer.Builder(LossFunction.MSE)
                                .nOut(3)
                                .biasUpdater(new Sgd(0.5))
                                .build(),
                        "c")
                .setOutputs("out")
                .setInputTypes(InputType.recurrent(3))
                .build();
        assertThat(ImplicitBackprop.convert(graph, updater).replacedUpdaters())
                .containsExactly(
                        "'a' LSTM: " + new Sgd(0.5) + ", bias " + new Sgd(0.25) + ", now " + new Sgd(0.5),
                        "'b' LSTM: " + new Sgd(0.125) + ", now " + new Sgd(0.5));
    }

    @Test
    void nothingToConvertIsRefused() {
        ImplicitSgd updater = new ImplicitSgd(0.5);
        assertThatThrownBy(() -> ImplicitBackprop.convert((MultiLayerNetwork) null, updater))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("ImplicitBackprop.convert: expected a MultiLayerNetwork, got null");
        assertThatThrownBy(() -> ImplicitBackprop.convert((ComputationGraph) null, updater))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected a ComputationGraph, got null");
        assertThatThrownBy(() -> ImplicitBackprop.convert((MultiLayerConfiguration) null, updater))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected a MultiLayerConfiguration, got null");
        assertThatThrownBy(() -> ImplicitBackprop.convert((ComputationGraphConfiguration) null, updater))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected a ComputationGraphConfiguration, got null");
    }

    @Test
    void recurrentOutputStaysExplicit() {
        MultiLayerConfiguration configuration = new NeuralNetConfiguration.Builder()
                .list(
                        rnn().nIn(3).build(),
                        new RnnOutputLayer.Builder(LossFunction.XENT)
                                .nIn(4)
                                .nOut(2)
                                .activation(Activation.SIGMOID)
                                .build())
                .build();
        Conversion<MultiLayerConfiguration> conversion = ImplicitBackprop.convert(configuration, new ImplicitSgd(0.5));
        assertThat(conversion.converted()).containsExactly("0 SimpleRnn");
        assertThat(conversion.leftExplicit()).containsExactly("1 RnnOutputLayer: has no implicit step");
    }

    /**
     * What Javadoc and docs/implicit.md say of a new Adam in a network that has trained for long, and of the way out.
     */
    @Test
    void adamsFirstStepsInATrainedNetworkAreTooLong() {
        for (int first : new int[] {0, 100_000}) {
            GradientUpdater<?> adam = new Adam(1).instantiate(Nd4j.zeros(DataType.DOUBLE, 1, 2), true);
            for (int k = 1; k <= 100; k++) {
                INDArray gradient = Nd4j.ones(DataType.DOUBLE, 1, 1);
                adam.applyUpdater(gradient, first + k - 1, 0);
                double expected = first == 0 ? 1 : (1 - Math.pow(0.9, k)) / Math.sqrt(1 - Math.pow(0.999, k));
                assertThat(gradient.getDouble(0)).isCloseTo(expected, offset(1e-4));
                if (first > 0) {
                    assertThat(expected).isBetween(3.0, 6.6);
                }
            }
        }
    }
}
