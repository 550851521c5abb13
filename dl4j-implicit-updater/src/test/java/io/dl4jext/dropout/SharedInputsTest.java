package io.dl4jext.dropout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dl4jext.gradientcheck.Difference;
import io.dl4jext.gradientcheck.GradientCheck;
import io.dl4jext.implicit.Seeds;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.graph.StackVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.graph.UnstackVertex;
import org.deeplearning4j.nn.conf.graph.rnn.LastTimeStepVertex;
import org.deeplearning4j.nn.conf.graph.rnn.ReverseTimeSeriesVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The layer "h" has two takers: "t", of any kind, and "d", a layer with weights. */
class SharedInputsTest {

    /** By rounding, gradients that are nearly 0 have errors of some 1e-4. */
    private static final double RIGHT = 0.01;

    private static final double WRONG = 0.1;
    private static final InputType FLAT = InputType.feedForward(5);
    private static final InputType IMAGES = InputType.convolutional(3, 3, 2);
    private static final InputType SERIES = InputType.recurrent(3, 4);

    /** A layer or vertex, and what the network's input is. */
    private static final class Taker {

        private final String name;
        private final InputType input;
        private final Object of;

        Taker(String name, InputType input, Object of) {
            this.name = name;
            this.input = input;
            this.of = of;
        }

        @Override
        public String toString() {
            return name;
        }

        private boolean takesTwo() {
            return of instanceof ElementWiseVertex || of instanceof MergeVertex && !name.equals("merge of one");
        }

        private Layer main() {
            if (input == SERIES) {
                return new LSTM.Builder().nOut(4).build();
            }
            return input == IMAGES ? convolution() : dense();
        }

        /** @param first whether "t" comes before "d" in DL4J's order, so that DL4J drops in place for "d" */
        ComputationGraphConfiguration graph(boolean first) {
            GraphBuilder graph = builder(input).addLayer("h", main(), "in");
            if (!first) {
                graph.addLayer("d", main(), "h");
            }
            if (takesTwo()) {
                graph.addLayer("g", main(), "in").addVertex("t", (GraphVertex) of, "h", "g");
            } else if (of instanceof StackVertex) {
                graph.addVertex("stacked", (GraphVertex) of, "h", "h")
                        .addVertex("t", new UnstackVertex(0, 2), "stacked");
            } else if (of instanceof GraphVertex) {
                graph.addVertex("t", (GraphVertex) of, "h");
            } else {
                graph.addLayer("t", (Layer) of, "h");
            }
            if (first) {
                graph.addLayer("d", main(), "h");
            }
            graph.addLayer("below d", output(input == SERIES), "d");
            if (of instanceof LossLayer) {
                return graph.setOutputs("below d", "t").build();
            }
            return graph.addLayer("below t", output(name.contains("over time")), "t")
                    .setOutputs("below d", "below t")
                    .build();
        }
    }

    private static GraphBuilder builder(InputType input) {
        return new NeuralNetConfiguration.Builder()
                .seed(5)
                .dataType(DataType.DOUBLE)
                .updater(new Sgd(0.1))
                .activation(Activation.TANH)
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(input);
    }

    private static DenseLayer dense() {
        return new DenseLayer.Builder().nOut(4).build();
    }

    private static ConvolutionLayer convolution() {
        ConvolutionLayer.Builder builder = new ConvolutionLayer.Builder(1, 1);
        builder.nOut(4);
        return builder.build();
    }

    private static LSTM lstm() {
        return new LSTM.Builder().nOut(3).build();
    }

    private static Layer output(boolean series) {
        return series
                ? new RnnOutputLayer.Builder(LossFunction.MSE)
                        .nOut(2)
                        .activation(Activation.TANH)
                        .build()
                : new OutputLayer.Builder(LossFunction.MSE)
                        .nOut(2)
                        .activation(Activation.TANH)
                        .build();
    }

