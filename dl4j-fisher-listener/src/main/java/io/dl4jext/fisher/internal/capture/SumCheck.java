package io.dl4jext.fisher.internal.capture;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Compares the sum of a layer's per-sample gradients, parameter by parameter, with the layer's own gradient. */
final class SumCheck implements AutoCloseable {

    private final List<INDArray> sums = new ArrayList<>();
    private final List<INDArray> owns = new ArrayList<>();
    private double norms;

    /**
     * Of one parameter.
     *
     * @param sum of the per-sample gradients; given back with this
     * @param own DL4J's, with its elements in the same order
     * @param norm Σ ‖g_i‖ of this parameter, or more: the sum of the norms of their terms
     */
    void add(INDArray sum, INDArray own, double norm) {
        sums.add(sum);
        owns.add(own.castTo(sum.dataType()).dup('c').reshape('c', sum.shape()));
        norms += norm;
    }

    /** Σ_r ‖a_r‖ ‖b_r‖ over the rows of two matrices. */
    static double norms(INDArray first, INDArray second) {
        INDArray norms = squares(first);
        INDArray others = squares(second);
        norms.muli(others);
        double[] products = norms.data().asDouble();
        List.of(norms, others).forEach(RecordedPass::giveBack);
        double sum = 0;
        for (double product : products) {
            sum += Math.sqrt(product);
        }
        return sum;
    }

    /** Not by norm2: of single columns, DL4J 1.0.0-beta7 may return the matrix itself. */
    private static INDArray squares(INDArray rows) {
        INDArray squared = rows.mul(rows);
        INDArray squares = Nd4j.createUninitialized(rows.dataType(), rows.rows());
        squared.sum(squares, 1);
        RecordedPass.giveBack(squared);
        return squares;
    }

    /**
     * By what the layer's own gradient is larger: DL4J 1.0.0-M2.1 gives layers of SameDiff's twice their gradient, beta7
     * once. Where that is not a number, nor is this.
     *
     * @param tolerance of the norm of the difference, relative to the sum of the norms
     * @throws IllegalStateException if it is neither
     */
    double factor(double tolerance) {
        double squared = 0;
        double product = 0;
        double ownSquared = 0;
        for (int k = 0; k < sums.size(); k++) {
            squared += dot(sums.get(k), sums.get(k));
            product += dot(sums.get(k), owns.get(k));
            ownSquared += dot(owns.get(k), owns.get(k));
        }
        if (!Double.isFinite(ownSquared)) {
            return Double.NaN;
        }
        double factor = squared > 0 ? Math.rint(product / squared) : 1;
        double off = 0;
        for (int k = 0; k < sums.size(); k++) {
            INDArray difference = sums.get(k).mul(-factor).addi(owns.get(k));
            off += dot(difference, difference);
            RecordedPass.giveBack(difference);
        }
        if (off == 0 && norms == 0) {
            return 1;
        }
        double relative = Math.sqrt(off) / (norms * factor);
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
        INDArray product = first.mul(second);
        try {
            return product.sumNumber().doubleValue();
        } finally {
            RecordedPass.giveBack(product);
        }
    }

    @Override
    public void close() {
        sums.forEach(RecordedPass::giveBack);
        owns.forEach(RecordedPass::giveBack);
    }
}
