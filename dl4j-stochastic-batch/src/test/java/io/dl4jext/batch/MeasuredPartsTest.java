package io.dl4jext.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dl4jext.batch.scaling.LearningRateScaling;
import io.dl4jext.batch.schedule.BatchSchedule;
import io.dl4jext.batch.schedule.BatchSizes;
import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.FisherMeasurement;
import io.dl4jext.fisher.FisherSummary;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

/** A batch that is trained on in parts is measured as one: as the same batch in one pass. */
class MeasuredPartsTest {

    private static final int EXAMPLES = 40;
    private static final int WHOLE = 16;
    private static final int PART = 6;
    private static final int EPOCHS = 3;
    private static final int WORDS = 9;

    private enum Kind {
        MLP,
        CONVOLUTION,
        /** Few positions and a large kernel: taken by pairs of positions. */
        CONVOLUTION_BY_PAIRS,
        LSTM,
        /** Words that come in several parts, and in one only. */
        EMBEDDING,
        EMBEDDED_SEQUENCE,
        /** In FLOAT, as most networks are. */
        FLOAT_CONVOLUTION;

        DataType type() {
            return this == FLOAT_CONVOLUTION ? DataType.FLOAT : DataType.DOUBLE;
        }

        /** Of F̃: float networks compute deltas in another order for another batch size. */
        double rounding() {
            return this == FLOAT_CONVOLUTION ? 1e-4 : 1e-9;
        }
    }

