package io.dl4jext.experiments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dl4jext.batch.DynamicBatchIterator;
import io.dl4jext.batch.schedule.BatchSchedule;
import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.FisherMeasurement;
import io.dl4jext.implicit.BatchMode;
import io.dl4jext.implicit.ImplicitBackprop;
import io.dl4jext.implicit.ImplicitSgd;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GravesBidirectionalLSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Listener, gradient accumulation and implicit layers together: what is measured of a batch that comes in parts is what
 * is measured of it when it comes whole.
 */
class MeasuredPartsOnImplicitLayersTest {

    private static final int EXAMPLES = 97;
    private static final int WHOLE = 40;
    private static final int PART = 16;
    private static final int STEPS = 3;

    private enum Kind {
        DENSE(false, false, false),
        BESIDE_REPLAYED(false, true, false),
        SERIES(true, false, false),
        SERIES_BESIDE_REPLAYED(true, true, false),
        /** The parts' inner products do not fit in memory: norms only. */
        NORMS_ONLY(false, false, true);

        private final boolean series;
        private final boolean replayed;
        private final boolean withoutMemory;

        Kind(boolean series, boolean replayed, boolean withoutMemory) {
            this.series = series;
            this.replayed = replayed;
            this.withoutMemory = withoutMemory;
        }

        /** Replaying a series takes its time. */
        int epochs() {
            return series && replayed ? 1 : 2;
        }

        List<DataType> types() {
            return series && replayed ? List.of(DataType.DOUBLE) : List.of(DataType.DOUBLE, DataType.FLOAT);
        }

        List<Layer> layers() {
            List<Layer> layers = new ArrayList<>();
            layers.add(new DenseLayer.Builder().nIn(3).nOut(6).build());
            if (series) {
                if (replayed) {
                    layers.add(
                            new GravesBidirectionalLSTM.Builder().nIn(6).nOut(6).build());
                }
                layers.add(new SimpleRnn.Builder()
                        .nIn(6)
                        .nOut(4)
                        .activation(Activation.TANH)
                        .build());
                layers.add(new RnnOutputLayer.Builder(LossFunction.MSE)
                        .nIn(4)
                        .nOut(2)
                        .activation(Activation.IDENTITY)
                        .build());
            } else {
                if (replayed) {
                    layers.add(new PReLULayer.Builder().inputShape(6).build());
                }
                layers.add(new OutputLayer.Builder(LossFunction.MSE)
                        .nIn(6)
                        .nOut(2)
                        .activation(Activation.TANH)
                        .build());
            }
            return layers;
        }

        InputType input() {
            return series ? InputType.recurrent(3) : InputType.feedForward(3);
        }

        DataSet data(DataType type) {
            Random random = new Random(7);
            long[] features = series ? new long[] {EXAMPLES, 3, STEPS} : new long[] {EXAMPLES, 3};
            long[] labels = series ? new long[] {EXAMPLES, 2, STEPS} : new long[] {EXAMPLES, 2};
            return new DataSet(
                    random(random, features).castTo(type),
                    random(random, labels).castTo(type));
        }

        private static INDArray random(Random random, long[] shape) {
            long length = 1;
            for (long size : shape) {
                length *= size;
            }
            return Nd4j.create(random.doubles(length, -1, 1).toArray(), shape, 'c');
        }
    }

