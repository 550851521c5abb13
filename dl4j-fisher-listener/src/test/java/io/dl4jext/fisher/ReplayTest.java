package io.dl4jext.fisher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.bytedeco.javacpp.Pointer;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.GravesBidirectionalLSTM;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Layers without a direct rule, in a training: the state of their twins, what gives them away, what they cost. */
class ReplayTest {

    private static final int BATCH = 6;

    @Test
    void aTwinHasItsLayersIterationAndEpoch() {
        ScaledGradientLayer.scaleBy((layer, twin) -> 1 + layer.getIterationCount() + 0.25 * layer.getEpochCount());
        assertMeasured(scaled(DataType.DOUBLE), DataType.DOUBLE);
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void aTwinHasAMiniBatchOfItsLayersSize(DataType type) {
        ScaledGradientLayer.scaleBy((layer, twin) -> layer.input().size(0));
        assertMeasured(scaled(type), type);
        ScaledGradientLayer.scaleBy((layer, twin) -> layer.input().size(0) == BATCH ? 3 : 1);
        assertMeasured(scaled(type), type);
    }

    private static void assertMeasured(MultiLayerNetwork network, DataType type) {
        List<Double> norms = new ArrayList<>();
        FisherListener listener = listener(fisher -> {});
        network.setListeners(listener, new BaseTrainingListener() {
            @Override
            public void onBackwardPass(Model model) {
                norms.add(model.getGradientsViewArray().norm2Number().doubleValue());
            }
        });
        for (int epoch = 0; epoch < 2; epoch++) {
            network.fit(new ExistingDataSetIterator(List.of(data(type), data(type))));
        }
        List<FisherMeasurement> measurements = listener.history().measurements();
        assertThat(measurements).hasSize(4);
        for (int k = 0; k < 4; k++) {
            double sum = Math.sqrt(measurements.get(k).gramMatrix().sumNumber().doubleValue());
            assertThat(sum).isCloseTo(norms.get(k), within((type == DataType.DOUBLE ? 1e-10 : 1e-4) * norms.get(k)));
        }
    }

    /** What the listener does not know of is found out by the sum, down to what rounding allows. */
    @Test
    void aTwinThatDiffersALittleIsRefused() {
        double[] least = {1e-9, 1e-4};
        DataType[] types = {DataType.DOUBLE, DataType.FLOAT};
        for (int k = 0; k < 2; k++) {
            double deviation = least[k];
            ScaledGradientLayer.scaleBy((layer, twin) -> twin ? 1 : 1 + deviation);
            MultiLayerNetwork network = scaled(types[k]);
            network.setListeners(listener(fisher -> {}));
            DataSet data = data(types[k]);
            assertThatThrownBy(() -> network.fit(data))
                    .as("%s", types[k])
                    .hasMessageContainingAll("layer 0", "add up to another sum");
        }
    }

    @Test
    void aTwinThatDiffersFromSomeIterationOnIsFoundOut() {
        ScaledGradientLayer.scaleBy((layer, twin) -> twin || layer.getIterationCount() < 2 ? 1 : 1 + 1e-5);
        MultiLayerNetwork network = scaled(DataType.DOUBLE);
        FisherListener listener = FisherListener.builder().everyIterations(1).build();
        network.setListeners(listener);
        for (int i = 0; i < 6; i++) {
            network.fit(data(DataType.DOUBLE));
        }
        assertThat(listener.history().measurements()).hasSizeBetween(2, 3);
        assertThat(network.getIterationCount()).isEqualTo(6);
    }

    /** As where rounding flips the slope of a relu: no reason to end the measuring of a long training. */
    @Test
    void aSingleSmallDeviationIsNoReasonToStop() {
        ScaledGradientLayer.scaleBy((layer, twin) -> !twin && layer.getIterationCount() % 3 == 2 ? 1 + 1e-4 : 1);
        MultiLayerNetwork network = scaled(DataType.FLOAT);
        FisherListener listener = listener(fisher -> {});
        network.setListeners(listener);
        for (int i = 0; i < 9; i++) {
            network.fit(data(DataType.FLOAT));
        }
        assertThat(listener.history().measurements()).hasSize(9);
    }

    /** Truncated backpropagation through time starts each piece from the state in which the last one ended. */
    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void aTwinHasTheStateOfTruncatedBackpropagation(DataType type) {
        ListBuilder list = base(type)
                .list()
                .layer(new LSTM.Builder()
                        .nIn(3)
                        .nOut(4)
                        .activation(Activation.TANH)
                        .biasInit(2)
                        .build())
                .layer(rnnOutput(4));
        list.backpropType(BackpropType.TruncatedBPTT).tBPTTLength(3);
        MultiLayerNetwork network = started(list);
        List<Double> norms = new ArrayList<>();
        FisherListener listener = listener(fisher -> {});
        network.setListeners(listener, new BaseTrainingListener() {
            @Override
            public void onBackwardPass(Model model) {
                norms.add(model.getGradientsViewArray().norm2Number().doubleValue());
            }
        });
        for (int epoch = 0; epoch < 2; epoch++) {
            network.fit(series(type, 5, 3, 10));
        }
        List<FisherMeasurement> measurements = listener.history().measurements();
        assertThat(measurements).hasSize(8).hasSameSizeAs(norms);
        for (int k = 0; k < norms.size(); k++) {
            double sum = Math.sqrt(measurements.get(k).gramMatrix().sumNumber().doubleValue());
            assertThat(sum).isCloseTo(norms.get(k), within((type == DataType.DOUBLE ? 1e-10 : 1e-4) * norms.get(k)));
        }
    }

    @Test
    void beyondTheBudgetMeasuringEndsAndTrainingGoesOn() {
        MultiLayerNetwork network =
                started(base(DataType.FLOAT).list().layer(bidirectional(3, 20)).layer(rnnOutput(20)));
        long bytes = network.getLayer(0).numParams() * 4 * 5;
        DataSet data = series(DataType.FLOAT, 5, 3, 4);
        network.setListeners(listener(fisher -> fisher.replayBudget(bytes)));
        assertThatCode(() -> network.fit(data)).doesNotThrowAnyException();
        network.setListeners(listener(fisher -> fisher.replayBudget(bytes - 1)));
        assertThatThrownBy(() -> network.fit(data))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll(
                        "layer 0",
                        "GravesBidirectionalLSTM",
                        "3,960 parameters x 5 samples",
                        " bytes of gradients",
                        "FisherListener.Builder.replayBudget");
        FisherListener patient =
                FisherListener.builder().everyIterations(1).replayBudget(1).build();
        network.setListeners(patient);
        int before = network.getIterationCount();
        network.fit(data);
        network.fit(data);
        assertThat(network.getIterationCount()).isEqualTo(before + 2);
        assertThat(patient.history().measurements()).isEmpty();
        assertThatThrownBy(() -> FisherListener.builder().replayBudget(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("replayBudget > 0");
    }

    @Test
    void whatIsNotReplayedNeedsNoBudget() {
        MultiLayerNetwork network = started(base(DataType.FLOAT)
                .list()
                .layer(new EmbeddingLayer.Builder().nIn(50_000).nOut(8).build())
                .layer(output(8)));
        INDArray words = new Draw(DataType.FLOAT, 3).indices(50_000, BATCH, 1);
        network.setListeners(listener(fisher -> fisher.replayBudget(1)));
        DataSet data = new DataSet(words, new Draw(DataType.FLOAT, 4).oneHot(BATCH, 3));
        assertThatCode(() -> network.fit(data)).doesNotThrowAnyException();
    }

    /** Nor are the gradients of its samples held together. */
    @Test
    void anLstmIsNotReplayed() {
        for (BaseRecurrentLayer layer : new BaseRecurrentLayer[] {
            lstm(3, 20),
            new GravesLSTM.Builder().nIn(3).nOut(20).activation(Activation.TANH).build()
        }) {
            MultiLayerNetwork network =
                    started(base(DataType.FLOAT).list().layer(layer).layer(rnnOutput(20)));
            network.setListeners(listener(fisher -> fisher.replayBudget(1)));
            DataSet data = series(DataType.FLOAT, 5, 3, 4);
            assertThatCode(() -> network.fit(data)).doesNotThrowAnyException();
        }
    }

    /** Java's collector does not see native memory, so what is left to it piles up. */
    @Test
    void nativeMemoryStaysFlat() {
        for (BaseRecurrentLayer layer : new BaseRecurrentLayer[] {bidirectional(64, 256), lstm(64, 256)}) {
            MultiLayerNetwork network =
                    started(base(DataType.FLOAT).list().layer(layer).layer(rnnOutput((int) layer.getNOut())));
            network.setListeners(listener(fisher -> fisher.keepGramMatrix(false)));
            DataSet data = series(DataType.FLOAT, 12, 64, 4);
            for (int i = 0; i < 3; i++) {
                network.fit(data);
            }
            System.gc();
            long before = Pointer.physicalBytes();
            for (int i = 0; i < 10; i++) {
                network.fit(data);
            }
            // One copy of the samples' gradients, left to the collector at each step, would be 300 MB or more.
            assertThat(Pointer.physicalBytes() - before)
                    .as(layer.getClass().getSimpleName())
                    .isLessThan(250L << 20);
        }
    }

    private static FisherListener listener(Consumer<FisherListener.Builder> settings) {
        FisherListener.Builder builder =
                FisherListener.builder().everyIterations(1).failFast(true).keepGramMatrix(true);
        settings.accept(builder);
        return builder.build();
    }

    private static MultiLayerNetwork scaled(DataType type) {
        return started(base(type)
                .list()
                .layer(new ScaledGradientLayer(5))
                .layer(output(5))
                .setInputType(InputType.feedForward(4)));
    }

    private static NeuralNetConfiguration.Builder base(DataType type) {
        return new NeuralNetConfiguration.Builder().seed(11).dataType(type).updater(new Sgd(0.05));
    }

    private static MultiLayerNetwork started(ListBuilder list) {
        MultiLayerNetwork network = new MultiLayerNetwork(list.build());
        network.init();
        return network;
    }

    private static LSTM lstm(int inputs, int units) {
        return new LSTM.Builder()
                .nIn(inputs)
                .nOut(units)
                .activation(Activation.TANH)
                .build();
    }

    private static GravesBidirectionalLSTM bidirectional(int inputs, int units) {
        return new GravesBidirectionalLSTM.Builder()
                .nIn(inputs)
                .nOut(units)
                .activation(Activation.TANH)
                .build();
    }

    private static OutputLayer output(int inputs) {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nIn(inputs)
                .nOut(3)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private static RnnOutputLayer rnnOutput(int inputs) {
        return new RnnOutputLayer.Builder(LossFunction.MCXENT)
                .nIn(inputs)
                .nOut(3)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private static DataSet data(DataType type) {
        Draw draw = new Draw(type, 7);
        return new DataSet(draw.normal(BATCH, 4), draw.oneHot(BATCH, 3));
    }

    private static DataSet series(DataType type, int batch, int inputs, int steps) {
        Draw draw = new Draw(type, 8);
        return new DataSet(draw.normal(batch, inputs, steps), draw.oneHot(batch, 3, steps));
    }
}