    static Stream<Arguments> grid() {
        List<Arguments> arguments = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            for (boolean graph : new boolean[] {false, true}) {
                for (int every : kind == Kind.MLP || kind == Kind.LSTM ? new int[] {1, 4} : new int[] {1}) {
                    arguments.add(Arguments.of(kind, graph, every, (kind.ordinal() + every) % 2 == 0));
                }
            }
        }
        return arguments.stream();
    }

    @ParameterizedTest(name = "{0}, graph {1}, every {2}, fisher first {3}")
    @MethodSource("grid")
    void partsAreMeasuredAsTheWholeBatch(Kind kind, boolean graph, int every, boolean fisherFirst) {
        FisherHistory whole = trained(kind, graph, every, fisherFirst, LastBatch.KEEP, Integer.MAX_VALUE, 256L << 20);
        FisherHistory parts = trained(kind, graph, every, fisherFirst, LastBatch.KEEP, PART, 256L << 20);
        assertThat(whole.measurements()).hasSize((EPOCHS * 3 + every - 1) / every);
        assertSame(kind, parts, whole);
        assertThat(parts.summary().iterations()).isEqualTo(EPOCHS * 3);
        assertThat(parts.summary().examples()).isEqualTo(EPOCHS * EXAMPLES);
    }

    /** With DROP the parts of the last, incomplete batch of an epoch are dropped; with CARRY it goes on in the next. */
    @ParameterizedTest
    @EnumSource(
            value = LastBatch.class,
            names = {"DROP", "CARRY"})
    void batchesThatEndAtNoEpochsEnd(LastBatch last) {
        for (boolean fisherFirst : new boolean[] {false, true}) {
            FisherHistory whole = trained(Kind.MLP, false, 1, fisherFirst, last, Integer.MAX_VALUE, 256L << 20);
            FisherHistory parts = trained(Kind.MLP, false, 1, fisherFirst, last, PART, 256L << 20);
            assertThat(parts.measurements()).isNotEmpty().allMatch(m -> m.batchSize() == WHOLE);
            assertThat(parts.measurements())
                    .extracting(FisherMeasurement::iteration)
                    .isEqualTo(consecutive(whole.measurements().size()));
            assertSame(Kind.MLP, parts, whole);
        }
    }

    @Test
    void beyondTheBudgetNormsAreExactAndTheRestIsNotKnown() {
        for (Kind kind : Kind.values()) {
            FisherHistory whole = trained(kind, false, 1, false, LastBatch.KEEP, Integer.MAX_VALUE, 0);
            FisherHistory parts = trained(kind, false, 1, false, LastBatch.KEEP, PART, 100);
            assertThat(parts.measurements()).hasSameSizeAs(whole.measurements());
            for (int i = 0; i < whole.measurements().size(); i++) {
                FisherMeasurement expected = whole.measurements().get(i);
                FisherMeasurement actual = parts.measurements().get(i);
                assertThat(actual.batchSize()).isEqualTo(expected.batchSize());
                assertClose(kind, actual.trace(), expected.trace());
                assertClose(kind, actual.energy(), expected.energy());
                assertClose(
                        kind,
                        actual.gradientStatistics().largestGradientNorm(),
                        expected.gradientStatistics().largestGradientNorm());
                assertThat(actual.gradientStatistics().gradientNorms()).hasSize(expected.batchSize());
                assertThat(actual.conditionNumber()).isNaN();
                assertThat(actual.rank()).isZero();
                assertThat(actual.eigenvalues()).isEmpty();
                assertThat(actual.gramMatrix()).isNull();
                assertThat(actual.meanGradientNorm()).isNaN();
                assertThat(actual.gradientStatistics().normTest()).isNaN();
            }
            assertClose(kind, parts.cumulativeEnergy(), whole.cumulativeEnergy());
            assertThat(parts.averageConditionNumber()).isNaN();
        }
    }

    @Test
    void aControllerHasTheMeasurementBeforeItIsAskedForTheNextSize() {
        MultiLayerNetwork network = network(Kind.MLP);
        List<Integer> measured = new ArrayList<>();
        List<Integer> known = new ArrayList<>();
        BatchSizes sizes = (epoch, iteration) -> {
            known.add(measured.size());
            return WHOLE;
        };
        DynamicBatchIterator data = DynamicBatchIterator.builder(new ListSource(data(Kind.MLP)), sizes)
                .microBatchSize(PART)
                .build();
        data.attachTo(network);
        network.addListeners(FisherListener.builder()
                .everyIterations(1)
                .failFast(true)
                .sink((measurement, soFar) -> measured.add(measurement.batchSize()))
                .build());
        network.fit(data, 2);
        assertThat(measured).containsExactly(16, 16, 8, 16, 16, 8);
        assertThat(known.stream().distinct()).containsExactly(0, 1, 2, 3, 4, 5);
    }

    private static FisherHistory trained(
            Kind kind, boolean graph, int every, boolean fisherFirst, LastBatch last, int inMemory, long budget) {
        FisherListener fisher = FisherListener.builder()
                .everyIterations(every)
                .keepGramMatrix(true)
                .layerTraces(true)
                .accumulationMemory(budget)
                .failFast(true)
                .build();
        DynamicBatchIterator data = DynamicBatchIterator.builder(
                        new ListSource(data(kind)), BatchSchedule.constant(WHOLE))
                .lastBatch(last)
                .learningRateScaling(LearningRateScaling.linear(32))
                .microBatchSize(inMemory)
                .build();
        MultiLayerNetwork network = network(kind);
        if (graph) {
            ComputationGraph converted = network.toComputationGraph();
            if (fisherFirst) {
                converted.addListeners(fisher);
            }
            data.attachTo(converted);
            if (!fisherFirst) {
                converted.addListeners(fisher);
            }
            converted.fit(data, EPOCHS);
        } else {
            if (fisherFirst) {
                network.addListeners(fisher);
            }
            data.attachTo(network);
            if (!fisherFirst) {
                network.addListeners(fisher);
            }
            network.fit(data, EPOCHS);
        }
        return fisher.history();
    }

    private static void assertSame(Kind kind, FisherHistory parts, FisherHistory whole) {
        assertThat(parts.measurements()).hasSameSizeAs(whole.measurements());
        for (int i = 0; i < whole.measurements().size(); i++) {
            FisherMeasurement expected = whole.measurements().get(i);
            FisherMeasurement actual = parts.measurements().get(i);
            assertThat(actual.iteration()).isEqualTo(expected.iteration());
            assertThat(actual.epoch()).isEqualTo(expected.epoch());
            assertThat(actual.batchSize()).isEqualTo(expected.batchSize());
            if (kind.type() == DataType.DOUBLE) {
                assertThat(actual.rank()).isEqualTo(expected.rank());
                assertThat(actual.conditionNumber())
                        .isCloseTo(expected.conditionNumber(), within(1e-4 * expected.conditionNumber()));
            }
            assertClose(kind, actual.learningRate(), expected.learningRate());
            assertClose(kind, actual.loss(), expected.loss());
            assertClose(kind, actual.trace(), expected.trace());
            assertClose(kind, actual.energy(), expected.energy());
            assertClose(kind, actual.meanGradientNorm(), expected.meanGradientNorm());
            INDArray difference = actual.gramMatrix().sub(expected.gramMatrix());
            assertThat(difference.norm2Number().doubleValue()).isLessThan(kind.rounding() * expected.trace());
            double[] norms = expected.gradientStatistics().gradientNorms();
            double[] actualNorms = actual.gradientStatistics().gradientNorms();
            for (int j = 0; j < norms.length; j++) {
                assertClose(kind, actualNorms[j], norms[j]);
            }
            assertThat(actual.layerTraces().keySet())
                    .isEqualTo(expected.layerTraces().keySet())
                    .isNotEmpty();
            expected.layerTraces()
                    .forEach((layer, trace) -> assertThat(actual.layerTraces().get(layer))
                            .isCloseTo(trace, within(kind.rounding() * expected.trace())));
            FisherSummary then = parts.summaries().get(i);
            assertThat(then.examples()).isEqualTo(whole.summaries().get(i).examples());
            assertThat(then.iterations()).isEqualTo(whole.summaries().get(i).iterations());
        }
        assertThat(parts.summary().iterations()).isEqualTo(whole.summary().iterations());
        assertThat(parts.summary().examples()).isEqualTo(whole.summary().examples());
        assertClose(kind, parts.cumulativeEnergy(), whole.cumulativeEnergy());
        double tolerance = kind.type() == DataType.DOUBLE ? 1e-4 : 0.05;
        assertThat(parts.averageConditionNumber())
                .isCloseTo(whole.averageConditionNumber(), within(tolerance * whole.averageConditionNumber()));
    }

    private static void assertClose(Kind kind, double actual, double expected) {
        assertThat(actual).isCloseTo(expected, within(kind.rounding() * Math.abs(expected)));
    }

    private static List<Integer> consecutive(int count) {
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            numbers.add(i);
        }
        return numbers;
    }

    private static MultiLayerNetwork network(Kind kind) {
        NeuralNetConfiguration.ListBuilder list = new NeuralNetConfiguration.Builder()
                .seed(5)
                .dataType(kind.type())
                .activation(Activation.TANH)
                .l2(1e-3)
                .updater(new Sgd(new StepSchedule(ScheduleType.ITERATION, 0.2, 0.5, 4)))
                .list();
        OutputLayer.Builder output =
                new OutputLayer.Builder(LossFunction.MCXENT).nOut(3).activation(Activation.SOFTMAX);
        switch (kind) {
            case MLP:
                list.layer(new DenseLayer.Builder().nOut(5).build())
                        .layer(output.build())
                        .setInputType(InputType.feedForward(4));
                break;
            case CONVOLUTION:
            case FLOAT_CONVOLUTION:
                list.layer(new ConvolutionLayer.Builder(3, 3).nOut(4).build())
                        .layer(new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX, new int[] {2, 2})
                                .stride(2, 2)
                                .build())
                        .layer(output.build())
                        .setInputType(InputType.convolutional(8, 8, 2));
                break;
            case CONVOLUTION_BY_PAIRS:
                list.layer(new ConvolutionLayer.Builder(7, 7).nOut(40).build())
                        .layer(output.build())
                        .setInputType(InputType.convolutional(8, 8, 2));
                break;
            case EMBEDDING:
                list.layer(new EmbeddingLayer.Builder()
                                .nIn(WORDS)
                                .nOut(5)
                                .hasBias(true)
                                .build())
                        .layer(output.nIn(5).build());
                break;
            case EMBEDDED_SEQUENCE:
                list.layer(new EmbeddingSequenceLayer.Builder()
                                .nIn(WORDS)
                                .nOut(4)
                                .inputLength(5)
                                .hasBias(true)
                                .build())
                        .layer(new GlobalPoolingLayer.Builder(PoolingType.AVG).build())
                        .layer(output.nIn(4).build());
                break;
            default:
                list.layer(new LSTM.Builder().nOut(4).build())
                        .layer(new RnnOutputLayer.Builder(LossFunction.MCXENT)
                                .nOut(3)
                                .activation(Activation.SOFTMAX)
                                .build())
                        .setInputType(InputType.recurrent(4));
        }
        MultiLayerNetwork network = new MultiLayerNetwork(list.build());
        network.init();
        return network;
    }

    private static long[] shape(Kind kind, int size) {
        switch (kind) {
            case MLP:
                return new long[] {size, 4};
            case LSTM:
                return new long[] {size, 4, 5};
            case EMBEDDING:
                return new long[] {size, 1};
            case EMBEDDED_SEQUENCE:
                return new long[] {size, 5};
            default:
                return new long[] {size, 2, 8, 8};
        }
    }

    /** Two source batches; the sequences have masked time steps. */
    private static List<DataSet> data(Kind kind) {
        Random random = new Random(17);
        List<DataSet> data = new ArrayList<>();
        for (int size : new int[] {25, EXAMPLES - 25}) {
            boolean sequence = kind == Kind.LSTM;
            boolean words = kind == Kind.EMBEDDING || kind == Kind.EMBEDDED_SEQUENCE;
            INDArray features = Nd4j.create(kind.type(), shape(kind, size));
            for (long i = 0; i < features.length(); i++) {
                features.putScalar(i, words ? random.nextInt(WORDS) : random.nextGaussian());
            }
            INDArray labels = sequence ? Nd4j.create(DataType.DOUBLE, size, 3, 5) : Nd4j.create(kind.type(), size, 3);
            boolean steps = sequence || kind == Kind.EMBEDDED_SEQUENCE;
            INDArray mask = steps ? Nd4j.ones(DataType.DOUBLE, size, 5) : null;
            for (int i = 0; i < size; i++) {
                for (int t = 0; steps && t < 5; t++) {
                    mask.putScalar(i, t, t < 2 + i % 4 ? 1 : 0);
                }
                if (sequence) {
                    for (int t = 0; t < 5; t++) {
                        labels.putScalar(new int[] {i, random.nextInt(3), t}, 1);
                    }
                } else {
                    labels.putScalar(i, random.nextInt(3), 1);
                }
            }
            data.add(new DataSet(features, labels, mask, sequence ? mask : null));
        }
        return data;
    }
}
