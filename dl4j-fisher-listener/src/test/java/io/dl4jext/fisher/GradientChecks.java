package io.dl4jext.fisher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import org.assertj.core.data.Offset;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A matrix of per-sample gradients against what must agree with it. All in double precision, by the plain definitions.
 */
final class GradientChecks {

    private final INDArray matrix;
    private final Setting setting;
    private final double scale;

    GradientChecks(INDArray matrix, Setting setting) {
        this.matrix = matrix.castTo(DataType.DOUBLE);
        this.setting = setting;
        this.scale = this.matrix.norm2Number().doubleValue();
        assertThat(scale).as("norm of all gradients").isPositive();
    }

    /** @param expected B × P */
    void requireRows(INDArray expected) {
        assertClose(matrix, expected, "rows");
    }

    /** @param gradient the sum, P */
    void requireSum(INDArray gradient) {
        assertClose(matrix.sum(0).reshape(gradient.shape()), gradient, "sum of the rows against DL4J's gradient");
    }

    void requireGram(INDArray gram) {
        assertThat(gram.dataType()).isEqualTo(DataType.DOUBLE);
        INDArray expected = matrix.mmul(matrix.transpose());
        assertThat(gram.distance2(expected))
                .as("Gram matrix, %s", setting)
                .isLessThanOrEqualTo(Tolerances.gram(setting.type) * scale * scale);
    }

    void requireNorms(double[] norms) {
        assertThat(norms).hasSize(setting.batch);
        for (int i = 0; i < norms.length; i++) {
            assertThat(norms[i])
                    .as("norm %d, %s", i, setting)
                    .isCloseTo(norm(i), Offset.offset(Tolerances.gram(setting.type) * scale));
        }
    }

    private double norm(int i) {
        return matrix.getRow(i).norm2Number().doubleValue();
    }

    void requireWeightedSums(Function<double[], INDArray> sums) {
        double[] weights =
                new Random(setting.seed).doubles(setting.batch, -1, 2).toArray();
        INDArray sum = sums.apply(weights);
        assertThat(sum.dataType()).isEqualTo(setting.type);
        assertThat(sum.shape()).containsExactly(1, matrix.columns());
        assertClose(sum.castTo(DataType.DOUBLE), weighted(weights), "weighted sum");
    }

    /** Clipped to a norm that some have and some do not. */
    void requireClippedSums(DoubleFunction<INDArray> sums) {
        double[] norms = new double[setting.batch];
        double middle = 0;
        for (int i = 0; i < norms.length; i++) {
            norms[i] = norm(i);
            middle += norms[i] / norms.length;
        }
        // Of a single one: what it has is too much, or not.
        double maxNorm = setting.batch == 1 && setting.seed % 2 == 0 ? middle / 2 : middle;
        double[] weights = new double[norms.length];
        for (int i = 0; i < norms.length; i++) {
            weights[i] = Math.min(1, maxNorm / norms[i]);
        }
        INDArray sum = sums.apply(maxNorm).castTo(DataType.DOUBLE);
        assertClose(sum, weighted(weights), "sum clipped to " + maxNorm);
    }

    private INDArray weighted(double[] weights) {
        return Nd4j.createFromArray(weights).reshape(1, weights.length).mmul(matrix);
    }

    private void assertClose(INDArray actual, INDArray expected, String what) {
        assertThat(actual.sub(expected).norm2Number().doubleValue())
                .as("norm of the difference, %s, %s; scale %s", what, setting, scale)
                .isLessThanOrEqualTo(Tolerances.gram(setting.type) * scale);
    }
}
