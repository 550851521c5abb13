package io.dl4jext.fisher.internal.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalInt;
import java.util.function.Consumer;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** Twins made one after the other, as a training makes one at each measured pass. */
class TwinTest {

    private static final int SAMPLES = 6;

    @Test
    void theWorkspaceOfAWholeBatchStaysAsLargeAsThePassNeeds() {
        Layer layer = network(
                        new LSTM.Builder().nIn(5).nOut(7).build(),
                        new RnnOutputLayer.Builder()
                                .nIn(7)
                                .nOut(2)
                                .activation(Activation.SOFTMAX)
                                .build())
                .getLayer(0);
        staysAsLargeAsNeeded(
                layer, Nd4j.rand(SAMPLES, 5, 4), Nd4j.rand(SAMPLES, 7, 4), twin -> twin.wholeBatch(() -> {}));
    }

    @Test
    void theWorkspaceOfSingleSamplesStaysAsLargeAsASampleNeeds() {
        Layer layer = network(
                        new DenseLayer.Builder().nIn(5).nOut(7).build(),
                        new OutputLayer.Builder()
                                .nIn(7)
                                .nOut(2)
                                .activation(Activation.SOFTMAX)
                                .build())
                .getLayer(0);
        INDArray gradient = Nd4j.create(layer.numParams());
        staysAsLargeAsNeeded(layer, Nd4j.rand(SAMPLES, 5), Nd4j.rand(SAMPLES, 7), twin -> {
            for (int i = 0; i < SAMPLES; i++) {
                twin.gradient(i, false, gradient);
            }
        });
    }

    private static void staysAsLargeAsNeeded(Layer layer, INDArray input, INDArray epsilon, Consumer<Twin> pass) {
        layer.setInput(input, LayerWorkspaceMgr.noWorkspaces());
        layer.activate(true, LayerWorkspaceMgr.noWorkspaces());
        long needed = bytesAfter(layer, epsilon, 0, pass);
        assertThat(needed).isPositive();
        long bytes = needed;
        for (int i = 0; i < 20; i++) {
            bytes = bytesAfter(layer, epsilon, bytes, pass);
        }
        assertThat(bytes).isEqualTo(needed);
    }

    /** What the twin hands on to the next one. */
    private static long bytesAfter(Layer layer, INDArray epsilon, long bytesBefore, Consumer<Twin> work) {
        try (RecordedPass pass = new RecordedPass(layer, epsilon, OptionalInt.empty());
                Twin twin = new Twin(layer.conf(), layer, pass, SAMPLES, bytesBefore)) {
            work.accept(twin);
            return twin.workspaceBytes();
        }
    }

    private static MultiLayerNetwork network(
            org.deeplearning4j.nn.conf.layers.Layer first, org.deeplearning4j.nn.conf.layers.Layer output) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(3)
                .updater(new Sgd(0.1))
                .list()
                .layer(first)
                .layer(output)
                .build());
        network.init();
        return network;
    }
}
