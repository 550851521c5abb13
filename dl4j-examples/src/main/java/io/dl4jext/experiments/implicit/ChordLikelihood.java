package io.dl4jext.experiments.implicit;

import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/**
 * The loss of a piece of music, T rows (chords) × n columns (keys): with x the values below the sigmoid and y = 1 where
 * a key sounds,
 *
 * <pre>    ℓ = (1/T)·Σ_t Σ_j [max(x, 0) − x·y + log(1 + exp(−|x|))],    ∂ℓ/∂x = (sigmoid(x) − y)/T</pre>
 *
 * <p>So it is DL4J's binary cross-entropy divided by the length of the piece (Fagan and Iyengar, appendix D.2), for
 * batches of one piece, and without DL4J's limit on the probabilities (1e-5), beyond which the gradient would vanish.
 * No masks.
 */
public final class ChordLikelihood implements ILossFunction {

    private static final long serialVersionUID = 1L;

    /** The negative log likelihood of one key. */
    static double loss(double x, double y) {
        return Math.max(x, 0) - x * y + Math.log1p(Math.exp(-Math.abs(x)));
    }

    @Override
    public double computeScore(
            INDArray labels, INDArray preOutput, IActivation activation, INDArray mask, boolean average) {
        return computeScoreArray(labels, preOutput, activation, mask)
                .sumNumber()
                .doubleValue();
    }

    /** Each chord's share, T × 1. */
    @Override
    public INDArray computeScoreArray(INDArray labels, INDArray preOutput, IActivation activation, INDArray mask) {
        check(activation, mask);
        float[][] x = preOutput.toFloatMatrix();
        float[][] y = labels.toFloatMatrix();
        INDArray scores = preOutput.ulike().getColumn(0, true).dup();
        for (int t = 0; t < x.length; t++) {
            double sum = 0;
            for (int j = 0; j < x[t].length; j++) {
                sum += loss(x[t][j], y[t][j]);
            }
            scores.putScalar(t, 0, sum / x.length);
        }
        return scores;
    }

    @Override
    public INDArray computeGradient(INDArray labels, INDArray preOutput, IActivation activation, INDArray mask) {
        check(activation, mask);
        return activation
                .getActivation(preOutput.dup(), true)
                .subi(labels.castTo(preOutput.dataType()))
                .divi(preOutput.size(0));
    }

    @Override
    public Pair<Double, INDArray> computeGradientAndScore(
            INDArray labels, INDArray preOutput, IActivation activation, INDArray mask, boolean average) {
        return new Pair<>(
                computeScore(labels, preOutput, activation, mask, average),
                computeGradient(labels, preOutput, activation, mask));
    }

    private static void check(IActivation activation, INDArray mask) {
        if (!(activation instanceof ActivationSigmoid) || mask != null) {
            throw new IllegalArgumentException(
                    "expected a sigmoid and no mask, got " + activation + (mask == null ? "" : " and a mask"));
        }
    }

    @Override
    public String name() {
        return toString();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ChordLikelihood;
    }

    @Override
    public int hashCode() {
        return ChordLikelihood.class.getName().hashCode();
    }

    @Override
    public String toString() {
        return "ChordLikelihood()";
    }
}
