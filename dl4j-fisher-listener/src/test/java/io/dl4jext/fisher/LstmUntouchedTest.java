package io.dl4jext.fisher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.AbstractLSTM;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * LSTM layers are watched by functions within their own passes: training is to the bit what it is without, and calls
 * them no oftener.
 */
@Tag("slow")
class LstmUntouchedTest {

    private static final int STEPS = 5;

    /** tanh. */
    public static final class CountedTanH extends ActivationTanH {

        private static final long serialVersionUID = 1L;

        static int forward;
        static int backward;

        @Override
        public INDArray getActivation(INDArray in, boolean training) {
            forward++;
            return super.getActivation(in, training);
        }

        @Override
        public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
            backward++;
            return super.backprop(in, epsilon);
        }
    }

    /** What a network has an LSTM for. */
    enum Kind {
        PLAIN,
        MASKED,
        TRUNCATED,
        DROPPED_OUT
    }

    static Stream<Setting> settings() {
        return Setting.grid().stream().filter(setting -> setting.batch > 1);
    }

    @ParameterizedTest
    @MethodSource("settings")
    void sameTrainingWithAndWithoutListener(Setting setting) {
        for (boolean peepholes : new boolean[] {false, true}) {
            for (AbstractLSTM layer : new AbstractLSTM[] {
                lstm(peepholes).activation(Activation.TANH).build(),
                lstm(peepholes).activation(Activation.LEAKYRELU).build(),
                lstm(peepholes)
                        .activation(Activation.SOFTSIGN)
                        .gateActivationFunction(Activation.HARDSIGMOID)
                        .build()
            }) {
                for (Kind kind : Kind.values()) {
                    FisherListener fisher = FisherListener.builder()
                            .everyIterations(1)
                            .failFast(true)
                            .build();
                    assertThat(train(setting, layer, kind, fisher))
                            .as("%s, %s, %s", setting, layer, kind)
                            .isEqualTo(train(setting, layer, kind, null));
                    assertThat(fisher.history().measurements()).isNotEmpty();
                }
            }
        }
    }

    /** Not a second pass of the layer. */
    @Test
    void itsFunctionsAreCalledNoOftener() {
        Setting setting = Setting.grid().get(0);
        for (boolean peepholes : new boolean[] {false, true}) {
            for (Kind kind : Kind.values()) {
                AbstractLSTM layer =
                        lstm(peepholes).activation(new CountedTanH()).build();
                List<Integer> plain = calls(setting, layer, kind, null);
                assertThat(plain).doesNotContain(0);
                FisherListener fisher = FisherListener.builder()
                        .everyIterations(1)
                        .failFast(true)
                        .build();
                assertThat(calls(setting, layer, kind, fisher)).as("%s", kind).isEqualTo(plain);
                assertThat(fisher.history().measurements()).isNotEmpty();
            }
        }
    }

    private static List<Integer> calls(Setting setting, AbstractLSTM layer, Kind kind, FisherListener fisher) {
        CountedTanH.forward = 0;
        CountedTanH.backward = 0;
        train(setting, layer, kind, fisher);
        return List.of(CountedTanH.forward, CountedTanH.backward);
    }

    private static AbstractLSTM.Builder<?> lstm(boolean peepholes) {
        return (peepholes ? new GravesLSTM.Builder() : new LSTM.Builder())
                .nIn(3)
                .nOut(4);
    }

    /** All that three steps leave behind. */
    private static List<Object> train(Setting setting, AbstractLSTM layer, Kind kind, FisherListener fisher) {
        Nd4j.getRandom().setSeed(setting.seed);
        AbstractLSTM own = (AbstractLSTM) layer.clone();
        own.setIDropout(kind == Kind.DROPPED_OUT ? new Dropout(0.6) : null);
        ListBuilder list = Case.base(setting)
                .list()
                .layer(kind == Kind.MASKED ? new MaskZeroLayer(own, 0.0) : own)
                .layer(new RnnOutputLayer.Builder()
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.recurrent(3));
        if (kind == Kind.TRUNCATED) {
            list.backpropType(BackpropType.TruncatedBPTT).tBPTTForwardLength(3).tBPTTBackwardLength(2);
        }
        MultiLayerNetwork layers = new MultiLayerNetwork(list.build());
        layers.init();
        Model network = setting.graph ? Case.asGraph(layers, Case.base(setting)) : layers;
        if (fisher != null) {
            network.setListeners(fisher);
        }
        Draw draw = setting.draw();
        INDArray features = draw.normal(setting.batch, 3, STEPS);
        if (kind == Kind.MASKED) {
            features.muli(draw.binary(setting.batch, 1, STEPS));
        }
        MultiDataSet data = Draw.data(features, draw.oneHot(setting.batch, 2, STEPS));
        for (int step = 0; step < 3; step++) {
            WatchedStep.fit(network, data);
        }
        return new ArrayList<>(List.of(
                Arrays.stream(network.params().toDoubleVector()).boxed().collect(Collectors.toList()),
                network.score(),
                Nd4j.getRandom().rootState(),
                Nd4j.getRandom().nodeState()));
    }
}