    private static Taker pooling(PoolingType type, int size, int stride) {
        SubsamplingLayer.Builder builder = new SubsamplingLayer.Builder(type);
        builder.kernelSize(size, size);
        builder.stride(stride, stride);
        return new Taker("pooling " + type + " " + size, IMAGES, builder.build());
    }

    static Stream<Taker> right() {
        SeparableConvolution2D.Builder separable = new SeparableConvolution2D.Builder(2, 2);
        separable.nOut(2);
        DepthwiseConvolution2D.Builder depthwise = new DepthwiseConvolution2D.Builder(2, 2);
        depthwise.depthMultiplier(1);
        depthwise.nOut(4);
        return Stream.of(
                new Taker("add", FLAT, new ElementWiseVertex(ElementWiseVertex.Op.Add)),
                new Taker("subtract", FLAT, new ElementWiseVertex(ElementWiseVertex.Op.Subtract)),
                new Taker("average", FLAT, new ElementWiseVertex(ElementWiseVertex.Op.Average)),
                new Taker("merge", FLAT, new MergeVertex()),
                new Taker("scale", FLAT, new ScaleVertex(2)),
                new Taker("shift", FLAT, new ShiftVertex(2)),
                new Taker("subset", FLAT, new SubsetVertex(0, 2)),
                new Taker("stack", FLAT, new StackVertex()),
                new Taker("unstack", FLAT, new UnstackVertex(0, 1)),
                new Taker("reshape", FLAT, new ReshapeVertex(-1, 4)),
                new Taker("identity", FLAT, new ActivationLayer(Activation.IDENTITY)),
                new Taker("dense", FLAT, dense()),
                new Taker("prelu", FLAT, new PReLULayer.Builder().inputShape(4).build()),
                new Taker("add images", IMAGES, new ElementWiseVertex(ElementWiseVertex.Op.Add)),
                new Taker("merge images", IMAGES, new MergeVertex()),
                pooling(PoolingType.AVG, 2, 1),
                pooling(PoolingType.MAX, 1, 2),
                new Taker("global pooling", IMAGES, new GlobalPoolingLayer(PoolingType.AVG)),
                new Taker("convolution", IMAGES, convolution()),
                new Taker("separable", IMAGES, separable.build()),
                new Taker("depthwise", IMAGES, depthwise.build()),
                new Taker("dense over images", IMAGES, dense()),
                new Taker("last step", SERIES, new LastTimeStepVertex("in")),
                new Taker("reverse over time", SERIES, new ReverseTimeSeriesVertex()),
                new Taker("add over time", SERIES, new ElementWiseVertex(ElementWiseVertex.Op.Add)),
                new Taker("merge over time", SERIES, new MergeVertex()),
                new Taker("global pooling of series", SERIES, new GlobalPoolingLayer(PoolingType.AVG)),
                new Taker("lstm over time", SERIES, lstm()),
                new Taker(
                        "graves over time",
                        SERIES,
                        new GravesLSTM.Builder().nOut(3).build()),
                new Taker(
                        "rnn over time", SERIES, new SimpleRnn.Builder().nOut(3).build()),
                new Taker("bidirectional over time", SERIES, new Bidirectional(lstm())),
                new Taker("last of lstm", SERIES, new LastTimeStep(lstm())),
                new Taker("mask zero over time", SERIES, new MaskZeroLayer(lstm(), 0)),
                new Taker("distributed over time", SERIES, new TimeDistributed(dense(), RNNFormat.NCW)),
                new Taker("dense over time", SERIES, dense()));
    }

    @ParameterizedTest
    @MethodSource("right")
    void kindsThatShareDroppedInputs(Taker taker) {
        for (boolean first : new boolean[] {true, false}) {
            assertThat(error(DepthDropout.apply(taker.graph(first), 0.5), taker.input))
                    .as(taker + (first ? " first" : " last"))
                    .isLessThan(RIGHT);
        }
    }

