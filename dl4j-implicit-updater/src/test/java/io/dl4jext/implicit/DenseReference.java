package io.dl4jext.implicit;

import io.dl4jext.implicit.internal.prox.ProximalStep;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Eq. (7) and (8) written out, loop by loop, for a network of one layer under a linear layer with squared error. α
 * itself comes from {@link ProximalStep}, whose own tests compare it with brute force.
 */
final class DenseReference {

    final double[][] w;
    final double[] bias;
    private final boolean hasBias;
    private final IActivation activation;
    private final double eta;
    private final double mu;

    DenseReference(INDArray w, INDArray bias, IActivation activation, double eta, double mu) {
        this.w = w.castTo(DataType.DOUBLE).toDoubleMatrix();
        this.hasBias = bias != null;
        this.bias = hasBias
                ? bias.castTo(DataType.DOUBLE).dup().reshape(bias.length()).toDoubleVector()
                : new double[(int) w.size(1)];
        this.activation = activation;
        this.eta = eta;
        this.mu = mu;
    }

    /** Outgoing gradient of the mean squared error of one sample with respect to this layer's output. */
    double[] incoming(double[] z, INDArray upper, INDArray upperBias, double[] label) {
        double[] out = value(q(z));
        double[][] above = upper.castTo(DataType.DOUBLE).toDoubleMatrix();
        double[] b = new double[out.length];
        for (int k = 0; k < label.length; k++) {
            double o = upperBias.getDouble(k);
            for (int j = 0; j < out.length; j++) {
                o += out[j] * above[j][k];
            }
            for (int j = 0; j < out.length; j++) {
                b[j] += 2 * (o - label[k]) / label.length * above[j][k];
            }
        }
        return b;
    }

    double[] q(double[] z) {
        double[] q = bias.clone();
        for (int j = 0; j < q.length; j++) {
            for (int i = 0; i < z.length; i++) {
                q[j] += z[i] * w[i][j];
            }
        }
        return q;
    }

    private double[] value(double[] q) {
        return activation
                .getActivation(Nd4j.createFromArray(new double[][] {q}), true)
                .toDoubleVector();
    }

    double alpha(double b, double q, double squaredNorm) {
        return ProximalStep.of(activation)
                .alpha(scalar(b), scalar(q), Nd4j.createFromArray(squaredNorm), eta, mu)
                .getDouble(0);
    }

    private static INDArray scalar(double value) {
        return Nd4j.createFromArray(new double[][] {{value}});
    }

    /** The step of one sample, in place: θ ← θ/(1+ημ) − η·α·z. */
    void step(double[] z, double[] b) {
        double norm = hasBias ? 1 : 0;
        for (double value : z) {
            norm += value * value;
        }
        double[] q = q(z);
        for (int j = 0; j < q.length; j++) {
            double alpha = alpha(b[j], q[j], norm);
            for (int i = 0; i < z.length; i++) {
                w[i][j] = w[i][j] / (1 + eta * mu) - eta * alpha * z[i];
            }
            if (hasBias) {
                bias[j] = bias[j] / (1 + eta * mu) - eta * alpha;
            }
        }
    }
}
