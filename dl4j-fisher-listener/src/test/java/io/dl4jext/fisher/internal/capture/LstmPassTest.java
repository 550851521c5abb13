package io.dl4jext.fisher.internal.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.fisher.internal.gram.GramMatrix;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.layers.RecurrentLayer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.AbstractLSTM;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationHardSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftSign;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One backward pass of an LSTM layer, with masks, a state before it and an early end together, which networks do not
 * bring about: to the bit what it is unwatched, and with the products of the gradients of samples that are taken one by
 * one.
 */
class LstmPassTest {

    private static final int SAMPLES = 4;
    private static final int INPUTS = 3;
    private static final int UNITS = 5;
    private static final int STEPS = 6;

    /** To DL4J sigmoid: it takes its own derivative. */
    public static final class SteepSigmoid extends ActivationSigmoid {

        private static final long serialVersionUID = 1L;

        @Override
        public INDArray getActivation(INDArray in, boolean training) {
            return super.getActivation(in.muli(2), training);
        }
    }

    /** tanh that puts its derivative where it got the gradient. */
    public static final class OverwritingTanH extends ActivationTanH {

        private static final long serialVersionUID = 1L;

        @Override
        public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
            INDArray delta = super.backprop(in, epsilon.dup()).getFirst();
            return Pair.of(epsilon.assign(delta), null);
        }
    }

    static Stream<Arguments> cases() {
        List<Arguments> cases = new ArrayList<>();
        for (boolean peepholes : new boolean[] {false, true}) {
            for (IActivation gates :
                    new IActivation[] {new ActivationSigmoid(), new ActivationHardSigmoid(), new SteepSigmoid()}) {
                for (IActivation activation : new IActivation[] {new ActivationSoftSign(), new OverwritingTanH()}) {
                    for (boolean masked : new boolean[] {false, true}) {
                        // Not truncated or to the beginning of the steps (beyond them), in turns.
                        for (int end : new int[] {cases.size() / 2 % 2 == 0 ? 0 : STEPS + 1, 2}) {
                            cases.add(Arguments.of(peepholes, gates, activation, masked, end));
                        }
                    }
                }
            }
        }
        return cases.stream();
    }

    @ParameterizedTest(name = "peepholes {0}, {1}, {2}, masks {3}, truncated after {4}")
    @MethodSource("cases")
    void watchedAsUnwatched(boolean peepholes, IActivation gates, IActivation activation, boolean masked, int end) {
        for (boolean state : end == 0 ? new boolean[] {false} : new boolean[] {false, true}) {
            for (RNNFormat format : RNNFormat.values()) {
                DataType type = format == RNNFormat.NCW ? DataType.DOUBLE : DataType.FLOAT;
                BaseLayer<?> layer = layer(configuration(peepholes, gates, activation, format), type);
                compare(layer, new Pass(type, masked, state, end, format), type == DataType.DOUBLE ? 1e-11 : 1e-4);
            }
        }
    }

    private static void compare(BaseLayer<?> layer, Pass pass, double tolerance) {
        List<List<Double>> plain = pass.of(layer, (RecurrentLayer) layer);
        GramMatrix gram = new GramMatrix();
        gram.reset(SAMPLES);
        org.deeplearning4j.nn.api.Layer[] place = {layer};
        NeuralNetConfiguration configuration = layer.conf();
        LayerSite site = new LayerSite("lstm", configuration, () -> place[0], there -> place[0] = there);
        Failures failures = new Failures();
        LayerTap tap = LayerTap.on(site, new LstmRule().watch(site, gram), failures);
        assertThat(pass.of(layer, (RecurrentLayer) tap)).isEqualTo(plain);
        assertThat(layer.conf()).isSameAs(configuration);
        failures.rethrow();

        INDArray gradients = Nd4j.create(DataType.DOUBLE, SAMPLES, layer.numParams());
        for (int i = 0; i < SAMPLES; i++) {
            List<Double> gradient =
                    pass.sample(i).of(layer, (RecurrentLayer) layer).get(0);
            for (int k = 0; k < gradient.size(); k++) {
                gradients.putScalar(i, k, gradient.get(k));
            }
        }
        INDArray expected = gradients.mmul(gradients.transpose());
        assertThat(gram.matrix().sub(expected).norm2Number().doubleValue())
                .isLessThanOrEqualTo(tolerance * expected.norm2Number().doubleValue());
    }

    private static AbstractLSTM configuration(
            boolean peepholes, IActivation gates, IActivation activation, RNNFormat format) {
        return peepholes
                ? new GravesLSTM.Builder()
                        .nIn(INPUTS)
                        .nOut(UNITS)
                        .gateActivationFunction(gates)
                        .activation(activation)
                        .dataFormat(format)
                        .build()
                : new LSTM.Builder()
                        .nIn(INPUTS)
                        .nOut(UNITS)
                        .gateActivationFunction(gates)
                        .activation(activation)
                        .dataFormat(format)
                        .build();
    }

    private static BaseLayer<?> layer(AbstractLSTM configuration, DataType type) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(7)
                .dataType(type)
                .list()
                .layer(configuration)
                .layer(new RnnOutputLayer.Builder()
                        .nIn(UNITS)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        network.init();
        network.initGradientsView();
        // No bias and no peephole is 0.
        network.params()
                .addi(random(new Random(2), type, network.params().shape()).muli(0.2));
        return (BaseLayer<?>) network.getLayer(0);
    }

    private static INDArray random(Random random, DataType type, long... shape) {
        INDArray array = Nd4j.create(DataType.DOUBLE, shape);
        for (long i = 0; i < array.length(); i++) {
            array.putScalar(i, random.nextGaussian());
        }
        return array.castTo(type);
    }

    private static final class Pass {

        private final INDArray input;
        private final INDArray epsilon;
        private final INDArray mask;
        private final Map<String, INDArray> state = new HashMap<>();
        private final int end;

        Pass(DataType type, boolean masked, boolean withState, int end, RNNFormat format) {
            Random random = new Random(3);
            INDArray in = random(random, type, SAMPLES, INPUTS, STEPS);
            INDArray out = random(random, type, SAMPLES, UNITS, STEPS);
            boolean channelsLast = format == RNNFormat.NWC;
            this.input = channelsLast ? in.permute(0, 2, 1).dup('c') : in;
            this.epsilon = channelsLast ? out.permute(0, 2, 1).dup('c') : out;
            this.mask = masked ? Nd4j.ones(type, SAMPLES, STEPS) : null;
            for (int k = 0; masked && k < SAMPLES * STEPS; k += 3) {
                mask.putScalar(k / STEPS, k % STEPS, random.nextInt(2));
            }
            this.end = end;
            if (withState) {
                state.put("prevAct", random(random, type, SAMPLES, UNITS));
                state.put("prevMem", random(random, type, SAMPLES, UNITS));
            }
        }

        private Pass(Pass all, int sample) {
            this.input = row(all.input, sample);
            this.epsilon = row(all.epsilon, sample);
            this.mask = all.mask == null ? null : row(all.mask, sample);
            all.state.forEach((key, array) -> state.put(key, row(array, sample)));
            this.end = all.end;
        }

        private static INDArray row(INDArray array, int sample) {
            long[] shape = array.shape().clone();
            shape[0] = 1;
            return array.slice(sample).dup('c').reshape('c', shape);
        }

        Pass sample(int i) {
            return new Pass(this, i);
        }

        /** The layer's gradient and what it hands to the layer below. */
        List<List<Double>> of(BaseLayer<?> layer, RecurrentLayer called) {
            LayerWorkspaceMgr workspaces = LayerWorkspaceMgr.noWorkspaces();
            layer.setInputMiniBatchSize((int) input.size(0));
            layer.setInput(input.dup(), workspaces);
            layer.setMaskArray(mask);
            ((RecurrentLayer) layer).rnnSetPreviousState(state);
            INDArray incoming = epsilon.dup();
            Pair<Gradient, INDArray> result = end == 0
                    ? ((org.deeplearning4j.nn.api.Layer) called).backpropGradient(incoming, workspaces)
                    : called.tbpttBackpropGradient(incoming, end, workspaces);
            return List.of(bits(layer.getGradientsViewArray()), bits(result.getSecond()));
        }

        private static List<Double> bits(INDArray array) {
            List<Double> all = new ArrayList<>();
            for (double value : array.dup('c').data().asDouble()) {
                all.add(value);
            }
            return all;
        }
    }
}