    static Stream<Arguments> grid() {
        List<Arguments> all = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            for (DataType type : kind.types()) {
                for (BatchMode mode : BatchMode.values()) {
                    // Every second one: each container with each type and each mode.
                    all.add(Arguments.of(kind, type, mode, (type.ordinal() + mode.ordinal()) % 2 == 0));
                }
            }
        }
        return all.stream();
    }

    /** 40, 40 and 17 examples, in parts of 16: 16, 16, 8 and 16, 1. */
    @ParameterizedTest(name = "{0} {1} {2}, graph {3}")
    @MethodSource("grid")
    void partsAreMeasuredAsTheWholeBatch(Kind kind, DataType type, BatchMode mode, boolean graph) {
        FisherHistory whole = trained(kind, type, mode, graph, Integer.MAX_VALUE);
        FisherHistory parts = trained(kind, type, mode, graph, PART);
        assertThat(whole.measurements()).hasSize(kind.epochs() * 3);
        assertThat(parts.measurements()).hasSize(kind.epochs() * 3);
        double tolerance = type == DataType.DOUBLE ? 1e-9 : 1e-4;
        for (int k = 0; k < kind.epochs() * 3; k++) {
            FisherMeasurement expected = whole.measurements().get(k);
            FisherMeasurement actual = parts.measurements().get(k);
            assertThat(actual.batchSize()).isEqualTo(k % 3 == 2 ? 17 : WHOLE).isEqualTo(expected.batchSize());
            assertClose(actual.trace(), expected.trace(), tolerance);
            assertClose(actual.energy(), expected.energy(), tolerance);
            if (kind.withoutMemory) {
                assertThat(actual.conditionNumber()).isNaN();
            } else {
                double size = expected.gramMatrix().norm2Number().doubleValue();
                assertThat(actual.gramMatrix().distance2(expected.gramMatrix()))
                        .as("step %d", k)
                        .isLessThan(tolerance * size);
                assertClose(actual.meanGradientNorm(), expected.meanGradientNorm(), tolerance);
            }
        }
        assertClose(parts.cumulativeEnergy(), whole.cumulativeEnergy(), tolerance);
        assertThat(parts.summary().iterations()).isEqualTo(kind.epochs() * 3);
        assertThat(parts.summary().examples()).isEqualTo(kind.epochs() * EXAMPLES);
    }

    private static void assertClose(double actual, double expected, double tolerance) {
        assertThat(actual).isCloseTo(expected, within(tolerance * expected));
    }

    private static FisherHistory trained(Kind kind, DataType type, BatchMode mode, boolean graph, int part) {
        ImplicitSgd updater = ImplicitSgd.builder()
                .learningRate(0.5)
                .batchMode(mode)
                .explicitElsewhere(true)
                .build();
        FisherListener.Builder builder =
                FisherListener.builder().everyIterations(1).keepGramMatrix(true).failFast(true);
        if (kind.withoutMemory) {
            builder.accumulationMemory(10);
        }
        FisherListener fisher = builder.build();
        DynamicBatchIterator batches = DynamicBatchIterator.builder(
                        new ExistingDataSetIterator(List.of(kind.data(type))), BatchSchedule.constant(WHOLE))
                .microBatchSize(part)
                .build();
        NeuralNetConfiguration.Builder configuration = new NeuralNetConfiguration.Builder()
                .seed(4)
                .dataType(type)
                .activation(Activation.RELU)
                .updater(updater);
        if (graph) {
            ComputationGraph network = graph(kind, configuration, updater);
            batches.attachTo(network);
            network.addListeners(fisher);
            network.fit(batches, kind.epochs());
        } else {
            MultiLayerNetwork network = layers(kind, configuration, updater);
            batches.attachTo(network);
            network.addListeners(fisher);
            network.fit(batches, kind.epochs());
        }
        return fisher.history();
    }

    private static MultiLayerNetwork layers(
            Kind kind, NeuralNetConfiguration.Builder configuration, ImplicitSgd updater) {
        NeuralNetConfiguration.ListBuilder list = configuration.list();
        kind.layers().forEach(list::layer);
        MultiLayerNetwork network = new MultiLayerNetwork(
                ImplicitBackprop.convert(list.setInputType(kind.input()).build(), updater)
                        .result());
        network.init();
        return network;
    }

    private static ComputationGraph graph(
            Kind kind, NeuralNetConfiguration.Builder configuration, ImplicitSgd updater) {
        org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder builder =
                configuration.graphBuilder().addInputs("in").setInputTypes(kind.input());
        String below = "in";
        for (Layer layer : kind.layers()) {
            String name = layer.getClass().getSimpleName();
            builder.addLayer(name, layer, below);
            below = name;
        }
        ComputationGraph network = new ComputationGraph(
                ImplicitBackprop.convert(builder.setOutputs(below).build(), updater)
                        .result());
        network.init();
        return network;
    }
}
