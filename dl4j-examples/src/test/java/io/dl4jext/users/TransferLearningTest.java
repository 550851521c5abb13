package io.dl4jext.users;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dl4jext.adagrad.AdaGradPresets;
import io.dl4jext.batch.DynamicBatchIterator;
import io.dl4jext.batch.scaling.LearningRateScaling;
import io.dl4jext.batch.schedule.BatchSchedule;
import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.FisherMeasurement;
import io.dl4jext.fisher.FisherProbe;
import io.dl4jext.implicit.ImplicitDenseLayer;
import io.dl4jext.implicit.ImplicitOutputLayer;
import io.dl4jext.implicit.ImplicitSgd;
import io.dl4jext.stochastic.StochasticBatch;
import io.dl4jext.stochastic.StochasticBatchListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.nn.transferlearning.TransferLearningHelper;
import org.deeplearning4j.nn.weights.WeightInit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * DL4J's transfer learning with each piece: frozen layers, changed outputs, new layers, fine-tuning, featurised
 * training.
 */
class TransferLearningTest {

    private static final int CLASSES = 3;
    private static final int NEW_CLASSES = 4;

    private static List<DataSet> images(int classes) {
        Random random = new Random(3);
        List<DataSet> batches = new ArrayList<>();
        for (int size : new int[] {5, 5, 4}) {
            INDArray features = Nd4j.create(DataType.DOUBLE, size, 2, 6, 6);
            for (long i = 0; i < features.length(); i++) {
                features.putScalar(i, random.nextGaussian());
            }
            INDArray labels = Nd4j.create(DataType.DOUBLE, size, classes);
            for (int i = 0; i < size; i++) {
                labels.putScalar(i, random.nextInt(classes), 1);
            }
            batches.add(new DataSet(features, labels));
        }
        return batches;
    }

    private static Layer[] layers() {
        return new Layer[] {
            new ConvolutionLayer.Builder(3, 3).nOut(3).build(),
            new BatchNormalization(),
            new DenseLayer.Builder().nOut(6).build(),
            new DenseLayer.Builder().nOut(5).build(),
            new OutputLayer.Builder(LossFunction.MCXENT)
                    .nOut(CLASSES)
                    .activation(Activation.SOFTMAX)
                    .build()
        };
    }

    /**
     * Trained for an epoch: convolution, batch normalisation, two dense layers and the output, named 0 to 4 in a graph.
     */
    private static Model trained(boolean graph) {
        NeuralNetConfiguration.Builder builder = new NeuralNetConfiguration.Builder()
                .seed(6)
                .dataType(DataType.DOUBLE)
                .activation(Activation.TANH)
                .updater(new Adam(0.01));
        InputType input = InputType.convolutional(6, 6, 2);
        ExistingDataSetIterator data = new ExistingDataSetIterator(images(CLASSES));
        if (graph) {
            var vertices = builder.graphBuilder().addInputs("in").setInputTypes(input);
            String before = "in";
            int i = 0;
            for (Layer layer : layers()) {
                String name = String.valueOf(i++);
                vertices.addLayer(name, layer, before);
                before = name;
            }
            ComputationGraph network =
                    new ComputationGraph(vertices.setOutputs(before).build());
            network.init();
            network.fit(data);
            return network;
        }
        NeuralNetConfiguration.ListBuilder list = builder.list();
        for (Layer layer : layers()) {
            list.layer(layer);
        }
        MultiLayerNetwork network =
                new MultiLayerNetwork(list.setInputType(input).build());
        network.init();
        network.fit(data);
        return network;
    }

    private static FineTuneConfiguration tuning(IUpdater updater) {
        return new FineTuneConfiguration.Builder().updater(updater).seed(7).build();
    }

    /** The first three layers frozen, another number of classes. */
    private static Model tuned(Model trained, IUpdater updater) {
        Nd4j.getRandom().setSeed(8);
        return trained instanceof ComputationGraph
                ? new TransferLearning.GraphBuilder((ComputationGraph) trained)
                        .fineTuneConfiguration(tuning(updater))
                        .setFeatureExtractor("2")
                        .nOutReplace("4", NEW_CLASSES, WeightInit.XAVIER)
                        .build()
                : new TransferLearning.Builder((MultiLayerNetwork) trained)
                        .fineTuneConfiguration(tuning(updater))
                        .setFeatureExtractor(2)
                        .nOutReplace(4, NEW_CLASSES, WeightInit.XAVIER)
                        .build();
    }

