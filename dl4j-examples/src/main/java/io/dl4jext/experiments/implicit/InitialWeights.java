package io.dl4jext.experiments.implicit;

import java.util.SplittableRandom;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** How the parameters of the {@code uci} networks begin. */
enum InitialWeights {
    /** Weights uniform in ±√(6/(inputs + outputs)), biases 0: what the paper says (appendix D.4). */
    XAVIER {
        @Override
        void draw(MultiLayerNetwork network, long seed) {}
    },

    /**
     * Weights and biases uniform in ±0.1 in the arctan layers and in ±1/√inputs in the output layer: what the authors'
     * published program does, as its layers never ask for the scale that is configured.
     */
    SMALL {
        @Override
        void draw(MultiLayerNetwork network, long seed) {
            SplittableRandom random = new SplittableRandom(seed);
            Layer[] layers = network.getLayers();
            for (int i = 0; i < layers.length; i++) {
                INDArray weights = layers[i].getParam("W");
                double bound = i < layers.length - 1 ? 0.1 : 1 / Math.sqrt(weights.size(0));
                fill(weights, bound, random);
                fill(layers[i].getParam("b"), bound, random);
            }
        }
    };

    /** Overwrites the parameters of a new network. */
    abstract void draw(MultiLayerNetwork network, long seed);

    private static void fill(INDArray parameters, double bound, SplittableRandom random) {
        float[] values = new float[(int) parameters.length()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (bound * (2 * random.nextDouble() - 1));
        }
        parameters.assign(Nd4j.create(values, parameters.shape(), 'c'));
    }
}
