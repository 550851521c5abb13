package io.dl4jext.experiments.implicit;

import org.nd4j.linalg.api.ndarray.INDArray;

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
            float[][] x = outputs.toFloatMatrix();
            float[][] y = labels.toFloatMatrix();
            double sum = 0;
            for (int i = 0; i < x.length; i++) {
                for (int j = 0; j < x[i].length; j++) {
                    double difference = x[i][j] - y[i][j];
                    sum += difference * difference / x[i].length;
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

    private final boolean takesActivation;

    OutputLoss(boolean takesActivation) {
        this.takesActivation = takesActivation;
    }

    /** Whether the outputs are wanted below the output layer's activation, which is part of this loss. */
    boolean takesActivation() {
        return takesActivation;
    }

    /**
     * The examples' losses added up.
     *
     * @param outputs of the network, in the shape of the labels
     */
    abstract double sum(INDArray outputs, INDArray labels);
}
