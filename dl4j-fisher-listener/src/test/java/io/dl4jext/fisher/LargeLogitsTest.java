package io.dl4jext.fisher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SelfAttentionLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Large logits magnify rounding in attention weights, ours and DL4J's: such layers are measured all the same. */
class LargeLogitsTest {

    private static final int INPUTS = 64;
    private static final int STEPS = 30;
    private static final int BATCH = 32;
    private static final int CLASSES = 10;

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 16})
    void areMeasured(int scale) {
        Nd4j.getRandom().setSeed(5);
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(DataType.FLOAT)
                .updater(new Sgd(1e-3))
                .list()
                .layer(new SelfAttentionLayer.Builder()
                        .nIn(INPUTS)
                        .nOut(INPUTS)
                        .nHeads(4)
                        .projectInput(true)
                        .weightInit(WeightInit.XAVIER)
                        .build())
                .layer(new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.recurrent(INPUTS, STEPS))
                .build());
        network.init();
        FisherListener listener =
                FisherListener.builder().everyIterations(1).failFast(true).build();
        network.setListeners(listener);
        network.fit(data(scale));
        assertThat(listener.history().measurements()).hasSize(1);
        assertThat(listener.history().measurements().get(0).trace()).isPositive();
    }

    private static DataSet data(int scale) {
        INDArray labels = Nd4j.create(DataType.FLOAT, BATCH, CLASSES, STEPS);
        Random random = new Random(3);
        for (int i = 0; i < BATCH; i++) {
            for (int t = 0; t < STEPS; t++) {
                labels.putScalar(i, random.nextInt(CLASSES), t, 1);
            }
        }
        return new DataSet(Nd4j.randn(DataType.FLOAT, BATCH, INPUTS, STEPS).muli(scale), labels);
    }
}