    static Stream<Taker> wrong() {
        return Stream.of(
                new Taker("activation", FLAT, new ActivationLayer(Activation.TANH)),
                new Taker("normalisation to length 1", FLAT, new L2NormalizeVertex()),
                new Taker(
                        "loss",
                        FLAT,
                        new LossLayer.Builder(LossFunction.MSE)
                                .activation(Activation.TANH)
                                .build()),
                new Taker("frozen", FLAT, new FrozenLayerWithBackprop(dense())),
                pooling(PoolingType.MAX, 2, 1));
    }

    /** That DL4J is wrong is shown with its own dropout; once it is mended this fails, and they need not be refused. */
    @ParameterizedTest
    @MethodSource("wrong")
    void kindsThatNeedTheInputAsItWas(Taker taker) {
        assertThat(error(taker.graph(true), taker.input)).isLessThan(RIGHT);
        assertThat(error(dropped(taker.graph(true)), taker.input)).isGreaterThan(WRONG);
        assertRefused(
                taker.graph(true),
                "on 'h', which 2 vertices share, and which "
                        + taker.of.getClass().getSimpleName()
                        + " 't' may need as it was, in its backward pass: DL4J's dropout");
        assertThat(error(DepthDropout.apply(taker.graph(false), 0.5), taker.input))
                .isLessThan(RIGHT);
    }

    /** DL4J's own dropout of what is on "h". */
    private static ComputationGraphConfiguration dropped(ComputationGraphConfiguration graph) {
        ((LayerVertex) graph.getVertices().get("d")).getLayerConf().getLayer().setIDropout(new Dropout(0.5));
        return graph;
    }

    @Test
    void inputsThatAreHandedOn() {
        Taker merge = new Taker("merge of one", FLAT, new MergeVertex());
        assertThat(error(dropped(merge.graph(true)), FLAT)).isGreaterThan(WRONG);
        assertRefused(merge.graph(true), "on 'h', which 2 vertices share, and which MergeVertex 't'");
        assertRefused(
                merge.graph(false),
                "OutputLayer 'below t' on 't', which 2 vertices share, as one hands on the array that it got");
        ComputationGraphConfiguration alone = builder(FLAT)
                .addLayer("h", dense(), "in")
                .addVertex("merge", new MergeVertex(), "h")
                .addLayer("out", output(false), "merge")
                .setOutputs("out")
                .build();
        assertThat(error(DepthDropout.apply(alone, 0.5), FLAT)).isLessThan(RIGHT);
    }

