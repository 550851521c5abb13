package io.dl4jext.gradientcheck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import io.dl4jext.implicit.ExactImplicitSgd;
import io.dl4jext.implicit.Seeds;
import io.dl4jext.updater.internal.network.Network;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.layers.RecurrentLayer;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.StackVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

class GradientCheckTest {

    private static final GradientCheck ALL =
            GradientCheck.builder().parameters(100_000).build();

    private static INDArray gaussian(Random random, DataType type, long... shape) {
        INDArray array = Nd4j.create(DataType.DOUBLE, shape);
        for (long i = 0; i < array.length(); i++) {
            array.putScalar(i, random.nextGaussian());
        }
        return array.castTo(type);
    }

    private static DataSet classes(Random random, DataType type, INDArray features, int classes) {
        INDArray labels = Nd4j.zeros(type, features.size(0), classes);
        for (int i = 0; i < features.size(0); i++) {
            labels.putScalar(i, random.nextInt(classes), 1);
        }
        return new DataSet(features, labels);
    }

    private static MultiLayerNetwork network(DataType type, InputType input, Layer... layers) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(type)
                .updater(new Sgd(0.1))
                .l2(0.1)
                .list(layers)
                .setInputType(input)
                .build());
        network.init();
        return network;
    }

    private static MultiLayerNetwork dense(DataType type, Layer first) {
        return network(type, InputType.feedForward(5), first, output(4));
    }

    private static OutputLayer output(int classes) {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(classes)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private static DenseLayer tanh() {
        return new DenseLayer.Builder().nOut(6).activation(Activation.TANH).build();
    }

    private static DataSet vectors(DataType type) {
        Random random = Seeds.random("gradient check");
        return classes(random, type, gaussian(random, type, 7, 5), 4);
    }

    private static void assertRight(GradientCheckResult result) {
        assertThat(result.of(Difference.CENTRAL).median()).isLessThan(1e-8);
        assertThat(result.of(Difference.CENTRAL).quantile(0.95)).isLessThan(1e-4);
        assertThat(result.of(Difference.FORWARD).median()).isLessThan(1e-4);
        assertThat(result.of(Difference.BACKWARD).median()).isLessThan(1e-4);
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void denseNetworksInDoublePrecision(DataType type) {
        MultiLayerNetwork network = dense(type, tanh());
        INDArray before = network.params().dup();
        String configuration = network.getLayerWiseConfigurations().toJson();
        GradientCheckResult result = ALL.check(network, vectors(type));
        assertRight(result);
        assertThat(result.of(Difference.CENTRAL).count()).isEqualTo((int) network.numParams());
        assertThat(network.params()).isEqualTo(before);
        assertThat(network.getLayerWiseConfigurations().toJson()).isEqualTo(configuration);
    }

    /** The same mask each time. */
    @Test
    void dropout() {
        Layer layer = new DenseLayer.Builder()
                .nOut(6)
                .activation(Activation.TANH)
                .dropOut(0.5)
                .build();
        assertThat(ALL.check(dense(DataType.DOUBLE, layer), vectors(DataType.DOUBLE))
                        .of(Difference.CENTRAL)
                        .median())
                .isLessThan(1e-8);
    }

    /** Without its running statistics. */
    @Test
    void convolutionAndBatchNormalisation() {
        MultiLayerNetwork network = network(
                DataType.DOUBLE,
                InputType.convolutional(6, 6, 2),
                new ConvolutionLayer.Builder(3, 3)
                        .nOut(3)
                        .activation(Activation.TANH)
                        .build(),
                new BatchNormalization.Builder().build(),
                output(3));
        Random random = Seeds.random("convolution");
        DataSet data = classes(random, DataType.DOUBLE, gaussian(random, DataType.DOUBLE, 4, 2, 6, 6), 3);
        GradientCheckResult result = GradientCheck.builder()
                .parameters(100_000)
                .differences(Difference.CENTRAL)
                .build()
                .check(network, data);
        assertThat(result.of(Difference.CENTRAL).quantile(0.9)).isLessThan(1e-5);
        assertThat(result.of(Difference.CENTRAL).count()).isEqualTo((int) network.numParams() - 6);
    }

    /** Without its centres, of which DL4J writes how they move. */
    @Test
    void centerLoss() {
        Layer loss = new CenterLossOutputLayer.Builder(LossFunction.MCXENT)
                .nOut(4)
                .activation(Activation.SOFTMAX)
                .lambda(0.1)
                .build();
        MultiLayerNetwork network = network(DataType.DOUBLE, InputType.feedForward(5), tanh(), loss);
        DataSet data = vectors(DataType.DOUBLE);
        network.fit(data);
        for (Model model : new Model[] {network, network.toComputationGraph()}) {
            GradientCheckResult result = ALL.check(model, data.toMultiDataSet());
            assertThat(result.of(Difference.CENTRAL).max()).isLessThan(1e-6);
            assertThat(result.of(Difference.CENTRAL).count()).isEqualTo((int) network.numParams() - 4 * 6);
        }
    }

    @Test
    void sequencesWithMasks() {
        MultiLayerNetwork network = network(
                DataType.DOUBLE,
                InputType.recurrent(3),
                new LSTM.Builder().nOut(4).activation(Activation.TANH).build(),
                new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build());
        Random random = Seeds.random("sequences");
        INDArray labels = Nd4j.zeros(DataType.DOUBLE, 3, 2, 5);
        INDArray mask = Nd4j.ones(DataType.DOUBLE, 3, 5);
        for (int i = 0; i < 3; i++) {
            for (int t = 0; t < 5; t++) {
                labels.putScalar(new int[] {i, random.nextInt(2), t}, 1);
            }
            mask.putScalar(i, 4, i % 2);
        }
        INDArray features = gaussian(random, DataType.DOUBLE, 3, 3, 5);
        GradientCheck some = GradientCheck.builder().parameters(50).build();
        assertRight(some.check(network, new DataSet(features, labels, mask, mask.dup())));
    }

    /**
     * Each pass begins without state and takes the whole series, also where a wrapper hides the layer; the network's
     * state stays.
     */
    @Test
    void truncatedBackpropagation() {
        Random random = Seeds.random("truncated");
        DataSet data =
                new DataSet(gaussian(random, DataType.DOUBLE, 3, 3, 6), gaussian(random, DataType.DOUBLE, 3, 2, 6));
        Layer rnn = new SimpleRnn.Builder().nOut(4).activation(Activation.TANH).build();
        GradientCheck some = GradientCheck.builder().parameters(50).build();
        for (Layer first : new Layer[] {rnn, new MaskZeroLayer(rnn, 0)}) {
            MultiLayerNetwork network = network(
                    DataType.DOUBLE,
                    InputType.recurrent(3),
                    first,
                    new LSTM.Builder().nOut(4).activation(Activation.TANH).build(),
                    new RnnOutputLayer.Builder(LossFunction.MSE)
                            .nOut(2)
                            .activation(Activation.TANH)
                            .build());
            network.getLayerWiseConfigurations().setBackpropType(BackpropType.TruncatedBPTT);
            network.getLayerWiseConfigurations().setTbpttFwdLength(2);
            network.getLayerWiseConfigurations().setTbpttBackLength(2);
            ComputationGraph graph = network.toComputationGraph();
            graph.getConfiguration().setBackpropType(BackpropType.TruncatedBPTT); // which DL4J forgets
            RecurrentLayer recurrent = (RecurrentLayer) network.getLayer(1);
            recurrent.rnnTimeStep(Nd4j.ones(DataType.DOUBLE, 3, 4, 6), LayerWorkspaceMgr.noWorkspaces());
            Map<String, INDArray> state = recurrent.rnnGetPreviousState();
            assertRight(some.check(network, data));
            assertRight(some.check(graph, data));
            assertThat(state).isNotEmpty();
            assertThat(recurrent.rnnGetPreviousState()).isEqualTo(state);
            assertThat(network.getLayerWiseConfigurations().getBackpropType()).isEqualTo(BackpropType.TruncatedBPTT);
        }
    }

    @Test
    void graphsWithTwoInputsAndTwoOutputs() {
        ComputationGraph graph = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(DataType.DOUBLE)
                .updater(new Sgd(0.1))
                .graphBuilder()
                .addInputs("a", "b")
                .addLayer(
                        "hidden",
                        new DenseLayer.Builder()
                                .nIn(7)
                                .nOut(6)
                                .activation(Activation.TANH)
                                .build(),
                        "a",
                        "b")
                .addLayer(
                        "x",
                        new OutputLayer.Builder(LossFunction.MSE)
                                .nIn(6)
                                .nOut(2)
                                .activation(Activation.IDENTITY)
                                .build(),
                        "hidden")
                .addLayer(
                        "y",
                        new OutputLayer.Builder(LossFunction.MCXENT)
                                .nIn(6)
                                .nOut(3)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "hidden")
                .setOutputs("x", "y")
                .build());
        graph.init();
        Random random = Seeds.random("graph");
        DataSet classes = classes(random, DataType.DOUBLE, gaussian(random, DataType.DOUBLE, 5, 4), 3);
        MultiDataSet data = new MultiDataSet(
                new INDArray[] {classes.getFeatures(), gaussian(random, DataType.DOUBLE, 5, 3)},
                new INDArray[] {gaussian(random, DataType.DOUBLE, 5, 2), classes.getLabels()});
        assertRight(ALL.check(graph, data));
    }

    @Test
    void frozenLayersAreLeftOut() {
        DataSet data = vectors(DataType.DOUBLE);
        for (boolean passing : new boolean[] {false, true}) {
            Layer frozen = passing ? new FrozenLayerWithBackprop(tanh()) : new FrozenLayer(tanh());
            GradientCheckResult result = ALL.check(dense(DataType.DOUBLE, frozen), data);
            assertRight(result);
            assertThat(result.of(Difference.FORWARD).count()).isEqualTo(6 * 4 + 4);
            GradientCheckResult ofGraph =
                    ALL.check(dense(DataType.DOUBLE, frozen).toComputationGraph(), data);
            assertRight(ofGraph);
            assertThat(ofGraph.of(Difference.FORWARD).count()).isEqualTo(6 * 4 + 4);
        }
    }

    /** The paper's step, and the one that fits, in both types. */
    @Test
    void stepsAndTypes() {
        MultiLayerNetwork network = dense(DataType.FLOAT, tanh());
        DataSet data = vectors(DataType.FLOAT);
        GradientCheck.Builder floats =
                GradientCheck.builder().parameters(100_000).dataType(null);
        RelativeErrors tooSmall = floats.step(1e-8).build().check(network, data).of(Difference.CENTRAL);
        RelativeErrors fitting = GradientCheck.builder()
                .parameters(100_000)
                .dataType(DataType.FLOAT)
                .build()
                .check(network, data)
                .of(Difference.CENTRAL);
        RelativeErrors wide =
                GradientCheck.builder().step(1e-8).build().check(network, data).of(Difference.FORWARD);
        assertThat(tooSmall.median()).isGreaterThan(0.5);
        assertThat(fitting.median()).isLessThan(1e-3);
        assertThat(wide.median()).isLessThan(1e-5);
    }

    /** A layer with a wrong derivative is found, and named. */
    @Test
    void aWrongGradientIsFound() {
        Layer wrong = new DenseLayer.Builder()
                .name("bad")
                .nOut(6)
                .activation(new WrongTanh())
                .build();
        RelativeErrors errors = ALL.check(dense(DataType.DOUBLE, wrong), vectors(DataType.DOUBLE))
                .of(Difference.CENTRAL);
        // Of 6·5 + 6 parameters below it the gradient is a tenth too large, of 6·4 + 4 right.
        assertThat(errors.max()).isCloseTo(1 - 1 / 1.1, offset(1e-4));
        assertThat(errors.quantile(28.0 / 64)).isLessThan(1e-5);
        assertThat(errors.quantile(30.0 / 64)).isGreaterThan(0.09);
        assertThat(errors.worst())
                .startsWith("layer 'bad' ")
                .contains("gradient")
                .contains("difference");
    }

    /** NaN is worse than any error, and named, wherever it comes in the random order. */
    @Test
    void aGradientThatIsNoNumberIsNamed() {
        Layer wrong = new DenseLayer.Builder()
                .name("bad")
                .nOut(6)
                .activation(new PartlyNaN())
                .build();
        RelativeErrors errors = ALL.check(dense(DataType.DOUBLE, wrong), vectors(DataType.DOUBLE))
                .of(Difference.CENTRAL);
        assertThat(errors.max()).isNaN();
        assertThat(errors.worst()).contains("gradient NaN");
    }

    /** The bias of these lies before their weights, and comes after them in their tables. */
    @Test
    void tensorsAreWhereTheirLayersHaveThem() {
        MultiLayerNetwork network = network(
                DataType.DOUBLE,
                InputType.convolutional(4, 4, 2),
                new DepthwiseConvolution2D.Builder(2, 2)
                        .name("0")
                        .depthMultiplier(2)
                        .build(),
                new SeparableConvolution2D.Builder(2, 2).name("1").nOut(3).build(),
                output(2));
        Random random = Seeds.random("tensors in their places");
        DataSet data = classes(random, DataType.DOUBLE, gaussian(random, DataType.DOUBLE, 3, 2, 4, 4), 2);
        CheckedNetwork checked = new CheckedNetwork(
                Network.ready(network, GradientCheck.CALLER), data.toMultiDataSet(), DataType.DOUBLE, 1);
        List<CheckedTensor> tensors = checked.tensors();
        assertThat(tensors).hasSize(7);
        for (CheckedTensor tensor : tensors.subList(0, 5)) {
            INDArray view = network.getParam(tensor.layer + "_" + tensor.name);
            assertThat(tensor.from).as(tensor.layer + tensor.name).isEqualTo(view.offset());
            assertThat(tensor.to - tensor.from).isEqualTo(view.length());
        }
    }

    /** Its derivative is a tenth too large. */
    public static final class WrongTanh extends ActivationTanH {

        @Override
        public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
            Pair<INDArray, INDArray> right = super.backprop(in, epsilon);
            return new Pair<>(right.getFirst().muli(1.1), right.getSecond());
        }
    }

    /** Its derivative of the first example's first unit is none. */
    public static final class PartlyNaN extends ActivationTanH {

        @Override
        public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
            Pair<INDArray, INDArray> right = super.backprop(in, epsilon);
            right.getFirst().putScalar(0, 0, Double.NaN);
            return right;
        }
    }

    @Test
    void aChoiceOfParametersIsReproducible() {
        MultiLayerNetwork network = dense(DataType.DOUBLE, tanh());
        GradientCheck few = GradientCheck.builder()
                .parameters(10)
                .differences(Difference.CENTRAL)
                .build();
        GradientCheckResult first = few.check(network, vectors(DataType.DOUBLE));
        assertThat(first.of(Difference.CENTRAL).count()).isEqualTo(10);
        assertThat(few.check(network, vectors(DataType.DOUBLE)).table()).isEqualTo(first.table());
        assertThatThrownBy(() -> first.of(Difference.FORWARD))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[CENTRAL], got FORWARD");
        assertThat(first.toString()).contains("CENTRAL").contains("median");
    }

    /** A few parameters of many, and none twice: their number is the network's when all are asked for. */
    @Test
    void aFewOfMillions() {
        MultiLayerNetwork network = network(
                DataType.FLOAT,
                InputType.feedForward(3000),
                new DenseLayer.Builder().nOut(700).activation(Activation.TANH).build(),
                output(2));
        Random random = Seeds.random("many parameters");
        DataSet data = classes(random, DataType.FLOAT, gaussian(random, DataType.FLOAT, 1, 3000), 2);
        RelativeErrors errors = GradientCheck.builder()
                .parameters(3)
                .differences(Difference.CENTRAL)
                .build()
                .check(network, data)
                .of(Difference.CENTRAL);
        assertThat(errors.count()).isEqualTo(3);
        assertThat(errors.max()).isLessThan(1e-4);
    }

    /** Errors up to the floor do not count. */
    @Test
    void aFloor() {
        Layer wrong =
                new DenseLayer.Builder().nOut(6).activation(new WrongTanh()).build();
        RelativeErrors errors = GradientCheck.builder()
                .floor(10)
                .differences(Difference.CENTRAL)
                .build()
                .check(dense(DataType.DOUBLE, wrong), vectors(DataType.DOUBLE))
                .of(Difference.CENTRAL);
        assertThat(errors.max()).isZero();
    }

    @Test
    void distribution() {
        RelativeErrors errors = new RelativeErrors(new double[] {3e-3, 0, 1, 2e-3, 5e-13, 1e-12}, "w");
        assertThat(errors.mean()).isCloseTo(1.005 / 6, offset(1e-9));
        assertThat(errors.median()).isEqualTo(1e-12);
        assertThat(errors.max()).isEqualTo(1);
        assertThat(errors.quantile(0)).isZero();
        assertThat(errors.quantile(1)).isEqualTo(1);
        assertThat(errors.decades()).containsExactly(2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 1);
        assertThat(errors.histogram().split("\n")).hasSize(14);
        assertThat(new RelativeErrors(new double[] {Double.NaN, 2}, "").decades()[13])
                .isEqualTo(2);
        assertThatThrownBy(() -> errors.quantile(Double.NaN)).hasMessageContaining("got NaN");
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1, Double.NaN, Double.POSITIVE_INFINITY})
    void refusesValues(double value) {
        assertThatThrownBy(() -> GradientCheck.builder()
                        .step(value)
                        .floor(value)
                        .parameters(0)
                        .seed(0)
                        .differences()
                        .dataType(DataType.HALF)
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected 0 < step < ∞, got " + value)
                .hasMessageContaining("expected 0 ≤ floor < ∞, got " + value)
                .hasMessageContaining("expected parameters ≥ 1, got 0")
                .hasMessageContaining("a seed other than 0")
                .hasMessageContaining("at least one difference")
                .hasMessageContaining("FLOAT or DOUBLE, got HALF");
    }

    @Test
    void refusesOtherModels() {
        MultiLayerNetwork network = dense(DataType.DOUBLE, tanh());
        DataSet data = vectors(DataType.DOUBLE);
        assertThatThrownBy(() -> ALL.check(network.getLayer(0), data))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("DenseLayer");
        MultiLayerNetwork bare = new MultiLayerNetwork(network.getLayerWiseConfigurations());
        assertThatThrownBy(() -> ALL.check(bare, data)).hasMessageContaining("without init()");
        MultiLayerNetwork empty = network(
                DataType.DOUBLE,
                InputType.feedForward(4),
                new LossLayer.Builder(LossFunction.MSE)
                        .activation(Activation.IDENTITY)
                        .build());
        assertThatThrownBy(() -> ALL.check(empty, new DataSet(data.getLabels(), data.getLabels())))
                .hasMessageContaining("parameters that are trained, got none");
    }

    /** Dropout and noise to come, as without the check; also where the check fails on the way. */
    @Test
    void nd4jsGeneratorGoesOnWhereItWas() {
        Layer layer = new DenseLayer.Builder()
                .nOut(6)
                .activation(Activation.TANH)
                .dropOut(0.5)
                .build();
        MultiLayerNetwork network = dense(DataType.DOUBLE, layer);
        DataSet data = vectors(DataType.DOUBLE);
        GradientCheck check = GradientCheck.builder().parameters(3).build();
        for (boolean failing : new boolean[] {false, true}) {
            Nd4j.getRandom().setSeed(1234);
            Nd4j.rand(DataType.DOUBLE, 7);
            INDArray expected = Nd4j.rand(DataType.DOUBLE, 50);
            Nd4j.getRandom().setSeed(1234);
            Nd4j.rand(DataType.DOUBLE, 7);
            if (failing) {
                DataSet wrong = new DataSet(data.getFeatures(), Nd4j.ones(DataType.DOUBLE, 7, 9));
                assertThatThrownBy(() -> check.check(network, wrong)).isNotNull();
            } else {
                check.check(network, data);
            }
            assertThat(Nd4j.getRandom().getSeed()).isEqualTo(1234);
            assertThat(Nd4j.rand(DataType.DOUBLE, 50)).isEqualTo(expected);
        }
    }

    /** The next training step with dropout is the same with and without a check before it. */
    @Test
    void trainingWithDropoutGoesOnAsWithoutTheCheck() {
        double[][] trained = new double[2][];
        for (int i = 0; i < 2; i++) {
            Layer layer = new DenseLayer.Builder()
                    .nOut(6)
                    .activation(Activation.TANH)
                    .dropOut(0.5)
                    .build();
            MultiLayerNetwork network = dense(DataType.DOUBLE, layer);
            for (int step = 0; step < 3; step++) {
                network.fit(vectors(DataType.DOUBLE));
                if (i == 1) {
                    GradientCheck.builder().parameters(2).build().check(network, vectors(DataType.DOUBLE));
                }
            }
            trained[i] = network.params().dup().data().asDouble();
        }
        assertThat(trained[1]).isEqualTo(trained[0]);
    }

    @Test
    void refusesWhatIsMissing() {
        MultiLayerNetwork network = dense(DataType.DOUBLE, tanh());
        DataSet data = vectors(DataType.DOUBLE);
        assertRefused(
                () -> ALL.check(null, data),
                "GradientCheck: expected a MultiLayerNetwork or ComputationGraph, got null");
        assertRefused(() -> ALL.check(network, (DataSet) null), "features and labels, got null");
        assertRefused(() -> ALL.check(network, (MultiDataSet) null), "features and labels, got null");
        assertRefused(() -> ALL.check(network, new DataSet(data.getFeatures(), null)), "got one without labels");
        assertRefused(() -> ALL.check(network, new DataSet()), "got one without features");
        assertRefused(
                () -> ALL.check(network.toComputationGraph(), new MultiDataSet(data.getFeatures(), null)),
                "got one without labels");
        assertRefused(
                () -> ALL.check(
                        new ComputationGraph(network.toComputationGraph().getConfiguration()), data),
                "without init()");
        assertRefused(() -> GradientCheck.builder().differences((Difference[]) null), "expected differences, got null");
        assertRefused(
                () -> GradientCheck.builder().differences(Difference.CENTRAL, null),
                "expected differences, got [CENTRAL, null]");
    }

    private static void assertRefused(Runnable action, String message) {
        assertThatThrownBy(action::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    /** DL4J makes a row of each step in front of a dense output layer, and divides by the number of rows. */
    @Test
    void severalRowsOfASample() {
        MultiLayerNetwork network = network(
                DataType.DOUBLE,
                InputType.recurrent(3),
                new LSTM.Builder().nOut(4).activation(Activation.TANH).build(),
                output(2));
        Random random = new Random(5);
        INDArray labels = Nd4j.zeros(DataType.DOUBLE, 10, 2);
        for (int row = 0; row < 10; row++) {
            labels.putScalar(row, random.nextInt(2), 1);
        }
        DataSet series = new DataSet(gaussian(random, DataType.DOUBLE, 2, 3, 5), labels);
        assertThat(GradientCheck.builder()
                        .differences(Difference.CENTRAL)
                        .build()
                        .check(network, series)
                        .of(Difference.CENTRAL)
                        .max())
                .isLessThan(1e-4);
    }

    /** Parameter by parameter, not by their order. */
    @Test
    void whichDifferenceIsTheCloserOne() {
        RelativeErrors first = new RelativeErrors(new double[] {0.1, 0.2, 0.3, 0.5}, "");
        RelativeErrors second = new RelativeErrors(new double[] {0.2, 0.1, 0.4, 0.5}, "");
        assertThat(first.smallerThan(second)).isEqualTo(2);
        assertThat(second.smallerThan(first)).isEqualTo(1);
        assertThatThrownBy(() -> first.smallerThan(new RelativeErrors(new double[1], "")))
                .hasMessage("Expected the errors of the same 4 parameters, got those of 1");
    }

    private static void assertRight(Model model, DataSet data) {
        RelativeErrors errors = GradientCheck.builder()
                .differences(Difference.CENTRAL)
                .parameters(100)
                .build()
                .check(model, data)
                .of(Difference.CENTRAL);
        assertThat(errors.median()).as(errors.worst()).isLessThan(1e-7);
        assertThat(errors.quantile(0.9)).as(errors.worst()).isLessThan(1e-4);
    }

    private static void assertRightInBoth(MultiLayerNetwork network, DataSet data) {
        assertRight(network, data);
        assertRight(network.toComputationGraph(), data);
    }

    /** DL4J's backward pass writes the activations of a loss layer over its input. */
    @Test
    void lossLayersThatOverwriteTheirInput() {
        DataSet data = vectors(DataType.DOUBLE);
        DenseLayer first =
                new DenseLayer.Builder().nOut(4).activation(Activation.TANH).build();
        for (Activation activation : new Activation[] {Activation.SIGMOID, Activation.TANH}) {
            for (LossFunction loss : new LossFunction[] {LossFunction.MSE, LossFunction.L1, LossFunction.XENT}) {
                if (loss != LossFunction.XENT || activation == Activation.SIGMOID) {
                    Layer last =
                            new LossLayer.Builder(loss).activation(activation).build();
                    assertRightInBoth(network(DataType.DOUBLE, InputType.feedForward(5), first, last), data);
                }
            }
        }
    }

    private static DataSet series(Random random, INDArray mask) {
        INDArray labels = Nd4j.zeros(DataType.DOUBLE, 3, 2, 4);
        for (int i = 0; i < 3; i++) {
            for (int t = 0; t < 4; t++) {
                labels.putScalar(new int[] {i, random.nextInt(2), t}, 1);
            }
        }
        return new DataSet(gaussian(random, DataType.DOUBLE, 3, 3, 4), labels, mask, null);
    }

    /** DL4J's backward pass puts back what a recurrent output layer's input was before its dropout. */
    @Test
    void randomRecurrentOutputLayers() {
        Random random = Seeds.random("random recurrent output");
        DataSet data = series(random, null);
        RnnOutputLayer.Builder output =
                new RnnOutputLayer.Builder(LossFunction.MCXENT).nOut(2).activation(Activation.SOFTMAX);
        Layer lstm = new LSTM.Builder().nOut(4).activation(Activation.TANH).build();
        assertRightInBoth(
                network(
                        DataType.DOUBLE,
                        InputType.recurrent(3),
                        lstm,
                        output.dropOut(0.5).build()),
                data);
        assertRightInBoth(
                network(
                        DataType.DOUBLE,
                        InputType.recurrent(3),
                        lstm,
                        new RnnOutputLayer.Builder(LossFunction.MCXENT)
                                .nOut(2)
                                .activation(Activation.SOFTMAX)
                                .weightNoise(new DropConnect(0.5))
                                .build()),
                data);
    }

    /** With the masks of the features alone, too, which DL4J hands on to an output layer. */
    @Test
    void masksOfTheFeaturesAlone() {
        Random random = Seeds.random("masks of features");
        INDArray mask = Nd4j.ones(DataType.DOUBLE, 3, 4);
        mask.putScalar(1, 3, 0);
        Layer last = new RnnOutputLayer.Builder(LossFunction.MCXENT)
                .nOut(2)
                .activation(Activation.SOFTMAX)
                .build();
        Layer first = new LSTM.Builder().nOut(4).activation(Activation.TANH).build();
        assertRightInBoth(network(DataType.DOUBLE, InputType.recurrent(3), first, last), series(random, mask));
    }

    /** DL4J's LastTimeStep makes its output in ND4J's default type where there is a mask. */
    @Test
    void computesInDoubleWhateverNd4jsDefaultTypeIs() {
        Random random = Seeds.random("default type");
        INDArray mask = Nd4j.ones(DataType.DOUBLE, 3, 4);
        mask.putScalar(1, 3, 0);
        mask.putScalar(2, 2, 0).putScalar(2, 3, 0);
        DataSet data = new DataSet(
                gaussian(random, DataType.DOUBLE, 3, 3, 4),
                classes(random, DataType.DOUBLE, Nd4j.ones(DataType.DOUBLE, 3, 1), 2)
                        .getLabels(),
                mask,
                null);
        MultiLayerNetwork network = network(
                DataType.DOUBLE,
                InputType.recurrent(3),
                new LastTimeStep(new SimpleRnn.Builder()
                        .nOut(4)
                        .activation(Activation.TANH)
                        .build()),
                output(2));
        DataSet wrong = new DataSet(data.getFeatures(), Nd4j.ones(DataType.DOUBLE, 3, 9));
        DataType usual = Nd4j.dataType();
        DataType usualFloating = Nd4j.defaultFloatingPointType();
        try {
            Nd4j.setDefaultDataTypes(DataType.INT, DataType.FLOAT);
            assertRightInBoth(network, data);
            assertThat(Nd4j.dataType()).isEqualTo(DataType.INT);
            assertThat(Nd4j.defaultFloatingPointType()).isEqualTo(DataType.FLOAT);
            assertThatThrownBy(() -> ALL.check(network, wrong)).isNotNull();
            assertThat(Nd4j.dataType()).isEqualTo(DataType.INT);
        } finally {
            Nd4j.setDefaultDataTypes(usual, usualFloating);
        }
    }

    private static OutputLayer fromFour(double retained) {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nIn(4)
                .nOut(2)
                .activation(Activation.SOFTMAX)
                .dropOut(retained)
                .build();
    }

    private static DenseLayer fourUnits(int in) {
        return new DenseLayer.Builder()
                .nIn(in)
                .nOut(4)
                .activation(Activation.TANH)
                .build();
    }

    /** Each behind a layer of its own: DL4J drops a shared input in place, for both. */
    private static ComputationGraph twoOutputs(double retained, boolean stacked, String... outputs) {
        ComputationGraphConfiguration.GraphBuilder graph = new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(DataType.DOUBLE)
                .updater(new Sgd(0.1))
                .graphBuilder()
                .addInputs("in")
                .addLayer("hidden", fourUnits(5), "in")
                .addLayer("below y", fourUnits(4), "hidden");
        if (stacked) {
            graph.addVertex("twice", new StackVertex(), "hidden", "hidden");
        }
        graph.addLayer("below x", fourUnits(4), stacked ? "twice" : "hidden");
        ComputationGraph network = new ComputationGraph(graph.addLayer("x", fromFour(retained), "below x")
                .addLayer("y", fromFour(retained), "below y")
                .setOutputs(outputs)
                .build());
        network.init();
        return network;
    }

    /** Of dropout in two output layers, which the backward pass comes to from the last one. */
    @Test
    void theSameDrawsInAllOutputs() {
        Random random = Seeds.random("two outputs");
        DataSet x = classes(random, DataType.DOUBLE, gaussian(random, DataType.DOUBLE, 5, 5), 2);
        DataSet y = classes(random, DataType.DOUBLE, x.getFeatures(), 2);
        MultiDataSet data =
                new MultiDataSet(new INDArray[] {x.getFeatures()}, new INDArray[] {x.getLabels(), y.getLabels()});
        for (String[] outputs : new String[][] {{"x", "y"}, {"y", "x"}}) {
            RelativeErrors errors =
                    ALL.check(twoOutputs(0.5, false, outputs), data).of(Difference.CENTRAL);
            assertThat(errors.quantile(0.95)).as(errors.worst()).isLessThan(1e-4);
        }
    }

    /** A graph's own score takes 0 for the loss of it. */
    @Test
    void frozenOutputLayers() {
        Random random = Seeds.random("frozen output");
        DataSet data = classes(random, DataType.DOUBLE, gaussian(random, DataType.DOUBLE, 5, 5), 2);
        MultiLayerNetwork network =
                network(DataType.DOUBLE, InputType.feedForward(5), tanh(), new FrozenLayerWithBackprop(output(2)));
        assertRightInBoth(network, data);
    }

    /** The mean loss would have two divisors. */
    @Test
    void outputsOfDifferentRowsAreRefused() {
        Random random = Seeds.random("stacked");
        DataSet y = classes(random, DataType.DOUBLE, gaussian(random, DataType.DOUBLE, 5, 5), 2);
        MultiDataSet data = new MultiDataSet(
                new INDArray[] {y.getFeatures()},
                new INDArray[] {Nd4j.concat(0, y.getLabels(), y.getLabels()), y.getLabels()});
        ComputationGraph graph = twoOutputs(1, true, "x", "y");
        INDArray before = graph.params().dup();
        String refusal = "Expected outputs of equally many rows, got 10 of 'x' and 5 of 'y'";
        assertRefused(() -> ALL.check(graph, data), refusal);
        assertRefused(() -> new ExactImplicitSgd(0.5).step(graph, data), refusal);
        assertThat(graph.params()).isEqualTo(before);
    }

    /** DL4J's backward pass ends at a FrozenLayer; a graph with something to train below does not train at all. */
    @Test
    void layersBelowAFrozenLayerAreLeftOut() {
        DataSet data = vectors(DataType.DOUBLE);
        MultiLayerNetwork network =
                network(DataType.DOUBLE, InputType.feedForward(5), tanh(), new FrozenLayer(tanh()), tanh(), output(4));
        GradientCheckResult result = ALL.check(network, data);
        assertRight(result);
        assertThat(result.of(Difference.FORWARD).count()).isEqualTo(6 * 6 + 6 + 6 * 4 + 4);
        ComputationGraph graph = network.toComputationGraph();
        assertThatThrownBy(() -> graph.fit(data)).hasMessageContaining("Cannot do backward pass");
    }
}
