package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.OuterProductContribution;
import io.dl4jext.fisher.internal.gram.Place;
import io.dl4jext.fisher.internal.gram.SampleGradients;
import java.util.function.Function;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * What one pass of a recurrent layer computes, seen by its activation functions: Σ_t (x_t, h_{t−1}, 1) ⊗ δ_t is the
 * gradient of W, RW and b, as DL4J has them one after the other, with those of peepholes at the end of RW. Rows are t·R
 * + sequence of the layer's R sequences: B, or k·B where vertices stack them with the sample fastest.
 */
interface SeriesTrace extends AutoCloseable {

    /** Puts watching functions into the settings, which are the trace's own. */
    void watch(BaseLayer settings);

    /**
     * After the pass.
     *
     * @param series [sequence, step, input]
     * @param mask [sequence, step] or null
     */
    void complete(INDArray series, INDArray mask);

    /** (x_t, h_{t−1}). */
    INDArray inputs();

    /** δ_t, masks applied. */
    INDArray deltas();

    /** The gradients of peepholes, term by term; null where there are none. */
    INDArray peepholes();

    /** The length of h_t. */
    long units();

    @Override
    void close();

    /**
     * Hands over the layer's gradients.
     *
     * @param places of W, RW and b
     */
    default void addTo(SampleGradients gradients, Function<String, Place> places) {
        long gates = deltas().columns();
        // With peepholes as further columns.
        Place recurrent = places.apply("RW");
        OuterProductContribution.add(
                gradients, inputs(), deltas(), places.apply("W").above(recurrent.part(1, 0, gates)), places.apply("b"));
        if (peepholes() != null) {
            gradients.addRows(peepholes(), recurrent.part(1, gates, gates + 3).permuted(1, 0));
        }
    }

    /**
     * That the gradients of its samples add up to the layer's own, to within rounding.
     *
     * @param own the layer's gradient
     */
    default void requireSum(INDArray own) {
        INDArray inputs = inputs();
        INDArray deltas = deltas();
        INDArray peepholes = peepholes();
        long gates = deltas.columns();
        long weights = inputs.columns() * gates;
        long nIn = inputs.columns() - units();
        INDArray flat = own.reshape(own.length());
        INDArray sum = Nd4j.createUninitialized(own.dataType(), new long[] {inputs.columns(), gates}, 'f');
        Nd4j.gemm(inputs, deltas, sum, true, false, 1.0, 0.0);
        INDArray sumOfDeltas = sum(deltas);
        double off = distance(sum.get(NDArrayIndex.interval(0, nIn), NDArrayIndex.all()), flat, 0)
                + distance(sum.get(NDArrayIndex.interval(nIn, nIn + units()), NDArrayIndex.all()), flat, nIn * gates)
                + distance(sumOfDeltas, flat, weights + (peepholes == null ? 0 : peepholes.columns()));
        if (peepholes != null) {
            INDArray sumOfPeepholes = sum(peepholes);
            off += distance(sumOfPeepholes, flat, weights);
            RecordedPass.giveBack(sumOfPeepholes);
        }
        RecordedPass.giveBack(sumOfDeltas);
        RecordedPass.giveBack(sum);
        INDArray bounds = inputs.norm2(1);
        INDArray norms = deltas.norm2(1);
        double deviation =
                Math.sqrt(off) / bounds.addi(1).muli(norms).sumNumber().doubleValue();
        RecordedPass.giveBack(bounds);
        RecordedPass.giveBack(norms);
        double tolerance = ReplayPass.tolerance(own.dataType());
        // Not-a-number is no deviation: then the layer's own gradient is not a number either.
        if (deviation > tolerance) {
            throw new IllegalStateException("the gradients of its samples add up to another sum than its own gradient"
                    + " (norm of the difference relative to the sum of their norms: "
                    + deviation
                    + ", expected at most "
                    + tolerance
                    + "): it draws random numbers, or it has a state of its own");
        }
    }

    /** Into an array of its own: of a single row, DL4J 1.0.0-beta7 returns the row itself. */
    private static INDArray sum(INDArray rows) {
        INDArray sum = Nd4j.createUninitialized(rows.dataType(), rows.columns());
        rows.sum(sum, 0);
        return sum;
    }

    /** ‖part − own[from …]‖², column by column. */
    private static double distance(INDArray part, INDArray own, long from) {
        INDArray copy = part.dup('f');
        INDArray difference = copy.reshape('f', new long[] {part.length()});
        difference.subi(own.get(NDArrayIndex.interval(from, from + part.length())));
        double norm = difference.norm2Number().doubleValue();
        RecordedPass.giveBack(copy);
        return norm * norm;
    }
}
