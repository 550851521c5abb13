package io.dl4jext.stochastic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.zoo.model.LeNet;
import org.deeplearning4j.zoo.model.SqueezeNet;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;

/** Networks of DL4J's zoo, as they are configured there, without downloaded weights. */
class ZooModelTest {

    private static DataSet images(int size, int channels, int side) {
        Random random = new Random(3);
        float[] pixels = new float[size * channels * side * side];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = random.nextFloat();
        }
        INDArray labels = Nd4j.zeros(size, 4);
        for (int i = 0; i < size; i++) {
            labels.putScalar(i, random.nextInt(4), 1);
        }
        return new DataSet(Nd4j.create(pixels, new long[] {size, channels, side, side}, 'c'), labels);
    }

    private static MultiLayerNetwork leNet(IUpdater updater) {
        return (MultiLayerNetwork) LeNet.builder()
                .numClasses(4)
                .seed(1)
                .inputShape(new int[] {1, 28, 28})
                .updater(updater)
                .build()
                .init();
    }

    @Test
    void leNet() {
        DataSet batch = images(4, 1, 28);
        MultiLayerNetwork network = leNet(
                StochasticBatch.builder().learningRate(0.05).fixedProbability(1).build());
        MultiLayerNetwork plain = leNet(new Sgd(0.05));
        StochasticBatchListener.attachTo(network);
        network.fit(batch);
        plain.fit(batch);
        assertThat(network.params()).isEqualTo(plain.params());

        MultiLayerNetwork ours = leNet(new StochasticBatch(0.05));
        StochasticBatchListener listener = StochasticBatchListener.attachTo(ours);
        double[] before = Networks.parameters(ours);
        ours.fit(batch);
        double[] after = Networks.parameters(ours);
        int updated = 0;
        for (int i = 0; i < after.length; i++) {
            updated += after[i] == before[i] ? 0 : 1;
        }
        assertThat(updated).isBetween(1, after.length - 1);
        assertThat(listener.statistics().groups()).hasSize(8).anyMatch(name -> name.endsWith("_W"));
    }

    @Test
    void squeezeNetIsAGraph() {
        ComputationGraph network = SqueezeNet.builder()
                .numClasses(4)
                .seed(1)
                .inputShape(new int[] {3, 64, 64})
                .updater(new StochasticBatch(0.01))
                .build()
                .init();
        StochasticBatchListener listener = StochasticBatchListener.attachTo(network);
        network.fit(images(2, 3, 64));
        network.fit(images(2, 3, 64));
        assertThat(listener.statistics().groups()).hasSize(52);
        assertThat(Arrays.stream(Networks.parameters(network))).allMatch(Double::isFinite);
        assertThat(listener.statistics().updateFractions("conv1_W")).hasSize(2);
    }
}
