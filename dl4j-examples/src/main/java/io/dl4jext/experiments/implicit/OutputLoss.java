package io.dl4jext.experiments.implicit;

import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/**
 * The loss of a batch, summed over its examples, in double precision. DL4J's cross-entropies limit their probabilities
 * (to 1e-10 and 1e-5), which would hide how far a run has exploded; these start from the values below softmax or
 * sigmoid.
 */
enum OutputLoss {
    /** −log softmax(x)_k for the label k: log Σ exp(x_j) − x_k. */
    CROSS_ENTROPY(true) {
        @Override
        double sum(INDArray outputs, INDArray labels) {
            float[][] x = outputs.toFloatMatrix();
            float[][] y = labels.toFloatMatrix();
            double sum = 0;
            for (int i = 0; i < x.length; i++) {
                double largest = Double.NEGATIVE_INFINITY;
                for (float value : x[i]) {
                    largest = Math.max(largest, value);
                }
                double exponentials = 0;
                double labelled = 0;
                for (int j = 0; j < x[i].length; j++) {
                    exponentials += Math.exp(x[i][j] - largest);
                    labelled += y[i][j] * (x[i][j] - largest);
                }
                sum += Math.log(exponentials) - labelled;
            }
            return sum;
        }
    },

    /** The mean of the squared differences of an example. */
    SQUARED_ERROR(false) {
        @Override
        double sum(INDArray outputs, INDArray labels) {
            return SUMMED_SQUARED_ERROR.sum(outputs, labels) / labels.size(1);
        }
    },

    /** The sum of the squared differences of an example. */
    SUMMED_SQUARED_ERROR(false) {
        @Override
        double sum(INDArray outputs, INDArray labels) {
            float[][] x = outputs.toFloatMatrix();
            float[][] y = labels.toFloatMatrix();
            double sum = 0;
            for (int i = 0; i < x.length; i++) {
                for (int j = 0; j < x[i].length; j++) {
                    double difference = x[i][j] - y[i][j];
                    sum += difference * difference;
                }
            }
            return sum;
        }
    },

    /** −log likelihood of a piece's chords under independent keys, divided by the number of chords. */
    CHORDS(true) {
        @Override
        double sum(INDArray outputs, INDArray labels) {
            float[] x = outputs.dup('c').data().asFloat();
            float[] y = labels.dup('c').data().asFloat();
            double sum = 0;
            for (int i = 0; i < x.length; i++) {
                sum += ChordLikelihood.loss(x[i], y[i]);
            }
            return sum / outputs.size(2);
        }
    };

    /** Whether the outputs are wanted below the output layer's activation, which is part of this loss. */
    private final boolean takesActivation;

    OutputLoss(boolean takesActivation) {
        this.takesActivation = takesActivation;
    }

    /**
     * The examples' losses added up.
     *
     * @param outputs of the network, in the shape of the labels
     */
    abstract double sum(INDArray outputs, INDArray labels);

    /**
     * The mean over all training examples of a task, without dropout; the network stays as it is (but ND4J's random
     * generator starts anew from the network's seed).
     *
     * @return NaN or infinite where the network's outputs are
     */
    final double mean(Task task, MultiLayerNetwork network) {
        MultiLayerNetwork watched = takesActivation ? belowActivation(network) : network;
        double sum = 0;
        long examples = 0;
        for (task.examples.reset(); task.examples.hasNext(); ) {
            DataSet batch = task.examples.next();
            sum += sum(watched.output(batch.getFeatures()), batch.getLabels());
            examples += batch.numExamples();
        }
        return sum / examples;
    }

    /** A network on the same parameters whose outputs are the values below its last activation. */
    private static MultiLayerNetwork belowActivation(MultiLayerNetwork network) {
        MultiLayerConfiguration configuration =
                network.getLayerWiseConfigurations().clone();
        BaseLayer last = (BaseLayer)
                configuration.getConf(configuration.getConfs().size() - 1).getLayer();
        last.setActivationFn(new ActivationIdentity());
        MultiLayerNetwork linear = new MultiLayerNetwork(configuration);
        linear.init(network.params(), false);
        return linear;
    }
}
