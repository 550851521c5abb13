package io.dl4jext.experiments.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.fisher.FisherListener;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class MeasuringOptionsTest {

    private static final int MORE_THAN_A_LISTENER_HOLDS_BY_ITSELF = 10_001;

    /** What is looked up early in a training is still there at its end. */
    @Tag("slow")
    @Test
    void theHistoryHoldsEveryMeasurement() {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .list()
                .layer(new OutputLayer.Builder()
                        .nIn(1)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        network.init();
        FisherListener fisher = new MeasuringOptions().listener(1).build();
        network.setListeners(fisher);
        INDArray feature = Nd4j.ones(1, 1);
        INDArray label = Nd4j.create(new double[][] {{1, 0}});
        for (int i = 0; i < MORE_THAN_A_LISTENER_HOLDS_BY_ITSELF; i++) {
            network.fit(feature, label);
        }
        assertThat(fisher.history().measurements()).hasSize(MORE_THAN_A_LISTENER_HOLDS_BY_ITSELF);
    }
}