    /** Only the first frozen, the output replaced by other layers. */
    private static Model extended(Model trained, IUpdater updater) {
        Nd4j.getRandom().setSeed(8);
        Layer hidden = new ImplicitDenseLayer.Builder()
                .nIn(5)
                .nOut(6)
                .activation(Activation.TANH)
                .build();
        Layer out = new ImplicitOutputLayer.Builder(LossFunction.MCXENT)
                .nIn(6)
                .nOut(NEW_CLASSES)
                .activation(Activation.SOFTMAX)
                .build();
        return trained instanceof ComputationGraph
                ? new TransferLearning.GraphBuilder((ComputationGraph) trained)
                        .fineTuneConfiguration(tuning(updater))
                        .setFeatureExtractor("0")
                        .removeVertexAndConnections("4")
                        .addLayer("new", hidden, "3")
                        .addLayer("out", out, "new")
                        .setOutputs("out")
                        .build()
                : new TransferLearning.Builder((MultiLayerNetwork) trained)
                        .fineTuneConfiguration(tuning(updater))
                        .setFeatureExtractor(0)
                        .removeOutputLayer()
                        .addLayer(hidden)
                        .addLayer(out)
                        .build();
    }

    private static ExistingDataSetIterator newData() {
        return new ExistingDataSetIterator(images(NEW_CLASSES));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void frozenLayersAndAnotherOutput(boolean graph) {
        Model trained = trained(graph);
        Function<IUpdater, Model> tuned = updater -> tuned(trained, updater);
        Pieces pieces = new Pieces(tuned, TransferLearningTest::newData);
        pieces.allHold(7);

        Model after = tuned.apply(new StochasticBatch(0.1));
        StochasticBatchListener.attachTo(after);
        Pieces.fit(after, newData(), 2);
        // DL4J's GraphBuilder makes FLOAT networks of any.
        double rounding = graph ? 1e-6 : 0;
        for (String parameter : trained.paramTable().keySet()) {
            if (parameter.matches("[012]_.*")) {
                assertThat(difference(after, trained, parameter)).as(parameter).isLessThanOrEqualTo(rounding);
            }
        }
        assertThat(difference(after, trained, "3_W")).isPositive();
    }

    private static double difference(Model one, Model other, String parameter) {
        return one.paramTable()
                .get(parameter)
                .castTo(DataType.DOUBLE)
                .distance2(other.paramTable().get(parameter).castTo(DataType.DOUBLE));
    }

    /** Batch normalisation trains here: its samples interact, and parts have statistics of their own. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void newLayersOnTop(boolean graph) {
        Model trained = trained(graph);
        Pieces pieces = new Pieces(updater -> extended(trained, updater), TransferLearningTest::newData);
        pieces.areMeasured(false);
        pieces.areConverted();
        pieces.areRebatched(7, false);
        pieces.takeStochasticBatches();
        pieces.takeAdaGradPresets();
    }

    /** Converted and then fine-tuned, or fine-tuned and then converted: one training. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void conversionBeforeIsConversionAfter(boolean graph) {
        Model trained = trained(graph);
        ImplicitSgd updater = ImplicitSgd.builder().learningRate(1.2).build();
        Model after = Pieces.convert(tuned(trained, new Sgd(0.1)), updater).result();
        // The convolution takes no implicit step; it is frozen, so its updater does not matter.
        Model before = tuned(Pieces.convert(trained, new ImplicitSgd(0.3)).result(), updater);
        Pieces.assertSameParameters(before, after);

        FisherListener fisher = Pieces.listener();
        before.addListeners(fisher);
        Pieces.fit(before, newData(), 3);
        Pieces.fit(after, newData(), 3);
        Pieces.assertSameParameters(before, after);
        assertThat(Pieces.distance(before, tuned(trained, new Sgd(0.1)))).isPositive();

        Pieces.fit(after, newData(), 1);
        Model explicit = Pieces.fit(tuned(trained, new Sgd(1.2)), newData(), 4);
        assertThat(Pieces.distance(explicit, after)).isPositive();
    }

    /** Nothing of the frozen part is in F̃: it is that of the rest alone, on what the frozen part makes of the data. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void featurisedTrainingIsThatOfTheFrozenNetwork(boolean graph) {
        for (IUpdater updater : List.of(
                new Sgd(0.2),
                new ImplicitSgd(0.8),
                AdaGradPresets.pyTorch().learningRate(0.1).build(),
                StochasticBatch.builder().learningRate(0.2).fixedProbability(1).build())) {
            Model whole = started(graph, updater);
            FisherListener expected = Pieces.listener();
            whole.addListeners(expected);
            attachStochastic(whole, updater);
            Pieces.fit(whole, newData(), 2);

            Model original = started(graph, updater);
            TransferLearningHelper helper = graph
                    ? new TransferLearningHelper((ComputationGraph) original)
                    : new TransferLearningHelper((MultiLayerNetwork) original);
            Model rest = graph ? helper.unfrozenGraph() : helper.unfrozenMLN();
            FisherListener actual = Pieces.listener();
            rest.addListeners(actual);
            attachStochastic(rest, updater);
            for (int epoch = 0; epoch < 2; epoch++) {
                images(NEW_CLASSES).forEach(batch -> fitFeaturized(helper, batch, graph));
            }

            assertThat(Pieces.distance(original, whole)).as("%s", updater).isLessThan(1e-12);
            List<FisherMeasurement> measurements = actual.history().measurements();
            assertThat(measurements)
                    .hasSameSizeAs(expected.history().measurements())
                    .hasSize(6);
            for (int k = 0; k < measurements.size(); k++) {
                INDArray gram = expected.history().measurements().get(k).gramMatrix();
                assertThat(measurements.get(k).gramMatrix().distance2(gram))
                        .isLessThan(1e-10 * gram.norm2Number().doubleValue());
            }
        }
    }

    private static Model started(boolean graph, IUpdater updater) {
        Model trained = trained(graph);
        return updater instanceof ImplicitSgd
                ? tuned(Pieces.convert(trained, (ImplicitSgd) updater).result(), updater)
                : tuned(trained, updater);
    }

    private static void attachStochastic(Model model, IUpdater updater) {
        if (updater instanceof StochasticBatch) {
            StochasticBatchListener.attachTo(model);
        }
    }

    private static void fitFeaturized(TransferLearningHelper helper, DataSet batch, boolean graph) {
        if (graph) {
            helper.fitFeaturized(helper.featurize((MultiDataSet) batch.toMultiDataSet()));
        } else {
            helper.fitFeaturized(helper.featurize(batch));
        }
    }

    /** Features made once, kept, and trained on in other batches. */
    @Test
    void featurisedDataAreRebatched() {
        MultiLayerNetwork original = (MultiLayerNetwork) tuned(trained(false), new Sgd(0.2));
        TransferLearningHelper helper = new TransferLearningHelper(original);
        List<DataSet> features =
                images(NEW_CLASSES).stream().map(helper::featurize).collect(Collectors.toList());
        MultiLayerNetwork rest = helper.unfrozenMLN();
        DynamicBatchIterator batches = DynamicBatchIterator.builder(
                        new ExistingDataSetIterator(features), BatchSchedule.constant(8))
                .microBatchSize(3)
                .build();
        batches.attachTo(rest);
        helper.fitFeaturized(batches);

        MultiLayerNetwork expected = (MultiLayerNetwork) tuned(trained(false), new Sgd(0.2));
        List<DataSet> examples = images(NEW_CLASSES).stream()
                .flatMap(batch -> batch.asList().stream())
                .collect(Collectors.toList());
        expected.fit(DataSet.merge(examples.subList(0, 8)));
        expected.fit(DataSet.merge(examples.subList(8, 14)));
        assertThat(rest.getIterationCount()).isEqualTo(2);
        assertThat(Pieces.distance(original, expected)).isLessThan(1e-12);
    }

    /** Layers that a helper freezes itself are frozen in its network, not in that network's configuration (DL4J). */
    @Test
    void layersFrozenByAHelperAreNotMeasured() {
        MultiLayerNetwork network = (MultiLayerNetwork) trained(false);
        new TransferLearningHelper(network, 2);
        assertThat(network.getLayers()).hasAtLeastOneElementOfType(FrozenLayer.class);
        FisherListener fisher = Pieces.listener();
        Pieces.GradientNorms gradients = new Pieces.GradientNorms();
        network.addListeners(fisher, gradients);
        network.fit(new ExistingDataSetIterator(images(CLASSES)));
        Pieces.assertSumsAreGradients(fisher, gradients, false);
        FisherMeasurement probed = FisherProbe.measure(network, images(CLASSES).get(0));
        FisherMeasurement frozen = FisherProbe.measure(
                new TransferLearning.Builder(network).setFeatureExtractor(2).build(),
                images(CLASSES).get(0));
        assertThat(probed.trace()).isEqualTo(frozen.trace());
    }

    /** DL4J makes another network, without listeners. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theNewNetworkNeedsItsOwnListener(boolean graph) {
        Model first = tuned(trained(graph), new StochasticBatch(0.1));
        StochasticBatchListener.attachTo(first);
        Pieces.fit(first, newData(), 1);
        Model second = graph
                ? new TransferLearning.GraphBuilder((ComputationGraph) first)
                        .fineTuneConfiguration(tuning(new StochasticBatch(0.05)))
                        .build()
                : new TransferLearning.Builder((MultiLayerNetwork) first)
                        .fineTuneConfiguration(tuning(new StochasticBatch(0.05)))
                        .build();
        assertThatIllegalStateException()
                .isThrownBy(() -> Pieces.fit(second, newData(), 1))
                .withMessageContaining("StochasticBatchListener.attach");
        StochasticBatchListener.attachTo(second);
        Pieces.fit(second, newData(), 1);
    }

    /**
     * Accumulation and scaled rates are the attached iterator's and its network's: what is made of that network knows
     * nothing of them.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsMadeOfAnAttachedNetworkIsItsOwn(boolean graph) {
        Model attached = tuned(trained(graph), new Nesterovs(0.1, 0.9));
        DynamicBatchIterator batches = DynamicBatchIterator.builder(newData(), BatchSchedule.constant(8))
                .microBatchSize(3)
                .learningRateScaling(LearningRateScaling.linear(4))
                .build();
        Pieces.attach(batches, attached);
        Pieces.fit(attached, batches, 1);

        Model same = tuned(trained(graph), new Nesterovs(0.1, 0.9));
        same.setParams(attached.params());
        Model alone = reseeded(attached);
        Model expected = reseeded(same);
        Pieces.fit(alone, newData(), 2);
        Pieces.fit(expected, newData(), 2);
        Pieces.assertSameParameters(alone, expected);
        assertThat(difference(alone, attached, "4_W")).isPositive();
    }

    private static Model reseeded(Model model) {
        FineTuneConfiguration configuration =
                new FineTuneConfiguration.Builder().seed(9).build();
        return model instanceof ComputationGraph
                ? new TransferLearning.GraphBuilder((ComputationGraph) model)
                        .fineTuneConfiguration(configuration)
                        .build()
                : new TransferLearning.Builder((MultiLayerNetwork) model)
                        .fineTuneConfiguration(configuration)
                        .build();
    }

    static Stream<IUpdater> updaters() {
        return Stream.of(
                new StochasticBatch(0.1),
                ImplicitSgd.builder().learningRate(0.3).mu(1e-3).build(),
                AdaGradPresets.keras().build(),
                AdaGradPresets.madGrad().build());
    }

    @ParameterizedTest
    @MethodSource("updaters")
    void fineTuneConfigurationsAreSaved(IUpdater updater) {
        FineTuneConfiguration configuration = tuning(updater);
        assertThat(FineTuneConfiguration.fromJson(configuration.toJson())).isEqualTo(configuration);
        assertThat(FineTuneConfiguration.fromYaml(configuration.toYaml())).isEqualTo(configuration);
    }
}
