package io.dl4jext.fisher.internal.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.Test;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What fails while a layer is at work, watched by its activation function, must not fail in the layer. */
class OwnConfigurationPassTest {

    private static final class FailingPass extends OwnConfigurationPass {

        int calls;

        @Override
        void watch(Layer layer, BaseLayer settings) {
            settings.setActivationFn(new ActivationTanH() {
                private static final long serialVersionUID = 1L;

                @Override
                public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
                    Pair<INDArray, INDArray> result = super.backprop(in, epsilon);
                    guarded(() -> {
                        calls++;
                        throw new OutOfMemoryError("injected");
                    });
                    return result;
                }
            });
        }
    }

    @Test
    void aFailureIsKeptForAfterThePass() {
        INDArray plain = gradient(network(), null, new Failures());
        MultiLayerNetwork network = network();
        Layer layer = network.getLayer(0);
        NeuralNetConfiguration configuration = layer.conf();
        FailingPass pass = new FailingPass();
        Failures failures = new Failures();
        assertThat(gradient(network, pass, failures)).isEqualTo(plain);
        assertThat(network.getLayer(0)).isSameAs(layer);
        assertThat(layer.conf()).isSameAs(configuration);
        assertThat(pass.calls)
                .as("after the first failure nothing more is tried")
                .isEqualTo(1);
        assertThatThrownBy(failures::rethrow).hasMessageContaining("layer 0").hasMessageContaining("injected");
    }

    private static INDArray gradient(MultiLayerNetwork network, LayerPass pass, Failures failures) {
        network.setListeners(new BaseTrainingListener() {
            @Override
            public void onForwardPass(Model model, List<INDArray> activations) {
                if (pass != null) {
                    LayerSite site = Network.of(model).sites().get(0);
                    site.put(LayerTap.on(site, pass, failures));
                }
            }
        });
        network.setInput(Nd4j.linspace(DataType.DOUBLE, -1, 0.1, 24).reshape(2, 3, 4));
        network.setLabels(Nd4j.linspace(DataType.DOUBLE, 0, 0.1, 16).reshape(2, 2, 4));
        network.computeGradientAndScore();
        return network.getGradientsViewArray().dup();
    }

    private static MultiLayerNetwork network() {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(4)
                .dataType(DataType.DOUBLE)
                .list()
                .layer(new SimpleRnn.Builder()
                        .nIn(3)
                        .nOut(4)
                        .activation(Activation.TANH)
                        .build())
                .layer(new RnnOutputLayer.Builder()
                        .nIn(4)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        network.init();
        return network;
    }
}
