package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.OuterProductContribution;
import io.dl4jext.fisher.internal.gram.Place;
import io.dl4jext.fisher.internal.gram.SampleGradients;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The per-sample gradients of attention: outer products for its projections, rows for learned queries. What proves them is
 * the sum: they must add up to the gradient that DL4J itself computes, to within rounding.
 */
final class AttentionGradients {

    /** Of learned queries: (1, element, query). */
    static final String QUERIES = "Q";

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
        double tolerance = ReplayPass.tolerance(site.params().dataType());
        double factor = factor(trace, queries, own, tolerance);
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

    private static double factor(AttentionTrace trace, INDArray queries, Map<String, INDArray> own, double tolerance) {
        try (SumCheck check = new SumCheck()) {
            for (AttentionTrace.Product product : trace.products()) {
                INDArray sum = product.isProjection()
                        ? Nd4j.matmul(product.deltas, product.inputs, true, false, false)
                        : Nd4j.matmul(product.inputs, product.deltas, true, false, false);
                check.add(sum, own.get(product.key), SumCheck.norms(product.inputs, product.deltas));
            }
            if (queries != null) {
                // Into an array of its own: of a single row, DL4J 1.0.0-beta7 returns the row itself.
                INDArray sum = Nd4j.createUninitialized(queries.dataType(), queries.columns());
                queries.sum(sum, 0);
                INDArray ones = Nd4j.ones(queries.dataType(), queries.rows(), 1);
                check.add(sum, own.get(QUERIES), SumCheck.norms(queries, ones));
                RecordedPass.giveBack(ones);
            }
            return check.factor(tolerance);
        }
    }
}
