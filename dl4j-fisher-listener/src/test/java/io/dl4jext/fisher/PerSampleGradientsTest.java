package io.dl4jext.fisher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.Pointer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.graph.StackVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.Cnn3DLossLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.objdetect.Yolo2OutputLayer;
import org.deeplearning4j.nn.conf.ocnn.OCNNOutputLayer;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossFMeasure;
import org.nd4j.linalg.lossfunctions.impl.LossMAE;

/** What {@link PerSampleGradientContract} does not ask of every kind of layer. */
class PerSampleGradientsTest {

    private static final int BATCH = 6;
    private static final Setting SETTING = new Setting(DataType.DOUBLE, BATCH, WorkspaceMode.ENABLED, false, 71);

    private static ConvolutionLayer convolution() {
        return new ConvolutionLayer.Builder(3, 2)
                .name("conv")
                .nOut(3)
                .activation(Activation.TANH)
                .build();
    }

    private static OutputLayer output() {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(3)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private static DenseLayer dense(int outputs) {
        return new DenseLayer.Builder()
                .nOut(outputs)
                .activation(Activation.TANH)
                .build();
    }

    /** A convolution "conv", its normalisation, pooling, a dense and an output layer. */
    private static ListBuilder images(NeuralNetConfiguration.Builder builder) {
        return builder.list()
                .layer(convolution())
                .layer(new BatchNormalization.Builder().build())
                .layer(new SubsamplingLayer.Builder()
                        .kernelSize(2, 2)
                        .stride(2, 2)
                        .build())
                .layer(dense(4))
                .layer(output())
                .setInputType(InputType.convolutional(6, 5, 2));
    }

    private static MultiDataSet images(Setting setting) {
        Draw draw = setting.draw();
        return Draw.data(draw.normal(setting.batch, 2, 6, 5), draw.oneHot(setting.batch, 3));
    }

    private static MultiLayerNetwork started(ListBuilder list) {
        MultiLayerNetwork network = new MultiLayerNetwork(list.build());
        network.init();
        return network;
    }

    private static MultiLayerNetwork network() {
        return started(images(Case.base(SETTING)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void columnsAreThoseOfTheNetworksParameters(boolean asGraph) {
        MultiLayerNetwork layers = network();
        Model network = asGraph ? Case.asGraph(layers, Case.base(SETTING)) : layers;
        PerSampleGradients gradients = PerSampleGradients.of(network, images(SETTING));
        INDArray sum = gradients.matrix().sum(0);
        SampleLoop.pass(network, images(SETTING));
        assertThat(gradients.columns().stream()
                        .map(c -> c.layer() + "_" + c.parameter())
                        .collect(Collectors.toList()))
                .containsExactly(names(asGraph));
        long next = 0;
        for (ParameterColumns columns : gradients.columns()) {
            assertThat(columns.first()).isEqualTo(next);
            next = columns.end();
            if (!List.of("mean", "var", "log10stdev").contains(columns.parameter())) {
                String key = columns.layer().replace("conv", "0").replace("layer", "") + "_" + columns.parameter();
                INDArray expected = network.gradient().getGradientFor(key);
                INDArray actual = sum.get(NDArrayIndex.interval(columns.first(), columns.end()))
                        .dup()
                        .reshape(columns.order(), columns.shape());
                assertThat(columns.shape()).isEqualTo(network.getParam(key).shape());
                assertThat(actual.distance2(expected.reshape(actual.shape())))
                        .as("%s", columns)
                        .isLessThan(1e-10 * expected.norm2Number().doubleValue());
            }
        }
        assertThat(next).isEqualTo(gradients.parameters()).isEqualTo(network.numParams());
        assertThat(gradients.columns().get(1)).hasToString((asGraph ? "0" : "conv") + " W [3, 2, 3, 2] (c): 3 to 38");
    }

    private static String[] names(boolean asGraph) {
        String first = asGraph ? "0" : "conv";
        String other = asGraph ? "" : "layer";
        return new String[] {
            first + "_b",
            first + "_W",
            other + "1_gamma",
            other + "1_beta",
            other + "1_mean",
            other + "1_log10stdev",
            other + "3_W",
            other + "3_b",
            other + "4_W",
            other + "4_b"
        };
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void someLayersOnly(boolean asGraph) {
        MultiLayerNetwork layers = network();
        Model network = asGraph ? Case.asGraph(layers, Case.base(SETTING)) : layers;
        MultiDataSet data = images(SETTING);
        PerSampleGradients all = PerSampleGradients.of(network, data);
        INDArray matrix = all.matrix();
        // In any order, by name and by index.
        PerSampleGradients some = PerSampleGradients.builder(network, data)
                .layers("3")
                .layers(asGraph ? "0" : "conv")
                .build();
        List<ParameterColumns> columns = all.columns();
        long convolution = columns.get(1).end();
        INDArray expected = Nd4j.hstack(
                matrix.get(NDArrayIndex.all(), NDArrayIndex.interval(0, convolution)),
                matrix.get(
                        NDArrayIndex.all(),
                        NDArrayIndex.interval(
                                columns.get(6).first(), columns.get(7).end())));
        assertThat(some.parameters()).isEqualTo(expected.columns());
        assertThat(some.matrixBytes()).isEqualTo(8L * BATCH * expected.columns());
        assertThat(some.columns().stream().map(ParameterColumns::first))
                .containsExactly(
                        0L,
                        3L,
                        convolution,
                        convolution + columns.get(6).end() - columns.get(6).first());
        assertThat(some.matrix()).isEqualTo(expected);
        GradientChecks checks = new GradientChecks(expected, SETTING);
        checks.requireGram(some.gramMatrix());
        checks.requireNorms(some.norms());
        checks.requireWeightedSums(some::weightedSum);
        checks.requireClippedSums(some::clippedSum);
    }

    @Test
    void namesThatNoLayerHasAreRefusedWithThoseThatThereAre() {
        // The pooling layer has no parameters.
        assertThatThrownBy(() -> PerSampleGradients.builder(network(), images(SETTING))
                        .layers("conv", "2", "hidden")
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("(0 or conv, 1 or layer1, 3 or layer3, 4 or layer4), got 2, hidden");
        assertThatThrownBy(() ->
                        PerSampleGradients.builder(network(), images(SETTING)).layers())
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() ->
                        PerSampleGradients.builder(network(), images(SETTING)).layers("0", null))
                .hasMessageContaining("null");
    }

    @Test
    void aMatrixBeyondTheLimitIsRefused() {
        MultiLayerNetwork network = network();
        long bytes = 8L * BATCH * network.numParams();
        PerSampleGradients large = PerSampleGradients.builder(network, images(SETTING))
                .memoryLimit(bytes - 1)
                .build();
        assertThatThrownBy(large::matrix)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll(
                        BATCH + " samples",
                        network.numParams() + " parameters",
                        String.format(java.util.Locale.ROOT, "%,d bytes", bytes),
                        "PerSampleGradients.Builder.memoryLimit");
        assertThat(large.clippedSum(1).length()).isEqualTo(network.numParams());
        assertThat(PerSampleGradients.builder(network, images(SETTING))
                        .memoryLimit(bytes)
                        .build()
                        .matrix()
                        .rows())
                .isEqualTo(BATCH);
        assertThatThrownBy(() ->
                        PerSampleGradients.builder(network, images(SETTING)).memoryLimit(0))
                .hasMessageContaining("got 0");
        assertThat(PerSampleGradients.defaultLimit(0)).isEqualTo(1L << 30);
        assertThat(PerSampleGradients.defaultLimit(1L << 30)).isEqualTo(1L << 28);
        assertThat(PerSampleGradients.defaultLimit(1L << 40)).isEqualTo(1L << 30);
    }

    @Test
    void dataSetAndMultiDataSetGiveTheSame() {
        MultiLayerNetwork network = network();
        MultiDataSet data = images(SETTING);
        DataSet same = new DataSet(data.getFeatures(0), data.getLabels(0));
        INDArray expected = PerSampleGradients.compute(network, data);
        assertThat(PerSampleGradients.compute(network, same)).isEqualTo(expected);
        ComputationGraph graph = Case.asGraph(network, Case.base(SETTING));
        assertThat(PerSampleGradients.compute(graph, same)).isEqualTo(expected);
        assertThat(PerSampleGradients.compute(graph, data)).isEqualTo(expected);
    }

    @Test
    void whatIsNotTrainedIsZero() {
        MultiLayerNetwork network = started(Case.base(SETTING)
                .list()
                .layer(new FrozenLayer(dense(5)))
                .layer(new CenterLossOutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.feedForward(4)));
        Draw draw = SETTING.draw();
        MultiDataSet data = Draw.data(draw.normal(BATCH, 4), draw.oneHot(BATCH, 3));
        PerSampleGradients gradients = PerSampleGradients.of(network, data);
        INDArray matrix = gradients.matrix();
        for (ParameterColumns columns : gradients.columns()) {
            double norm = matrix.get(NDArrayIndex.all(), NDArrayIndex.interval(columns.first(), columns.end()))
                    .norm2Number()
                    .doubleValue();
            boolean trained =
                    columns.layer().equals("layer1") && !columns.parameter().equals("cL");
            assertThat(norm > 0).as("%s", columns).isEqualTo(trained);
        }
        assertThat(PerSampleGradients.builder(network, data).layers("0").build().norms())
                .containsOnly(0);
    }

    /** Parameters, statistics, counters, random numbers, what its last step left, and who listens. */
    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void theNetworkStaysAsItIs(DataType type) {
        Setting setting = new Setting(type, BATCH, WorkspaceMode.ENABLED, false, 5);
        for (boolean asGraph : new boolean[] {false, true}) {
            MultiLayerNetwork layers =
                    started(images(Case.base(setting).dropOut(0.7).weightDecay(0.01)));
            Model network = asGraph ? Case.asGraph(layers, Case.base(setting)) : layers;
            FisherListener listener =
                    FisherListener.builder().everyIterations(1).failFast(true).build();
            network.setListeners(listener);
            MultiDataSet data = images(setting);
            WatchedStep.fit(network, data);
            INDArray parameters = network.params().dup();
            INDArray gradient = network.getGradientsViewArray().dup();
            double score = network.score();
            RandomState random = RandomState.present();
            PerSampleGradients gradients = PerSampleGradients.of(network, data);
            gradients.matrix();
            gradients.norms();
            gradients.losses();
            gradients.gramMatrix();
            gradients.weightedSum(new double[BATCH]);
            gradients.clippedSum(0.1);
            gradients.clippedSumByLayer(0.1);
            INDArray next = Nd4j.rand(DataType.DOUBLE, 4);
            random.restore();
            assertThat(Nd4j.rand(DataType.DOUBLE, 4)).isEqualTo(next);
            assertThat(network.params()).isEqualTo(parameters);
            assertThat(network.getGradientsViewArray()).isEqualTo(gradient);
            assertThat(network.score()).isEqualTo(score);
            assertThat(listener.history().measurements()).hasSize(1);
            WatchedStep.fit(network, data);
            assertThat(listener.history().measurements()).hasSize(2);
        }
    }

    /** The mask is that of the making, whatever is drawn meanwhile. */
    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void allPassesDrawTheSameMasks(DataType type) {
        Setting setting = new Setting(type, 8, WorkspaceMode.ENABLED, false, 7);
        for (ListBuilder list : List.of(
                images(Case.base(setting).dropOut(new Dropout(0.5))),
                images(Case.base(setting).weightNoise(new DropConnect(0.5))))) {
            MultiLayerNetwork network = started(list);
            PerSampleGradients gradients = PerSampleGradients.of(network, images(setting));
            INDArray matrix = gradients.matrix();
            Nd4j.rand(DataType.FLOAT, 17);
            GradientChecks checks = new GradientChecks(matrix, setting);
            checks.requireNorms(gradients.norms());
            checks.requireWeightedSums(gradients::weightedSum);
            checks.requireClippedSums(gradients::clippedSum);
            assertThat(PerSampleGradients.compute(network, images(setting)).distance2(matrix))
                    .as("another mask")
                    .isGreaterThan(0.1 * matrix.norm2Number().doubleValue());
        }
    }

    @Test
    void clippedSumsOfWhatChangesFromPassToPassAreRefused() {
        MultiLayerNetwork network = started(Case.base(SETTING)
                .list()
                .layer(new DenseLayer.Builder()
                        .nOut(5)
                        .activation(Activation.TANH)
                        .dropOut(new ForgetfulDropout())
                        .build())
                .layer(output())
                .setInputType(InputType.feedForward(4)));
        Draw draw = SETTING.draw();
        PerSampleGradients gradients =
                PerSampleGradients.of(network, Draw.data(draw.normal(BATCH, 4), draw.oneHot(BATCH, 3)));
        assertThatThrownBy(() -> gradients.clippedSum(1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("different gradients", "matrix()");
    }

    @Test
    void eachLayerClippedByItself() {
        MultiLayerNetwork network = network();
        MultiDataSet data = images(SETTING);
        double maxNorm = 0.3;
        INDArray sum = PerSampleGradients.of(network, data).clippedSumByLayer(maxNorm);
        INDArray parts = null;
        for (String layer : new String[] {"0", "1", "3", "4"}) {
            INDArray part = PerSampleGradients.builder(network, data)
                    .layers(layer)
                    .build()
                    .clippedSum(maxNorm);
            parts = parts == null ? part : Nd4j.hstack(parts, part);
        }
        assertThat(sum.distance2(parts)).isLessThan(1e-12 * parts.norm2Number().doubleValue());
    }

    @Test
    void settingsAreChecked() {
        PerSampleGradients gradients = PerSampleGradients.of(network(), images(SETTING));
        assertThat(gradients.samples()).isEqualTo(BATCH);
        for (double norm : new double[] {0, -1, Double.NaN}) {
            assertThatThrownBy(() -> gradients.clippedSum(norm))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("got " + norm);
            assertThatThrownBy(() -> gradients.clippedSumByLayer(norm)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> gradients.weightedSum(1, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(BATCH + " samples", "got 2");
        assertThatThrownBy(() -> PerSampleGradients.compute(null, images(SETTING)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PerSampleGradients.of(network(), (DataSet) null))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void layersWithoutSampleGradientsAreRefusedUnlessOthersAreChosen() {
        MultiLayerNetwork network = started(Case.base(SETTING)
                .list()
                .layer(dense(5))
                .layer(new OCNNOutputLayer.Builder()
                        .nu(0.1)
                        .hiddenLayerSize(3)
                        .activation(Activation.SIGMOID)
                        .build())
                .setInputType(InputType.feedForward(4)));
        MultiDataSet data = new MultiDataSet(
                new INDArray[] {SETTING.draw().normal(BATCH, 4)},
                new INDArray[] {Nd4j.zeros(DataType.DOUBLE, BATCH, 1)});
        assertThatThrownBy(() -> PerSampleGradients.of(network, data))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("layer 1 'layer1' (OCNNOutputLayer)");
        assertThat(PerSampleGradients.builder(network, data).layers("0").build().norms())
                .hasSize(BATCH);
    }

    @Test
    void replayHasTheBudgetOfTheBuilder() {
        MultiLayerNetwork network = started(Case.base(SETTING)
                .list()
                .layer(new GravesLSTM.Builder()
                        .nOut(3)
                        .activation(Activation.TANH)
                        .build())
                .layer(new org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn.Builder()
                        .nOut(3)
                        .activation(Activation.TANH)
                        .build())
                .layer(new RnnOutputLayer.Builder(LossFunction.MSE)
                        .nOut(2)
                        .activation(Activation.IDENTITY)
                        .build())
                .setInputType(InputType.recurrent(4)));
        Draw draw = SETTING.draw();
        MultiDataSet data = Draw.data(draw.normal(BATCH, 4, 5), draw.normal(BATCH, 2, 5));
        PerSampleGradients poor = PerSampleGradients.builder(network, data)
                .replayBudget(network.getLayer(1).numParams() * BATCH * 8 - 1)
                .build();
        if (LayerContribution.of(network).get(1).kind() == LayerContribution.Kind.REPLAYED) {
            assertThatThrownBy(poor::matrix)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("layer 1 'layer1' (SimpleRnn)");
        }
        // Without that layer nothing is replayed.
        assertThat(PerSampleGradients.builder(network, data)
                        .replayBudget(1)
                        .layers("0")
                        .build()
                        .matrix()
                        .columns())
                .isEqualTo((int) network.getLayer(0).numParams());
    }

    /** Of what DL4J has as one number for a mini-batch. */
    @Test
    void lossesAreThoseOfSingleSamples() {
        MultiLayerNetwork network = started(Case.base(SETTING)
                .l2(0.1)
                .list()
                .layer(dense(5))
                .layer(output())
                .setInputType(InputType.feedForward(4)));
        Draw draw = SETTING.draw();
        requireLosses(network, Draw.data(draw.normal(BATCH, 4), draw.oneHot(BATCH, 3)));
        MultiLayerNetwork center = started(Case.base(SETTING)
                .list()
                .layer(dense(5))
                .layer(new CenterLossOutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(3)
                        .lambda(0.4)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.feedForward(4)));
        center.getLayer(1).getParam("cL").assign(0.3);
        requireLosses(center, Draw.data(draw.normal(BATCH, 4), draw.oneHot(BATCH, 3)));
        MultiLayerNetwork pixels = started(Case.base(SETTING)
                .list()
                .layer(new ConvolutionLayer.Builder(1, 1)
                        .nOut(2)
                        .activation(Activation.TANH)
                        .build())
                .layer(new CnnLossLayer.Builder(LossFunction.MSE)
                        .activation(Activation.TANH)
                        .build())
                .setInputType(InputType.convolutional(3, 4, 2)));
        requireLosses(pixels, Draw.data(draw.normal(BATCH, 2, 3, 4), draw.normal(BATCH, 2, 3, 4)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void lossesOfSeriesAreSumsOverTheirSteps(boolean masked) {
        MultiLayerNetwork network = started(Case.base(SETTING)
                .list()
                .layer(new GravesLSTM.Builder()
                        .nOut(3)
                        .activation(Activation.TANH)
                        .build())
                .layer(new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.recurrent(4)));
        Draw draw = SETTING.draw();
        INDArray mask = masked ? draw.leadingMask(BATCH, 5) : null;
        requireLosses(network, Draw.data(draw.normal(BATCH, 4, 5), draw.oneHot(BATCH, 2, 5), mask, mask));
    }

    /** Layers whose own losses of single samples DL4J has otherwise than its score, or not at all. */
    @Test
    void lossesAreTheScoresAlsoWhereDl4jsOwnAreNot() {
        Draw draw = SETTING.draw();
        MultiLayerNetwork boxes = started(Case.base(SETTING)
                .list()
                .layer(new ConvolutionLayer.Builder(1, 1)
                        .nOut(12)
                        .activation(Activation.IDENTITY)
                        .build())
                .layer(new Yolo2OutputLayer.Builder()
                        .boundingBoxPriors(Nd4j.createFromArray(new double[][] {{1, 2}, {2, 1}}))
                        .lambdaNoObj(0.3)
                        .build())
                .setInputType(InputType.convolutional(3, 3, 2)));
        INDArray found = Nd4j.zeros(DataType.DOUBLE, BATCH, 5, 3, 3);
        for (int i = 0; i < BATCH; i++) {
            double[] box = {0.6, 1.2, 1.7, 1.9, 1};
            for (int k = 0; k < box.length; k++) {
                found.putScalar(new int[] {i, k, 1, 1}, box[k] + (k == 0 ? 0.05 * i : 0));
            }
        }
        requireLosses(boxes, Draw.data(draw.normal(BATCH, 2, 3, 3), found));

        MultiLayerNetwork volume = started(Case.base(SETTING)
                .list()
                .layer(new Convolution3D.Builder(1, 1, 1)
                        .dataFormat(Convolution3D.DataFormat.NCDHW)
                        .nOut(2)
                        .activation(Activation.TANH)
                        .build())
                .layer(new Cnn3DLossLayer.Builder(Convolution3D.DataFormat.NCDHW)
                        .lossFunction(LossFunction.MSE)
                        .activation(Activation.TANH)
                        .build())
                .setInputType(InputType.convolutional3D(Convolution3D.DataFormat.NCDHW, 3, 2, 3, 2)));
        requireLosses(volume, Draw.data(draw.normal(BATCH, 2, 3, 2, 3), draw.normal(BATCH, 2, 3, 2, 3)));

        MultiLayerNetwork series = started(Case.base(SETTING)
                .list()
                .layer(new GravesLSTM.Builder()
                        .nOut(2)
                        .activation(Activation.TANH)
                        .build())
                .layer(new RnnLossLayer.Builder(LossFunction.MSE)
                        .activation(Activation.TANH)
                        .build())
                .setInputType(InputType.recurrent(4)));
        INDArray mask = draw.leadingMask(BATCH, 5);
        requireLosses(series, Draw.data(draw.normal(BATCH, 4, 5), draw.normal(BATCH, 2, 5), mask, mask));

        MultiLayerNetwork step = started(Case.base(SETTING)
                .list()
                .layer(new GravesLSTM.Builder()
                        .nOut(3)
                        .activation(Activation.TANH)
                        .build())
                .layer(new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.recurrent(4)));
        MultiDataSet one = Draw.data(draw.normal(1, 4, 1), draw.oneHot(1, 2, 1));
        double[] losses = PerSampleGradients.of(step, one).losses();
        SampleLoop.pass(step, one);
        assertThat(losses).hasSize(1);
        assertThat(losses[0]).isCloseTo(step.score(), within(1e-10));
    }

    /** A score of all samples together, such as the F measure, is none of each. */
    @Test
    void anOutputLayerWithoutLossesOfSamplesIsNamed() {
        MultiLayerNetwork network = started(Case.base(SETTING)
                .list()
                .layer(dense(5))
                .layer(new OutputLayer.Builder(new LossFMeasure())
                        .name("f")
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.feedForward(4)));
        Draw draw = SETTING.draw();
        PerSampleGradients gradients =
                PerSampleGradients.of(network, Draw.data(draw.normal(BATCH, 4), draw.oneHot(BATCH, 2)));
        assertThatThrownBy(gradients::losses)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("output layer 'f' (OutputLayer) has no loss for each sample");
    }

    /** Two images, or two rows, of each sample: i and B + i. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void lossesOfStackedSamplesAreSumsOverTheirs(boolean pixels) {
        ComputationGraph graph = new ComputationGraph(
                (pixels ? stackedPixels() : stackedCentres()).setOutputs("out").build());
        graph.init();
        if (!pixels) {
            graph.getLayer("out").getParam("cL").assign(0.3);
        }
        Draw draw = SETTING.draw();
        INDArray x = pixels ? draw.normal(BATCH, 2, 3, 4) : draw.normal(BATCH, 4);
        INDArray y = pixels ? draw.normal(BATCH, 2, 3, 4) : draw.normal(BATCH, 4);
        INDArray labels = pixels ? draw.normal(2 * BATCH, 2, 3, 4) : draw.oneHot(2 * BATCH, 3);
        double[] losses = PerSampleGradients.of(graph, new MultiDataSet(new INDArray[] {x, y}, new INDArray[] {labels}))
                .losses();
        for (int i = 0; i < BATCH; i++) {
            SampleLoop.pass(graph, new MultiDataSet(new INDArray[] {row(x, i), row(y, i)}, new INDArray[] {
                Nd4j.concat(0, row(labels, i), row(labels, BATCH + i))
            }));
            // DL4J divides its score by the rows.
            assertThat(losses[i])
                    .as("sample %d", i)
                    .isCloseTo(2 * (graph.score() - graph.calcRegularizationScore(true)), within(1e-10));
        }
    }

    private static INDArray row(INDArray array, int i) {
        INDArrayIndex[] indexes = NDArrayIndex.allFor(array);
        indexes[0] = NDArrayIndex.interval(i, i + 1);
        return array.get(indexes).dup();
    }

    private static ComputationGraphConfiguration.GraphBuilder stackedPixels() {
        return Case.base(SETTING)
                .graphBuilder()
                .addInputs("x", "y")
                .addVertex("both", new StackVertex(), "x", "y")
                .addLayer(
                        "hidden",
                        new ConvolutionLayer.Builder(1, 1)
                                .nIn(2)
                                .nOut(2)
                                .activation(Activation.TANH)
                                .build(),
                        "both")
                .addLayer(
                        "out",
                        new CnnLossLayer.Builder(LossFunction.MSE)
                                .activation(Activation.TANH)
                                .build(),
                        "hidden");
    }

    private static ComputationGraphConfiguration.GraphBuilder stackedCentres() {
        return Case.base(SETTING)
                .graphBuilder()
                .addInputs("x", "y")
                .addVertex("both", new StackVertex(), "x", "y")
                .addLayer("hidden", dense(5, 4), "both")
                .addLayer(
                        "out",
                        new CenterLossOutputLayer.Builder(LossFunction.MCXENT)
                                .nIn(5)
                                .nOut(3)
                                .lambda(0.4)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "hidden");
    }

    /** Whose rows they are is not known, as of gradients. */
    @Test
    void lossesOfReorderedRowsAreRefused() {
        ComputationGraph graph = new ComputationGraph(Case.base(SETTING)
                .graphBuilder()
                .addInputs("in")
                .addVertex("apart", new ReshapeVertex(-1, 3), "in")
                .addLayer(
                        "out",
                        new OutputLayer.Builder(LossFunction.MCXENT)
                                .nIn(3)
                                .nOut(3)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "apart")
                .setOutputs("out")
                .build());
        graph.init();
        Draw draw = SETTING.draw();
        PerSampleGradients gradients =
                PerSampleGradients.of(graph, Draw.data(draw.normal(BATCH, 6), draw.oneHot(2 * BATCH, 3)));
        assertThatThrownBy(gradients::losses)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(
                        "Losses of single samples cannot be taken of 'out': vertex 'apart' (ReshapeVertex)");
    }

    private static ComputationGraph reshaped(int[] there, int[] back) {
        return reshaped(new ReshapeVertex(there), there[1], back);
    }

    private static ComputationGraph reshaped(GraphVertex apart, int inputs, int[] back) {
        ComputationGraph graph = new ComputationGraph(Case.base(SETTING)
                .graphBuilder()
                .addInputs("in")
                .addVertex("apart", apart, "in")
                .addLayer("hidden", dense(4, inputs), "apart")
                .addVertex("together", new ReshapeVertex(back), "hidden")
                .addLayer(
                        "out",
                        new OutputLayer.Builder(LossFunction.MCXENT)
                                .nIn(back[1])
                                .nOut(3)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "together")
                .setOutputs("out")
                .build());
        graph.init();
        return graph;
    }

    private static DenseLayer dense(int outputs, int inputs) {
        return new DenseLayer.Builder()
                .nIn(inputs)
                .nOut(outputs)
                .activation(Activation.TANH)
                .build();
    }

    /** A ReshapeVertex that makes k rows of a sample lays them side by side, where a StackVertex does not. */
    @Test
    void rowsThatAreReorderedAreRefusedAndNotMixedUp() {
        Draw draw = SETTING.draw();
        MultiDataSet data = Draw.data(draw.normal(BATCH, 6), draw.oneHot(BATCH, 3));
        ComputationGraph mixed = reshaped(new int[] {-1, 3}, new int[] {-1, 8});
        assertThatThrownBy(() -> PerSampleGradients.of(mixed, data).matrix())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("layer 'hidden' (DenseLayer): vertex 'apart' (ReshapeVertex)");
        ComputationGraph frozen = reshaped(new FrozenVertex(new ReshapeVertex(-1, 3)), 3, new int[] {-1, 8});
        assertThatThrownBy(() -> PerSampleGradients.of(frozen, data).matrix())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("layer 'hidden' (DenseLayer): vertex 'apart'");
        // Behind the vertex that makes one row a sample of them again all is as ever.
        INDArray expected = SampleLoop.gradients(mixed, data).transpose();
        long columns = mixed.getLayer("out").numParams();
        INDArray output =
                PerSampleGradients.builder(mixed, data).layers("out").build().matrix();
        assertThat(output.distance2(expected.get(
                        NDArrayIndex.all(), NDArrayIndex.interval(expected.columns() - columns, expected.columns()))))
                .isLessThan(1e-10);

        ComputationGraph kept = reshaped(new int[] {BATCH, 6}, new int[] {-1, 4});
        assertThat(PerSampleGradients.of(kept, data)
                        .matrix()
                        .distance2(SampleLoop.gradients(reshaped(new int[] {-1, 6}, new int[] {-1, 4}), data)
                                .transpose()))
                .isLessThan(1e-10);

        ComputationGraph plain = reshaped(new int[] {-1, 3}, new int[] {-1, 8});
        ComputationGraph watched = reshaped(new int[] {-1, 3}, new int[] {-1, 8});
        FisherListener fisher = FisherListener.builder().everyIterations(1).build();
        watched.setListeners(fisher);
        for (int i = 0; i < 3; i++) {
            plain.fit(data);
            watched.fit(data);
        }
        assertThat(watched.params()).isEqualTo(plain.params());
        assertThat(fisher.history().measurements()).isEmpty();
    }

    /** Within a pass of the network that trains, too, the copy's pass leaves no trace, or is refused. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void withinAPassTrainingIsLeftAlone(boolean graph) {
        Setting setting = new Setting(DataType.DOUBLE, BATCH, WorkspaceMode.ENABLED, graph, 71);
        Case networks = Case.layers(
                "dense",
                list -> list.layer(dense(5)).layer(output()).setInputType(InputType.feedForward(4)),
                any -> Draw.data(any.draw().normal(BATCH, 4), any.draw().oneHot(BATCH, 3)));
        MultiDataSet data = networks.data(setting);
        Model plain = networks.network(setting);
        Model watched = networks.network(setting);
        List<double[]> norms = new ArrayList<>();
        List<String> refused = new ArrayList<>();
        Runnable probe = () -> {
            try {
                norms.add(PerSampleGradients.of(watched, data).norms());
            } catch (IllegalStateException e) {
                refused.add(e.getMessage());
            }
        };
        double[] expected = PerSampleGradients.of(plain, data).norms();
        watched.addListeners(new BaseTrainingListener() {
            @Override
            public void onForwardPass(Model model, List<INDArray> activations) {
                probe.run();
            }

            @Override
            public void onForwardPass(Model model, Map<String, INDArray> activations) {
                probe.run();
            }

            @Override
            public void onBackwardPass(Model model) {
                probe.run();
            }
        });
        WatchedStep.fit(plain, data);
        WatchedStep.fit(watched, data);
        assertThat(watched.params()).isEqualTo(plain.params());
        assertThat(norms)
                .hasSize(graph ? 2 : 1)
                .allSatisfy(each -> assertThat(each).containsExactly(expected, within(1e-12)));
        assertThat(refused)
                .hasSize(graph ? 0 : 1)
                .allMatch(text -> text.contains("use onBackwardPass or iterationDone"));
    }

    @Test
    void lossesOfSeveralOutputsAddUp() {
        ComputationGraph graph = new ComputationGraph(Case.base(SETTING)
                .graphBuilder()
                .addInputs("in")
                .addLayer("a", dense(5), "in")
                .addLayer("class", output(), "a")
                .addLayer(
                        "number",
                        new OutputLayer.Builder(LossFunction.MSE)
                                .nOut(2)
                                .activation(Activation.IDENTITY)
                                .build(),
                        "a")
                .setInputTypes(InputType.feedForward(4))
                .setOutputs("class", "number")
                .build());
        graph.init();
        Draw draw = SETTING.draw();
        requireLosses(graph, new MultiDataSet(new INDArray[] {draw.normal(BATCH, 4)}, new INDArray[] {
            draw.oneHot(BATCH, 3), draw.normal(BATCH, 2)
        }));
    }

    /** DL4J has them in its score and gradients by the number of columns, in its score by examples not. */
    @Test
    void meanAbsoluteErrorsAreByColumns() {
        Draw draw = SETTING.draw();
        MultiDataSet data = Draw.data(draw.normal(BATCH, 4), draw.normal(BATCH, 3));
        for (INDArray weights : Arrays.asList(null, Nd4j.createFromArray(1.0, 0.5, 3.0))) {
            requireLosses(
                    started(Case.base(SETTING)
                            .list()
                            .layer(dense(5))
                            .layer(new OutputLayer.Builder(new LossMAE(weights))
                                    .nOut(3)
                                    .activation(Activation.IDENTITY)
                                    .build())
                            .setInputType(InputType.feedForward(4))),
                    data);
        }
    }

    @Test
    void theGramMatrixIsInNoWorkspaceOfTheCaller() {
        Draw draw = SETTING.draw();
        MultiLayerNetwork network = started(
                Case.base(SETTING).list().layer(dense(5)).layer(output()).setInputType(InputType.feedForward(4)));
        MultiDataSet data = Draw.data(draw.normal(BATCH, 4), draw.oneHot(BATCH, 3));
        WorkspaceConfiguration size =
                WorkspaceConfiguration.builder().initialSize(1 << 20).build();
        try (MemoryWorkspace ignored = Nd4j.getWorkspaceManager().getAndActivateWorkspace(size, "the caller's")) {
            assertThat(PerSampleGradients.of(network, data).gramMatrix().isAttached())
                    .isFalse();
        }
    }

    private static void requireLosses(Model network, MultiDataSet data) {
        double[] losses = PerSampleGradients.of(network, data).losses();
        assertThat(losses).hasSize(BATCH);
        double regularization = network instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) network).calcRegularizationScore(true)
                : ((ComputationGraph) network).calcRegularizationScore(true);
        for (int i = 0; i < BATCH; i++) {
            SampleLoop.pass(network, SampleLoop.sample(data, i));
            assertThat(losses[i]).as("sample %d", i).isCloseTo(network.score() - regularization, within(1e-10));
        }
    }

    /** With the masks that the gradients have: their mean is the score of that very pass. */
    @Test
    void lossesAreOfTheSamePass() {
        MultiLayerNetwork network = started(Case.base(SETTING)
                .list()
                .layer(dense(9))
                .layer(new BatchNormalization.Builder().build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .dropOut(0.5)
                        .build())
                .setInputType(InputType.feedForward(4)));
        Draw draw = SETTING.draw();
        MultiDataSet data = Draw.data(draw.normal(BATCH, 4), draw.oneHot(BATCH, 3));
        double[] losses = PerSampleGradients.of(network, data).losses();
        SampleLoop.pass(network, data);
        double mean = java.util.Arrays.stream(losses).average().orElseThrow();
        assertThat(mean).isCloseTo(network.score(), within(1e-10));
    }

    @Test
    void memoryIsGivenBack() {
        Setting setting = new Setting(DataType.FLOAT, 16, WorkspaceMode.ENABLED, false, 3);
        MultiLayerNetwork network = started(Case.base(setting)
                .updater(new Adam(1e-3))
                .list()
                .layer(dense(1200))
                .layer(dense(1000))
                .layer(output())
                .setInputType(InputType.feedForward(400)));
        Draw draw = setting.draw();
        MultiDataSet data = Draw.data(draw.normal(16, 400), draw.oneHot(16, 3));
        // From now on copies have a state of the updater, too.
        WatchedStep.fit(network, data);
        Runnable all = () -> {
            PerSampleGradients gradients = PerSampleGradients.of(network, data);
            gradients.matrix().close();
            gradients.gramMatrix().close();
            gradients.weightedSum(new double[16]).close();
            gradients.clippedSum(1).close();
        };
        for (int i = 0; i < 3; i++) {
            all.run();
        }
        System.gc();
        long before = Pointer.physicalBytes();
        for (int i = 0; i < 8; i++) {
            all.run();
        }
        // The matrices are 108 MB each, each copy of the network is 14 MB: left to the collector they would be 1.3 GB.
        assertThat(Pointer.physicalBytes() - before).isLessThan(200L << 20);
    }

    /** As of JSON that another tool has written: DL4J keeps the order of the parameters beside the vertices. */
    @Test
    void graphsWithVerticesInAnotherOrderKeepTheirParameters() {
        ComputationGraph graph = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(DataType.DOUBLE)
                .graphBuilder()
                .addInputs("in")
                .addLayer(
                        "b",
                        new DenseLayer.Builder()
                                .nOut(4)
                                .activation(Activation.TANH)
                                .build(),
                        "in")
                .addLayer(
                        "a",
                        new DenseLayer.Builder()
                                .nOut(4)
                                .activation(Activation.SIGMOID)
                                .build(),
                        "in")
                .addVertex("both", new MergeVertex(), "a", "b")
                .addLayer(
                        "out",
                        new OutputLayer.Builder(LossFunction.MSE)
                                .nOut(2)
                                .activation(Activation.IDENTITY)
                                .build(),
                        "both")
                .setOutputs("out")
                .setInputTypes(InputType.feedForward(3))
                .build());
        graph.init();
        ComputationGraphConfiguration sorted =
                ComputationGraphConfiguration.fromJson(graph.getConfiguration().toJson());
        sorted.setVertices(new LinkedHashMap<>(new TreeMap<>(sorted.getVertices())));
        ComputationGraph read = new ComputationGraph(sorted);
        read.init(graph.params().dup(), false);
        DataSet data = new DataSet(Nd4j.rand(DataType.DOUBLE, BATCH, 3), Nd4j.rand(DataType.DOUBLE, BATCH, 2));
        assertThat(read.outputSingle(data.getFeatures())).isEqualTo(graph.outputSingle(data.getFeatures()));

        assertThat(PerSampleGradients.compute(read, data)).isEqualTo(PerSampleGradients.compute(graph, data));
    }
}
