package io.dl4jext.implicit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;

/** Small networks and arrays for the tests. */
final class Networks {

    private Networks() {}

    static MultiLayerNetwork network(IUpdater updater, DataType type, Layer... layers) {
        return network(updater, type, WorkspaceMode.ENABLED, layers);
    }

    static MultiLayerNetwork network(IUpdater updater, DataType type, WorkspaceMode mode, Layer... layers) {
        MultiLayerNetwork network = new MultiLayerNetwork(configuration(updater, type, mode, layers));
        network.init();
        return network;
    }

    static MultiLayerConfiguration configuration(IUpdater updater, DataType type, WorkspaceMode mode, Layer... layers) {
        return new NeuralNetConfiguration.Builder()
                .seed(12345)
                .dataType(type)
                .updater(updater)
                .trainingWorkspaceMode(mode)
                .inferenceWorkspaceMode(mode)
                .list(layers)
                .build();
    }

    static INDArray gaussian(Random random, DataType type, long... shape) {
        INDArray array = Nd4j.create(DataType.DOUBLE, shape);
        for (long i = 0; i < array.length(); i++) {
            array.putScalar(i, random.nextGaussian());
        }
        return array.castTo(type);
    }

    /** One-hot rows (rank 2), or one-hot at each step (rank 3: batch, classes, steps). */
    static INDArray oneHot(Random random, DataType type, long... shape) {
        INDArray labels = Nd4j.create(type, shape);
        long steps = shape.length == 3 ? shape[2] : 1;
        for (long row = 0; row < shape[0]; row++) {
            for (long step = 0; step < steps; step++) {
                int label = random.nextInt((int) shape[1]);
                if (shape.length == 3) {
                    labels.putScalar(new long[] {row, label, step}, 1);
                } else {
                    labels.putScalar(row, label, 1);
                }
            }
        }
        return labels;
    }

    /** The gradient that the network's layers write, summed over the batch: no division, no updater. */
    static INDArray gradient(MultiLayerNetwork network, INDArray features, INDArray labels) {
        return gradient(network, features, labels, null, null);
    }

    static INDArray gradient(
            MultiLayerNetwork network, INDArray features, INDArray labels, INDArray mask, INDArray labelMask) {
        network.setInput(features);
        network.setLabels(labels);
        if (mask != null || labelMask != null) {
            network.setLayerMaskArrays(mask, labelMask);
        }
        network.computeGradientAndScore();
        INDArray gradient = network.gradient().gradient().dup();
        network.clearLayerMaskArrays();
        network.clearLayersStates();
        return gradient;
    }

    /** The gradient of the mean loss with respect to the first parameters, by central differences. */
    static INDArray differences(MultiLayerNetwork network, DataSet data, int count) {
        double h = 1e-5;
        INDArray parameters = network.params().reshape(network.numParams());
        INDArray gradient = Nd4j.create(DataType.DOUBLE, count);
        for (int i = 0; i < count; i++) {
            double value = parameters.getDouble(i);
            parameters.putScalar(i, value + h);
            double above = network.score(data, true);
            parameters.putScalar(i, value - h);
            double below = network.score(data, true);
            parameters.putScalar(i, value);
            gradient.putScalar(i, (above - below) / (2 * h));
        }
        return gradient;
    }

    static void assertClose(INDArray actual, INDArray expected, double tolerance) {
        INDArray flat = actual.castTo(DataType.DOUBLE).dup('c').reshape('c', new long[] {actual.length()});
        INDArray other = expected.castTo(DataType.DOUBLE).dup('c').reshape('c', new long[] {expected.length()});
        double scale = Math.max(1e-300, other.amaxNumber().doubleValue());
        assertThat(flat.sub(other).amaxNumber().doubleValue() / scale)
                .as("%s against %s", actual, expected)
                .isLessThanOrEqualTo(tolerance);
    }

    /** Bit by bit. */
    static void assertSame(INDArray actual, INDArray expected) {
        assertThat(actual.castTo(DataType.DOUBLE).dup('c').data().asDouble())
                .isEqualTo(expected.castTo(DataType.DOUBLE).dup('c').data().asDouble());
    }
}
