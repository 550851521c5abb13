package io.dl4jext.implicit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/** An implicit layer is written as the plain one of its kind, but for the class and its own activation. */
class LayerJsonTest {

    static Stream<Arguments> cases() {
        DenseLayer dense = settings(new DenseLayer.Builder()).build();
        OutputLayer output = settings(new OutputLayer.Builder(LossFunction.MSE)).build();
        SimpleRnn rnn = settings(new SimpleRnn.Builder()).build();
        return Stream.of(
                Arguments.of(dense, ImplicitDenseLayer.of(dense)),
                Arguments.of(output, ImplicitOutputLayer.of(output)),
                Arguments.of(rnn, ImplicitSimpleRnn.of(rnn)),
                Arguments.of(dense, settings(new ImplicitDenseLayer.Builder()).build()),
                Arguments.of(
                        output,
                        settings(new ImplicitOutputLayer.Builder(LossFunction.MSE).layerActivation(Activation.RELU))
                                .build()),
                Arguments.of(rnn, settings(new ImplicitSimpleRnn.Builder()).build()));
    }

    private static <B extends FeedForwardLayer.Builder<?>> B settings(B builder) {
        builder.nIn(3).nOut(2);
        builder.activation(Activation.TANH);
        builder.name("a");
        builder.dropOut(0.5);
        builder.updater(new ImplicitSgd(0.5));
        return builder;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void hasTheSettingsOfThePlainLayer(FeedForwardLayer plain, FeedForwardLayer implicit) throws Exception {
        ObjectMapper mapper = NeuralNetConfiguration.mapper();
        ObjectNode actual = mapper.valueToTree(implicit);
        Object own = actual.remove("layerActivation");
        String expected = mapper.valueToTree(plain).toString();
        assertThat(actual.toString())
                .isEqualTo(expected.replace(
                        plain.getClass().getName(), implicit.getClass().getName()));
        Layer read = mapper.readValue(mapper.writeValueAsString(implicit), Layer.class);
        assertThat(read).isEqualTo(implicit).hasSameHashCodeAs(implicit).isNotEqualTo(plain);
        assertThat(plain).isNotEqualTo(read);
        assertThat(implicit.clone()).isEqualTo(implicit);
        if (own != null && !own.toString().equals("null")) {
            assertThat(((ImplicitOutputLayer) read).getLayerActivation()).isEqualTo(new ActivationReLU());
        }
    }
}
