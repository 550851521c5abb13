package io.dl4jext.fisher.internal.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.fisher.internal.gram.GramMatrix;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

class ReplayRuleTest {

    private static final int SAMPLES = 7;

    @Test
    void replayOfADenseLayerIsItsOwnContribution() {
        MultiLayerNetwork network = network();
        GradientCapture capture = new GradientCapture();
        INDArray[] direct = new INDArray[1];
        pass(
                network,
                () -> capture.begin(network),
                () -> direct[0] = capture.end().dup());
        INDArray replayed = gram(network);
        assertThat(replayed.sub(direct[0]).norm2Number().doubleValue())
                .isLessThan(1e-12 * direct[0].norm2Number().doubleValue());
    }

    /** F̃ with every layer replayed, also those that have a rule of their own. */
    private static INDArray gram(MultiLayerNetwork network) {
        GramMatrix gram = new GramMatrix();
        ReplayRule rule = new ReplayRule(ReplayBudget.DEFAULT);
        Failures failures = new Failures();
        List<Layer> before = List.of(network.getLayers());
        pass(
                network,
                () -> {
                    gram.reset(network.batchSize());
                    for (LayerSite site : Network.of(network).sites()) {
                        site.put(LayerTap.on(site, rule.watch(site, gram), failures));
                    }
                },
                () -> {});
        failures.rethrow();
        assertThat(network.getLayers()).containsExactlyElementsOf(before);
        return gram.matrix();
    }

    private static void pass(MultiLayerNetwork network, Runnable before, Runnable after) {
        network.setListeners(new BaseTrainingListener() {
            @Override
            public void onForwardPass(Model model, List<INDArray> activations) {
                before.run();
            }

            @Override
            public void onForwardPass(Model model, Map<String, INDArray> activations) {
                before.run();
            }

            @Override
            public void onBackwardPass(Model model) {
                after.run();
            }
        });
        Nd4j.getRandom().setSeed(3);
        network.setInput(Nd4j.rand(DataType.DOUBLE, SAMPLES, 3, 4));
        INDArray labels = Nd4j.zeros(DataType.DOUBLE, SAMPLES, 2, 4);
        for (int i = 0; i < SAMPLES; i++) {
            for (int t = 0; t < 4; t++) {
                labels.putScalar(i, (i + t) % 2, t, 1);
            }
        }
        network.setLabels(labels);
        network.computeGradientAndScore();
        network.setListeners(new ArrayList<>());
    }

    private static MultiLayerNetwork network() {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(9)
                .dataType(DataType.DOUBLE)
                .list()
                .layer(new DenseLayer.Builder()
                        .nOut(4)
                        .activation(Activation.TANH)
                        .build())
                .layer(new LSTM.Builder().nOut(4).activation(Activation.TANH).build())
                .layer(new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.recurrent(3))
                .build());
        network.init();
        return network;
    }
}
