package io.dl4jext.fisher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SpaceToBatchLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Sgd;

/** A sample's rows i, i + B, i + 2B, … behind a SpaceToBatchLayer are one sample. */
class SpaceToBatchTest {

    private static final int SAMPLES = 3;
    private static final int BLOCKS = 4;

    @Test
    void theRowsOfAnImageAreOneSample() {
        MultiLayerNetwork network = network();
        INDArray images = Nd4j.rand(DataType.DOUBLE, SAMPLES, 2, 6, 6);
        INDArray labels = Nd4j.zeros(DataType.DOUBLE, SAMPLES * BLOCKS, 2);
        for (int row = 0; row < labels.rows(); row++) {
            labels.putScalar(row, row * 5 / 3 % 2, 1);
        }
        INDArray gradients = Nd4j.create(DataType.DOUBLE, SAMPLES, network.numParams());
        for (int i = 0; i < SAMPLES; i++) {
            network.setInput(images.get(NDArrayIndex.interval(i, i + 1)).dup());
            INDArray own = Nd4j.create(DataType.DOUBLE, BLOCKS, 2);
            for (int block = 0; block < BLOCKS; block++) {
                own.putRow(block, labels.getRow(i + (long) block * SAMPLES));
            }
            network.setLabels(own);
            network.computeGradientAndScore();
            gradients.putRow(i, network.gradient().gradient().reshape(network.numParams()));
        }

        FisherListener listener = FisherListener.builder()
                .everyIterations(1)
                .keepGramMatrix(true)
                .failFast(true)
                .build();
        network.setListeners(listener);
        network.fit(new DataSet(images, labels));
        INDArray gram = listener.history().measurements().get(0).gramMatrix();

        INDArray expected = gradients.mmul(gradients.transpose());
        assertThat(gram.shape()).isEqualTo(expected.shape());
        double largest = expected.maxNumber().doubleValue();
        for (int i = 0; i < SAMPLES; i++) {
            for (int j = 0; j < SAMPLES; j++) {
                assertThat(gram.getDouble(i, j)).isCloseTo(expected.getDouble(i, j), within(1e-12 * largest));
            }
        }
    }

    private static MultiLayerNetwork network() {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(DataType.DOUBLE)
                .updater(new Sgd(0.1))
                .list()
                .layer(new ConvolutionLayer.Builder(1, 1)
                        .nOut(3)
                        .activation(Activation.TANH)
                        .build())
                .layer(new SpaceToBatchLayer.Builder(new int[] {2, 2}).build())
                .layer(new ConvolutionLayer.Builder(2, 2)
                        .nOut(3)
                        .activation(Activation.TANH)
                        .build())
                .layer(new OutputLayer.Builder()
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.convolutional(6, 6, 2))
                .build());
        network.init();
        return network;
    }
}
