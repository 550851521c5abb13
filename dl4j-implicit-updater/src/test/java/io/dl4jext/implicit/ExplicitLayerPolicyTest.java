package io.dl4jext.implicit;

import static io.dl4jext.implicit.Networks.assertSame;
import static io.dl4jext.implicit.Networks.gaussian;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dl4jext.entropysgd.EntropySgd;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** {@link ImplicitSgd} on layers that compute an ordinary gradient: refused, unless asked for. */
class ExplicitLayerPolicyTest {

    private static final DataType TYPE = DataType.DOUBLE;

    private static DenseLayer.Builder dense() {
        return new DenseLayer.Builder().nIn(4).nOut(4).activation(Activation.TANH);
    }

    private static Layer implicit() {
        return new ImplicitDenseLayer.Builder()
                .nIn(4)
                .nOut(4)
                .activation(Activation.TANH)
                .build();
    }

    private static OutputLayer.Builder output() {
        return new OutputLayer.Builder(LossFunction.MCXENT).nIn(4).nOut(3).activation(Activation.SOFTMAX);
    }

    private static Layer implicitOutput() {
        return new ImplicitOutputLayer.Builder(LossFunction.MCXENT)
                .nIn(4)
                .nOut(3)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private static DataSet data() {
        Random random = Seeds.random("policy");
        return new DataSet(gaussian(random, TYPE, 6, 4), Networks.oneHot(random, TYPE, 6, 3));
    }

    private static void assertRefused(MultiLayerNetwork network, DataSet data, long first, long last) {
        INDArray before = network.params().dup();
        assertThatThrownBy(() -> network.fit(data))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Expected an implicit layer, got ImplicitSgd(")
                .hasMessageContaining("parameters " + first + " to " + last + " of the network")
                .hasMessageContaining("ImplicitBackprop.convert")
                .hasMessageContaining("explicitElsewhere(true)");
        assertSame(network.params(), before);
    }

    @Test
    void ordinaryLayersAreRefused() {
        ImplicitSgd updater = ImplicitSgd.builder().learningRate(0.5).mu(0.1).build();
        assertRefused(Networks.network(updater, TYPE, dense().build(), output().build()), data(), 0, 34);
        // One among implicit ones, wherever it is: DL4J must not join it with its neighbours.
        assertRefused(Networks.network(updater, TYPE, dense().build(), implicit(), implicitOutput()), data(), 0, 19);
        assertRefused(Networks.network(updater, TYPE, implicit(), dense().build(), implicitOutput()), data(), 20, 39);
        assertRefused(
                Networks.network(
                        updater, TYPE, implicit(), dense().updater(new Sgd(0.1)).build(), implicit(), output().build()),
                data(),
                60,
                74);
        ImplicitSgd rule = ImplicitSgd.builder().rule(new Nesterovs(0.1, 0.9)).build();
        assertRefused(Networks.network(rule, TYPE, implicit(), output().build()), data(), 20, 34);
    }

    @Test
    void ordinaryLayersOfGraphsAreRefused() {
        ComputationGraph graph = Networks.network(new ImplicitSgd(0.5), TYPE, implicit(), output().build())
                .toComputationGraph();
        assertThatThrownBy(() -> graph.fit(data()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("parameters 20 to 34");
    }

    /** In its gradient of 0 there is nothing to refuse: the same as with a rate of 0. */
    @Test
    void layersFrozenWithBackpropagationStay() {
        ImplicitSgd[] updaters = {
            ImplicitSgd.builder().learningRate(0.5).mu(0.1).build(),
            ImplicitSgd.builder().rule(new Nesterovs(0.1, 0.9)).build(),
            ImplicitSgd.builder()
                    .rule(EntropySgd.builder().learningRate(0.1).build())
                    .build()
        };
        for (ImplicitSgd updater : updaters) {
            Layer[] layers = new Layer[2];
            for (int i = 0; i < 2; i++) {
                DenseLayer.Builder inside = i == 0 ? dense() : dense().updater(new Sgd(0));
                layers[i] = new FrozenLayerWithBackprop(inside.build());
            }
            MultiLayerNetwork network =
                    Networks.network(updater, TYPE, layers[0], implicit(), layers[0].clone(), implicitOutput());
            MultiLayerNetwork expected =
                    Networks.network(updater, TYPE, layers[1], implicit(), layers[1].clone(), implicitOutput());
            ComputationGraph graph = network.toComputationGraph();
            INDArray before = network.params().dup();
            for (int step = 0; step < 3; step++) {
                network.fit(data());
                expected.fit(data());
                graph.fit(data());
            }
            if (!(updater.getRule() instanceof EntropySgd)) { // whose draws follow DL4J's blocks
                assertSame(network.params(), expected.params());
                assertSame(graph.params(), expected.params());
            }
            INDArray change = network.params().sub(before).reshape(before.length());
            for (int layer = 0; layer < 4; layer++) {
                INDArray own = change.get(NDArrayIndex.interval(20 * layer, Math.min(20 * layer + 20, 75)));
                assertThat(own.amaxNumber().doubleValue() == 0).isEqualTo(layer % 2 == 0);
            }
        }
    }

    /** DL4J itself shrinks frozen weights there. */
    @Test
    void frozenLayersWithL2AreRefusedWithAWayOut() {
        ImplicitSgd updater = new ImplicitSgd(0.5);
        Layer shrunk = new FrozenLayerWithBackprop(dense().l2(0.1).build());
        MultiLayerNetwork network = Networks.network(updater, TYPE, shrunk, implicitOutput());
        assertRefused(network, data(), 0, 19);
        assertThatThrownBy(() -> network.fit(data())).hasMessageContaining("new Sgd(0) within FrozenLayerWithBackprop");
        Layer kept =
                new FrozenLayerWithBackprop(dense().l2(0.1).updater(new Sgd(0)).build());
        MultiLayerNetwork other = Networks.network(updater, TYPE, kept, implicitOutput());
        INDArray before = other.getParam("0_W").dup();
        other.fit(data());
        assertSame(other.getParam("0_W"), before);
    }

    /**
     * DL4J asks the layer inside for its regularisation, frozen or not: a ridge shrinks it, as l2 would, unless it has
     * another updater.
     */
    @Test
    void implicitLayersFrozenWithBackpropagationStayButForARidge() {
        ImplicitSgd ridge = ImplicitSgd.builder().learningRate(0.5).mu(0.1).build();
        for (ImplicitSgd updater : new ImplicitSgd[] {ridge, new ImplicitSgd(0.5)}) {
            for (IUpdater own : new IUpdater[] {null, new Sgd(0)}) {
                ImplicitDenseLayer.Builder inside = new ImplicitDenseLayer.Builder();
                inside.nIn(4).nOut(4).activation(Activation.TANH).updater(own);
                MultiLayerConfiguration layers = Networks.configuration(
                        updater,
                        TYPE,
                        WorkspaceMode.ENABLED,
                        new FrozenLayerWithBackprop(inside.build()),
                        implicit(),
                        implicitOutput());
                ComputationGraphConfiguration vertices = new NeuralNetConfiguration.Builder()
                        .dataType(TYPE)
                        .updater(updater)
                        .graphBuilder()
                        .addInputs("in")
                        .addLayer("a", new FrozenLayerWithBackprop(inside.build()), "in")
                        .addLayer("b", implicitOutput(), "a")
                        .setOutputs("b")
                        .build();
                MultiLayerNetwork network = new MultiLayerNetwork(layers);
                ComputationGraph graph = new ComputationGraph(vertices);
                network.init();
                graph.init();
                INDArray before = network.params().dup();
                INDArray ofGraph = graph.getLayer("a").params().dup();
                network.fit(data());
                graph.fit(data());
                INDArray change = network.params().sub(before).reshape(before.length());
                boolean shrinks = updater == ridge && own == null;
                assertThat(change.get(NDArrayIndex.interval(0, 20)).amaxNumber().doubleValue() > 0)
                        .isEqualTo(shrinks);
                assertThat(change.get(NDArrayIndex.interval(20, 40))
                                .amaxNumber()
                                .doubleValue())
                        .isPositive();
                assertThat(graph.getLayer("a").params().equals(ofGraph)).isEqualTo(!shrinks);
            }
        }
    }

    /** Convolutions, batch normalisation and the rest have no implicit step either. */
    @Test
    void otherTypesAreRefused() {
        Random random = Seeds.random("policy, other types");
        for (int i = 0; i < 2; i++) {
            Layer first = i == 0
                    ? new ConvolutionLayer.Builder(2, 2)
                            .nOut(2)
                            .activation(Activation.TANH)
                            .build()
                    : new BatchNormalization.Builder().build();
            MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                    .seed(1)
                    .dataType(TYPE)
                    .updater(new ImplicitSgd(0.5))
                    .list(
                            first,
                            new ImplicitOutputLayer.Builder(LossFunction.MCXENT)
                                    .nOut(3)
                                    .activation(Activation.SOFTMAX)
                                    .build())
                    .setInputType(InputType.convolutional(4, 4, 1))
                    .build());
            network.init();
            DataSet images = new DataSet(gaussian(random, TYPE, 5, 1, 4, 4), Networks.oneHot(random, TYPE, 5, 3));
            assertRefused(network, images, 0, i == 0 ? 9 : 1);
        }
    }

    /** A network that was refused can still be used, saved and converted. */
    @Test
    void theMessagesWayOut() throws Exception {
        ImplicitSgd updater = ImplicitSgd.builder().learningRate(0.5).mu(0.1).build();
        MultiLayerNetwork network = Networks.network(updater, TYPE, dense().build(), output().build());
        assertRefused(network, data(), 0, 34);
        network.output(data().getFeatures());
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        ModelSerializer.writeModel(network, file, true);
        MultiLayerNetwork loaded =
                ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(file.toByteArray()), true);
        assertRefused(loaded, data(), 0, 34);
        Conversion<MultiLayerNetwork> conversion = ImplicitBackprop.convert(loaded, updater);
        assertThat(conversion.converted()).hasSize(2);
        double before = conversion.result().score(data());
        for (int step = 0; step < 20; step++) {
            conversion.result().fit(data());
        }
        assertThat(conversion.result().score(data())).isLessThan(before);
    }

    @Test
    void plainSgdWhereItIsAskedFor() {
        ImplicitSgd asked =
                ImplicitSgd.builder().learningRate(0.5).explicitElsewhere(true).build();
        MultiLayerNetwork mixed = Networks.network(asked, TYPE, implicit(), output().build());
        MultiLayerNetwork expected = Networks.network(
                new ImplicitSgd(0.5),
                TYPE,
                implicit(),
                output().updater(new Sgd(0.5)).build());
        for (int step = 0; step < 5; step++) {
            mixed.fit(data());
            expected.fit(data());
        }
        assertSame(mixed.params(), expected.params());
        assertThatThrownBy(() ->
                        ImplicitSgd.builder().mu(0.1).explicitElsewhere(true).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("mu = 0 with explicitElsewhere")
                .hasMessageContaining("got 0.1");
    }

    private static Layer rnn() {
        return new ImplicitSimpleRnn.Builder()
                .nOut(4)
                .activation(Activation.TANH)
                .build();
    }

    static List<Layer> wrapped() {
        return List.of(
                rnn(),
                new Bidirectional(Bidirectional.Mode.ADD, rnn()),
                new MaskZeroLayer(rnn(), 0),
                new TimeDistributed(new ImplicitDenseLayer.Builder()
                        .nOut(4)
                        .activation(Activation.TANH)
                        .build()));
    }

    /** An implicit layer is known as one through DL4J's wrappers; a configuration read from JSON, too. */
    @ParameterizedTest
    @MethodSource("wrapped")
    void wrappedImplicitLayersRun(Layer first) {
        MultiLayerConfiguration configuration = new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(TYPE)
                .updater(new ImplicitSgd(0.1))
                .list(first, new LastTimeStep(rnn()), implicitOutput())
                .setInputType(InputType.recurrent(2, 5))
                .build();
        Random random = Seeds.random("policy, wrappers");
        DataSet series = new DataSet(gaussian(random, TYPE, 3, 2, 5), Networks.oneHot(random, TYPE, 3, 3));
        MultiLayerConfiguration read = MultiLayerConfiguration.fromJson(configuration.toJson());
        MultiLayerNetwork network = new MultiLayerNetwork(read);
        network.init();
        network.fit(series);
        MultiLayerNetwork copy = network.clone();
        network.fit(series);
        copy.fit(series);
        assertSame(copy.params(), network.params());
        ComputationGraph graph = copy.toComputationGraph();
        graph.fit(series);
        assertThat(graph.params().equals(copy.params())).isFalse();
        assertThat(MultiLayerConfiguration.fromYaml(configuration.toYaml())).isEqualTo(configuration);
    }

    /** The converter gives an LSTM and its like an explicit updater: nothing is refused. */
    @Test
    void convertedNetworksRun() {
        MultiLayerConfiguration configuration = new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(TYPE)
                .list(
                        new LSTM.Builder().nIn(2).nOut(4).build(),
                        new RnnOutputLayer.Builder(LossFunction.MCXENT)
                                .nIn(4)
                                .nOut(3)
                                .activation(Activation.SOFTMAX)
                                .build())
                .build();
        Random random = Seeds.random("policy, converted");
        DataSet series = new DataSet(gaussian(random, TYPE, 3, 2, 5), Networks.oneHot(random, TYPE, 3, 3, 5));
        ImplicitSgd updater = ImplicitSgd.builder().learningRate(0.5).mu(0.1).build();
        MultiLayerNetwork network = new MultiLayerNetwork(
                ImplicitBackprop.convert(configuration, updater).result());
        network.init();
        INDArray before = network.params().dup();
        network.fit(series);
        assertThat(network.params().equals(before)).isFalse();
    }

    /** Equal updaters of implicit layers stay one block for DL4J, and setLearningRate reaches layer and updater. */
    @Test
    void implicitLayersAreJoinedAndFollowSetLearningRate() {
        MultiLayerNetwork network =
                Networks.network(new ImplicitSgd(0.5), TYPE, implicit(), implicit(), implicitOutput());
        assertThat(((BaseMultiLayerUpdater<?>) network.getUpdater()).getUpdaterBlocks())
                .hasSize(1);
        MultiLayerNetwork expected =
                Networks.network(new ImplicitSgd(0.125), TYPE, implicit(), implicit(), implicitOutput());
        network.setLearningRate(0.125);
        network.fit(data());
        expected.fit(data());
        assertSame(network.params(), expected.params());
    }

    /** DL4J copies the network for each worker, and for the best model. */
    @Test
    void workersAndEarlyStoppingKeepImplicitLayers() {
        ImplicitSgd updater = ImplicitSgd.builder().learningRate(0.5).mu(0.01).build();
        MultiLayerNetwork network = ImplicitBackprop.convert(
                        Networks.network(new Sgd(0.1), TYPE, dense().build(), output().build()), updater)
                .result();
        double before = network.score(data());
        List<DataSet> batches = Collections.nCopies(4, data());
        try (ParallelWrapper wrapper = new ParallelWrapper.Builder<>(network)
                .workers(2)
                .averagingFrequency(1)
                .prefetchBuffer(0)
                .build()) {
            wrapper.fit(new ExistingDataSetIterator(batches));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        double averaged = network.score(data());
        assertThat(averaged).isLessThan(before);
        EarlyStoppingConfiguration<MultiLayerNetwork> stopping = new EarlyStoppingConfiguration.Builder<
                        MultiLayerNetwork>()
                .modelSaver(new InMemoryModelSaver<>())
                .epochTerminationConditions(new MaxEpochsTerminationCondition(3))
                .scoreCalculator(new DataSetLossCalculator(new ExistingDataSetIterator(batches), true))
                .build();
        MultiLayerNetwork best = new EarlyStoppingTrainer(stopping, network, new ExistingDataSetIterator(batches))
                .fit()
                .getBestModel();
        double stopped = best.score(data());
        assertThat(stopped).isLessThan(averaged);
        best.fit(data());
        assertThat(best.score(data())).isLessThan(stopped);
    }

    /** Fine tuning with implicit steps: the frozen layer stays, a layer that is not implicit is refused. */
    @Test
    void transferLearning() {
        MultiLayerNetwork trained = Networks.network(new Sgd(0.1), TYPE, implicit(), implicit(), implicitOutput());
        trained.fit(data());
        IUpdater updater = ImplicitSgd.builder().learningRate(0.5).mu(0.1).build();
        MultiLayerNetwork tuned = new TransferLearning.Builder(trained)
                .fineTuneConfiguration(
                        new FineTuneConfiguration.Builder().updater(updater).build())
                .setFeatureExtractor(0)
                .build();
        assertSame(tuned.params(), trained.params());
        MultiLayerNetwork by = tuned.clone();
        tuned.fit(data());
        by.fit(data());
        assertSame(by.params(), tuned.params());
        assertSame(tuned.getParam("0_W"), trained.getParam("0_W"));
        assertThat(tuned.getParam("1_W").equals(trained.getParam("1_W"))).isFalse();
        MultiLayerNetwork plain =
                Networks.network(new Sgd(0.1), TYPE, dense().build(), dense().build(), output().build());
        MultiLayerNetwork other = new TransferLearning.Builder(plain)
                .fineTuneConfiguration(
                        new FineTuneConfiguration.Builder().updater(updater).build())
                .setFeatureExtractor(0)
                .build();
        assertRefused(other, data(), 20, 54);
    }

    @Test
    void graphConfigurationsKeepEverything() {
        ComputationGraphConfiguration configuration = new NeuralNetConfiguration.Builder()
                .updater(ImplicitSgd.builder()
                        .learningRate(0.5)
                        .explicitElsewhere(true)
                        .build())
                .graphBuilder()
                .addInputs("in")
                .addLayer("a", implicit(), "in")
                .addLayer("b", output().build(), "a")
                .setOutputs("b")
                .build();
        assertThat(ComputationGraphConfiguration.fromJson(configuration.toJson()))
                .isEqualTo(configuration);
        assertThat(ComputationGraphConfiguration.fromYaml(configuration.toYaml()))
                .isEqualTo(configuration);
        ComputationGraph graph = new ComputationGraph(configuration);
        graph.init();
        graph.fit(new DataSet(Nd4j.ones(DataType.FLOAT, 2, 4), Nd4j.createFromArray(new float[][] {{1, 0, 0}, {0, 1, 0}
        })));
    }
}
