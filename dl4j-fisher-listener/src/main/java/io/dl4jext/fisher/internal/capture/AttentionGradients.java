package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.OuterProductContribution;
import io.dl4jext.fisher.internal.gram.Place;
import io.dl4jext.fisher.internal.gram.SampleGradients;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The per-sample gradients of attention: outer products for its projections, rows for learned queries. What proves them
 * is the sum: they must add up to the gradient that DL4J itself computes, to within rounding.
 */
final class AttentionGradients {

    /** Of learned queries: (1, element, query). */
    static final String QUERIES = "Q";

    /** Logits whose rounding is within that of sums. */
    private static final double HARMLESS = 50;

    private AttentionGradients() {}

    /** The type to compute in: HALF is too coarse for sums over samples. */
    static DataType type(ParameterSite site) {
        return site.params().dataType() == DataType.DOUBLE ? DataType.DOUBLE : DataType.FLOAT;
    }

    /**
     * Hands them over.
     *
     * @param trace after its backward pass
     * @param own DL4J's gradients by parameter
     * @throws IllegalStateException if they do not add up to these
     */
    static void handOver(
            ParameterSite site, AttentionTrace trace, Map<String, INDArray> own, SampleGradients gradients) {
        INDArray queries = own.containsKey(QUERIES) ? trace.queryGradients() : null;
        double factor;
        try (SumCheck check = new SumCheck(type(site), site.numParams())) {
            addTo(check, trace, queries, own);
            factor = check.factor(tolerance(site.params().dataType(), trace.largest()));
        }
        for (AttentionTrace.Product product : trace.products()) {
            product.deltas.muli(factor);
            Place place = site.place(product.key);
            OuterProductContribution.add(
                    gradients,
                    product.inputs,
                    product.deltas,
                    product.isProjection() ? place.joined().permuted(1, 0) : place,
                    Place.NONE);
        }
        if (queries != null) {
            gradients.addRows(queries.muli(factor), site.place(QUERIES));
        }
    }

    /** Large logits magnify rounding: exp(x) has the absolute error of x as its relative one. */
    static double tolerance(DataType type, double largestLogit) {
        double ofSums = ReplayPass.tolerance(type);
        return Math.max(ofSums, Math.min(ReplayPass.ONCE_TOLERANCE, ofSums * largestLogit / HARMLESS));
    }

    private static void addTo(SumCheck check, AttentionTrace trace, INDArray queries, Map<String, INDArray> own) {
        for (AttentionTrace.Product product : trace.products()) {
            INDArray sum = sum(product);
            check.add(sum.transpose(), own.get(product.key), norm(product.inputs) * norm(product.deltas));
            RecordedPass.giveBack(sum);
        }
        if (queries != null) {
            // Into an array of its own: of a single row, DL4J 1.0.0-beta7 returns the row itself.
            INDArray sum = Nd4j.createUninitialized(queries.dataType(), queries.columns());
            queries.sum(sum, 0);
            check.add(sum, own.get(QUERIES), norm(queries) * Math.sqrt(queries.rows()));
            RecordedPass.giveBack(sum);
        }
    }

    /** All samples' gradient, transposed, in BLAS's order. */
    private static INDArray sum(AttentionTrace.Product product) {
        INDArray first = product.isProjection() ? product.inputs : product.deltas;
        INDArray second = product.isProjection() ? product.deltas : product.inputs;
        long[] shape = {first.columns(), second.columns()};
        INDArray sum = Nd4j.createUninitialized(first.dataType(), shape, 'f');
        Nd4j.gemm(first, second, sum, true, false, 1, 0);
        return sum;
    }

    private static double norm(INDArray rows) {
        return rows.norm2Number().doubleValue();
    }
}
