package io.dl4jext.fisher.internal.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.OptionalInt;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** What fails in a layer's pass is kept for later; the layer's own backward pass has its result. */
class LayerTapTest {

    @ParameterizedTest
    @ValueSource(strings = {"before", "release", "after", "before and release"})
    void whatFailsIsKeptAndTheLayerGoesOn(String failing) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(3)
                .list()
                .layer(new DenseLayer.Builder().nOut(4).build())
                .layer(new OutputLayer.Builder(LossFunction.MSE).nOut(2).build())
                .setInputType(InputType.feedForward(3))
                .build());
        network.init();
        network.setInput(Nd4j.linspace(1, 6, 6).reshape(2, 3));
        network.setLabels(Nd4j.ones(2, 2));
        network.computeGradientAndScore();
        INDArray expected = network.getGradientsViewArray().dup();

        LayerSite site = Network.of(network).sites().get(0);
        Failures failures = new Failures();
        boolean[] released = {false};
        site.put(LayerTap.on(
                site,
                new LayerPass() {
                    private void failIf(String when) {
                        if (failing.contains(when)) {
                            throw new IllegalStateException(when + " failed");
                        }
                    }

                    @Override
                    void before(Layer layer, INDArray epsilon, OptionalInt truncation) {
                        failIf("before");
                    }

                    @Override
                    void release(Layer layer) {
                        released[0] = true;
                        failIf("release");
                    }

                    @Override
                    void after(Layer layer) {
                        failIf("after");
                    }
                },
                failures));
        network.computeGradientAndScore();

        assertThat(network.getGradientsViewArray()).isEqualTo(expected);
        assertThat(network.getLayer(0)).isSameAs(site.layer);
        assertThat(released[0]).isTrue();
        assertThatThrownBy(failures::rethrow).hasStackTraceContaining(failing.split(" ")[0] + " failed");
    }
}