    /** An LSTM goes on with the input itself beside its copy. */
    @Test
    void seriesWithChannelsLast() {
        LSTM.Builder last = new LSTM.Builder().nOut(4);
        last.dataFormat(RNNFormat.NWC);
        ComputationGraphConfiguration graph = builder(InputType.recurrent(3, 4, RNNFormat.NWC))
                .addLayer("h", last.build(), "in")
                .addLayer("a", last.build(), "h")
                .addLayer("b", last.build(), "h")
                .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "a", "b")
                .addLayer("out", new GlobalPoolingLayer(PoolingType.AVG), "sum")
                .setOutputs("out")
                .build();
        assertRefused(graph, "LSTM 'a' on 'h', which 2 vertices share: DL4J's dropout");
    }

    /** DL4J copies for all where the last taker is no layer with dropout: here it depends on the one that is. */
    @Test
    void gates() {
        ComputationGraphConfiguration gate = builder(FLAT)
                .addLayer("h", dense(), "in")
                .addLayer("g", dense(), "h")
                .addVertex("product", new ElementWiseVertex(ElementWiseVertex.Op.Product), "h", "g")
                .addLayer("out", output(false), "product")
                .setOutputs("out")
                .build();
        assertThat(error(DepthDropout.apply(gate, 0.5), FLAT)).isLessThan(RIGHT);
    }

    /** An identity block and one with a convolution beside, as in ResNet. */
    @Test
    void residualNetworks() {
        GraphBuilder graph = builder(IMAGES)
                .addLayer("stem", convolution(), "in")
                .addLayer("a", new ActivationLayer(Activation.TANH), "stem");
        for (String block : List.of("a", "b")) {
            String before = block.equals("a") ? "a" : "a4";
            graph.addLayer(block + "1", convolution(), before)
                    .addLayer(block + "n", new BatchNormalization(), block + "1")
                    .addLayer(block + "2", new ActivationLayer(Activation.TANH), block + "n")
                    .addLayer(block + "3", convolution(), block + "2");
            if (block.equals("b")) {
                graph.addLayer("beside", convolution(), before);
            }
            graph.addVertex(
                            block + "sum",
                            new ElementWiseVertex(ElementWiseVertex.Op.Add),
                            block + "3",
                            block.equals("b") ? "beside" : before)
                    .addLayer(block + "4", new ActivationLayer(Activation.TANH), block + "sum");
        }
        graph.addLayer("pooling", new GlobalPoolingLayer(PoolingType.AVG), "b4")
                .addLayer("out", output(false), "pooling")
                .setOutputs("out");
        assertThat(error(DepthDropout.apply(graph.build(), 0.5), IMAGES)).isLessThan(RIGHT);
    }

    /** A new end for a residual network whose vertices are frozen: what lies below the sum has no part in it. */
    @Test
    void onFrozenVertices() {
        ComputationGraphConfiguration frozen = builder(FLAT)
                .addLayer("h", new FrozenLayer(dense()), "in")
                .addLayer("beside", new FrozenLayer(dense()), "h")
                .addVertex("sum", new FrozenVertex(new ElementWiseVertex(ElementWiseVertex.Op.Add)), "h", "beside")
                .addLayer("activation", new FrozenLayer(new ActivationLayer(Activation.TANH)), "sum")
                .addLayer("d", dense(), "activation")
                .addLayer("aside", new FrozenLayer(dense()), "h")
                .addVertex("both", new MergeVertex(), "d", "aside")
                .addLayer("out", output(false), "both")
                .setOutputs("out")
                .build();
        ComputationGraphConfiguration dropped = DepthDropout.apply(frozen, 0.5);
        assertThat(((LayerVertex) dropped.getVertices().get("d"))
                        .getLayerConf()
                        .getLayer()
                        .getIDropout())
                .isInstanceOf(DepthDropout.class);
        assertThat(error(dropped, FLAT)).isLessThan(RIGHT);
    }

    /** The network has the order that was looked at. */
    @Test
    void theOrderStays() {
        ComputationGraphConfiguration dropped =
                DepthDropout.apply(new Taker("merge", FLAT, new MergeVertex()).graph(true), 0.5);
        List<String> order = dropped.getTopologicalOrderStr();
        assertThat(order).startsWith("in").hasSize(7);
        ComputationGraph graph = new ComputationGraph(dropped);
        graph.init();
        assertThat(graph.getConfiguration().getTopologicalOrderStr()).isEqualTo(order);
    }

    private static void assertRefused(ComputationGraphConfiguration graph, String reason) {
        assertThatThrownBy(() -> DepthDropout.apply(graph, 0.5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("DepthDropout: expected layers with an input of their own, got ")
                .hasMessageContaining(reason);
    }

    /** The largest of its gradients' errors. */
    private static double error(ComputationGraphConfiguration configuration, InputType input) {
        ComputationGraph graph = new ComputationGraph(configuration);
        graph.init();
        Random random = Seeds.random("shared inputs");
        long[] shape = LongStream.concat(LongStream.of(5), Arrays.stream(input.getShape()))
                .toArray();
        INDArray features = gaussian(random, shape);
        INDArray[] labels = Arrays.stream(graph.output(features))
                .map(output -> gaussian(random, output.shape()))
                .toArray(INDArray[]::new);
        return GradientCheck.builder()
                .differences(Difference.CENTRAL)
                .build()
                .check(graph, new MultiDataSet(new INDArray[] {features}, labels))
                .of(Difference.CENTRAL)
                .max();
    }

    private static INDArray gaussian(Random random, long... shape) {
        INDArray array = Nd4j.create(DataType.DOUBLE, shape);
        for (long i = 0; i < array.length(); i++) {
            array.putScalar(i, random.nextGaussian());
        }
        return array;
    }
}
