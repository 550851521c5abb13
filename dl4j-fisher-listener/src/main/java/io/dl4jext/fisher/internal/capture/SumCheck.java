package io.dl4jext.fisher.internal.capture;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Compares the sum of a layer's per-sample gradients, parameter by parameter, with the layer's own gradient. */
final class SumCheck implements AutoCloseable {

    private final INDArray sums;
    private final INDArray owns;
    private long length;
    private double norms;

    /** @param most how many elements all parameters have together */
    SumCheck(DataType type, long most) {
        sums = Nd4j.create(type, most);
        owns = Nd4j.create(type, most);
    }

    /**
     * Of one parameter.
     *
     * @param sum of the per-sample gradients
     * @param own DL4J's, with its elements in the same (c) order
     * @param norm Σ ‖g_i‖ of this parameter, or a bound: Σ ‖z_r‖ ‖δ_r‖ or ‖Z‖ ‖Δ‖ of outer products
     */
    void add(INDArray sum, INDArray own, double norm) {
        next(sums, sum);
        next(owns, own);
        length += sum.length();
        norms += norm;
    }

    private void next(INDArray target, INDArray source) {
        target.get(NDArrayIndex.interval(length, length + source.length()))
                .reshape('c', source.shape())
                .assign(source);
    }

    /**
     * By what the layer's own gradient is larger: DL4J 1.0.0-M2.1 gives layers of SameDiff's twice their gradient,
     * beta7 once. Where that is not a number, nor is this.
     *
     * @param tolerance of the norm of the difference, relative to the sum of the norms
     * @throws IllegalStateException if it is neither
     */
    double factor(double tolerance) {
        double squared = dot(sums, sums);
        double product = dot(sums, owns);
        if (!Double.isFinite(dot(owns, owns))) {
            return Double.NaN;
        }
        double factor = squared > 0 ? Math.rint(product / squared) : 1;
        owns.subi(sums.muli(factor));
        double off = Math.sqrt(dot(owns, owns));
        if (off == 0 && norms == 0) {
            return 1;
        }
        double relative = off / (norms * factor);
        if (!(factor >= 1 && factor <= 2 && relative <= tolerance)) {
            throw new IllegalStateException("the gradients of its samples add up to another sum than its own gradient"
                    + " (norm of the difference relative to the sum of their norms: "
                    + relative
                    + ", expected at most "
                    + tolerance
                    + ")");
        }
        return factor;
    }

    private static double dot(INDArray first, INDArray second) {
        return Nd4j.getBlasWrapper().dot(first, second);
    }

    @Override
    public void close() {
        RecordedPass.giveBack(sums);
        RecordedPass.giveBack(owns);
    }
}
