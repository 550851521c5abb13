package io.dl4jext.fisher.internal.capture;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Multi-head attention of a whole mini-batch once more, and its backward pass: what stands on both sides of each of its
 * weights. Of each sample and head, with the rows Q, K, V projected from queries, keys and values (or themselves) and s
 * their length:
 *
 * <p>P = softmax(Q Kᵀ/√s + (mask − 1)·10⁹), C = P V; back from dC: δV = Pᵀ dC, dP = dC Vᵀ, dA = P ∘ (dP − rows' sums of
 * P ∘ dP), δQ = dA K/√s, δK = dAᵀ Q/√s.
 *
 * <p>Rows are t·B + sample; columns of projected rows (head, element).
 */
final class AttentionTrace implements AutoCloseable {

    static final String WQ = "Wq";
    static final String WK = "Wk";
    static final String WV = "Wv";
    static final String WO = "Wo";

    /** What DL4J adds where a mask is 0. */
    private static final double MASKED = 1e9;

    /** So much of the attention weights is worked on at a time. */
    private static final long WORKING_BYTES = 512L << 10;

    /** Weights whose gradient is Σ input ⊗ delta over rows. */
    static final class Product {

        final String key;
        final INDArray inputs;
        final INDArray deltas;

        private Product(String key, INDArray inputs, INDArray deltas) {
            this.key = key;
            this.inputs = inputs;
            this.deltas = deltas;
        }

        /** Whether they project inputs: (head, element, input). Else (input, output). */
        boolean isProjection() {
            return !key.equals(WO);
        }
    }

    private final DataType type;
    private final Map<String, INDArray> parameters;
    private final boolean projected;
    private final long samples;
    private final long heads;
    private final List<INDArray> arrays = new ArrayList<>();
    private final List<Product> products = new ArrayList<>();

    private final INDArray queryRows;
    private final INDArray keyRows;
    private final INDArray valueRows;
    private final INDArray mask;
    private INDArray queryDeltas;
    private double largest;

    /**
     * @param parameters by DL4J's names; without Wq nothing is projected
     * @param queries (sample, element, step); a single sample's are those of all
     * @param keys (sample, element, step)
     * @param values (sample, element, step), steps as of keys
     * @param mask (sample, step) of keys and values, or null
     */
    AttentionTrace(
            DataType type,
            Map<String, INDArray> parameters,
            INDArray queries,
            INDArray keys,
            INDArray values,
            INDArray mask) {
        this.type = type;
        this.parameters = parameters;
        this.projected = parameters.containsKey(WQ);
        this.samples = keys.size(0);
        this.heads = projected ? parameters.get(WQ).size(0) : 1;
        this.mask = mask;
        this.keyRows = rows(keys);
        this.queryRows = queries == keys ? keyRows : rows(queries);
        this.valueRows = values == keys ? keyRows : rows(values);
        if (!takes(mask, keys)) {
            throw new IllegalArgumentException("Expected a mask of samples and steps, " + samples + " and "
                    + keys.size(2) + ", got the shape " + Arrays.toString(mask.shape()));
        }
    }

    /** Whether a mask has the one form that is known here: (sample, step), as its series has them; or there is none. */
    static boolean takes(INDArray mask, INDArray series) {
        return mask == null
                || series == null
                || (mask.rank() == 2 && mask.size(0) == series.size(0) && mask.size(1) == series.size(2));
    }

    /** @param epsilon (sample, element, step of queries): the gradient with respect to what the attention gives */
    void backward(INDArray epsilon) {
        INDArray deltas = rows(epsilon);
        INDArray q = byHead(projection(queryRows, WQ));
        INDArray k = byHead(projection(keyRows, WK));
        INDArray v = byHead(projection(valueRows, WV));
        INDArray dc = byHead(projection(deltas, WO));
        INDArray c = uninitialized(q.size(0), q.size(1), v.size(2));
        INDArray dq = uninitialized(q.shape());
        INDArray dk = uninitialized(k.shape());
        INDArray dv = uninitialized(v.shape());
        double scale = 1 / Math.sqrt(k.size(2));
        q.muli(scale);
        attend(new INDArray[] {q, k, v, dc}, new INDArray[] {c, dq, dk, dv});
        dq.muli(scale);
        queryDeltas = rowsOf(dq);
        if (projected) {
            products.add(new Product(WQ, queryRows, queryDeltas));
            products.add(new Product(WK, keyRows, rowsOf(dk)));
            products.add(new Product(WV, valueRows, rowsOf(dv)));
            products.add(new Product(WO, rowsOf(c), deltas));
        }
    }

    /**
     * From Q/√s, K, V, dC (overwritten) to C, √s·δQ, δK, δV: some blocks (sample, head) at a time, whose weights stay
     * in the caches.
     */
    private void attend(INDArray[] in, INDArray[] out) {
        long blocks = samples * heads;
        long queries = in[0].size(1);
        long keys = in[1].size(1);
        long most = Math.min(blocks, Math.max(1, WORKING_BYTES / (type.width() * queries * keys)));
        INDArray weights = uninitialized(most, queries, keys);
        INDArray deltas = uninitialized(most, queries, keys);
        INDArray sums = uninitialized(most, queries, 1);
        for (long from = 0; from < blocks; from += most) {
            long to = Math.min(blocks, from + most);
            INDArray[] some = parts(from, to, in);
            INDArray[] results = parts(from, to, out);
            INDArray[] working = parts(0, to - from, weights, deltas, sums);
            INDArray p = working[0];
            INDArray da = working[1];
            INDArray row = working[2];
            Nd4j.matmul(some[0], some[1], p, false, true, false);
            mask(p, from);
            exponentials(p, row);
            // P is p / row, divided where there are fewer elements.
            Nd4j.matmul(p, some[2], results[0], false, false, false);
            results[0].divi(row);
            INDArray dc = some[3].divi(row);
            Nd4j.matmul(p, dc, results[3], true, false, false);
            Nd4j.matmul(dc, some[2], da, false, true, false);
            // The sum of a row of P ∘ dP is that of dC ∘ C.
            sum(dc.muli(results[0]), row);
            da.subi(row).muli(p);
            Nd4j.matmul(da, some[1], results[1], false, false, false);
            Nd4j.matmul(da, some[0], results[2], true, false, false);
        }
    }

    /** The largest logit: so many times the rounding of numbers is that of attention weights. */
    double largest() {
        return largest;
    }

    /**
     * Softmax along the last axis before it is divided by sums. Not ND4J's: of rows that are all −10⁹ (a sample without
     * keys), 1.0.0-M2.1 gives in DOUBLE what is not a number.
     *
     * @param sums is given them
     */
    private void exponentials(INDArray logits, INDArray sums) {
        sums.assign(logits.max(2).reshape(sums.shape()));
        largest = Math.max(largest, sums.maxNumber().doubleValue());
        logits.subi(sums);
        Transforms.exp(logits, false);
        sum(logits, sums);
    }

    private static void sum(INDArray array, INDArray sums) {
        array.sum(sums.reshape('c', sums.size(0), sums.size(1)), 2);
    }

    /** Adds (mask − 1)·10⁹ for some of (sample, head). */
    private void mask(INDArray logits, long first) {
        if (mask == null) {
            return;
        }
        long blocks = logits.size(0);
        long steps = logits.size(2);
        INDArray some = Nd4j.createUninitialized(type, blocks, 1, steps);
        for (long b = 0; b < blocks; b++) {
            part(some, b, b + 1).assign(mask.getRow((first + b) / heads).reshape(1, 1, steps));
        }
        logits.addi(some.subi(1).muli(MASKED));
        RecordedPass.giveBack(some);
    }

    List<Product> products() {
        return products;
    }

    /** The gradient of each sample with respect to its queries: a row (element, step) each. */
    INDArray queryGradients() {
        INDArray deltas = projected ? product(queryDeltas, matrix(WQ), true) : queryDeltas;
        long elements = deltas.columns();
        long steps = deltas.rows() / samples;
        return kept(deltas.reshape('c', steps, samples, elements)
                        .permute(1, 2, 0)
                        .dup('c'))
                .reshape('c', samples, elements * steps);
    }

    private INDArray kept(INDArray array) {
        arrays.add(array);
        return array;
    }

    private INDArray uninitialized(long... shape) {
        return kept(Nd4j.createUninitialized(type, shape));
    }

    /** Dense, in c order and of the type to compute in. */
    private INDArray copy(INDArray array) {
        INDArray copy = uninitialized(array.shape());
        copy.assign(array);
        return copy;
    }

    /** (sample, element, step) as rows. */
    private INDArray rows(INDArray series) {
        INDArray all =
                series.size(0) == samples ? series : kept(series.broadcast(samples, series.size(1), series.size(2)));
        return copy(all.permute(2, 0, 1)).reshape('c', all.size(2) * samples, all.size(1));
    }

    private INDArray matrix(String key) {
        INDArray matrix = copy(parameters.get(key));
        return matrix.rank() == 2 ? matrix : matrix.reshape('c', matrix.size(0) * matrix.size(1), matrix.size(2));
    }

    /** Rows times weights transposed, or the rows themselves where nothing is projected. */
    private INDArray projection(INDArray rows, String key) {
        return projected ? product(rows, matrix(key), false) : rows;
    }

    /** Rows × weightsᵀ, or × weights; in c order, as what BLAS gives of the transposed product. */
    private INDArray product(INDArray rows, INDArray weights, boolean turned) {
        long columns = turned ? weights.columns() : weights.rows();
        INDArray product = kept(Nd4j.createUninitialized(type, new long[] {columns, rows.rows()}, 'f'));
        Nd4j.gemm(weights, rows, product, turned, true, 1, 0);
        return product.transpose();
    }

    /** Rows as (sample and head, step, element). */
    private INDArray byHead(INDArray rows) {
        long steps = rows.rows() / samples;
        long elements = rows.columns() / heads;
        return copy(rows.reshape('c', steps, samples, heads, elements).permute(1, 2, 0, 3))
                .reshape('c', samples * heads, steps, elements);
    }

    private INDArray rowsOf(INDArray byHead) {
        long steps = byHead.size(1);
        long elements = byHead.size(2);
        return copy(byHead.reshape('c', samples, heads, steps, elements).permute(2, 0, 1, 3))
                .reshape('c', steps * samples, heads * elements);
    }

    /** A view. Not by get: of views that begin inside a buffer ND4J 1.0.0-M2.1 takes parts that are empty. */
    private static INDArray part(INDArray blocks, long from, long to) {
        long[] shape = {to - from, blocks.size(1), blocks.size(2)};
        long[] stride = {shape[1] * shape[2], shape[2], 1};
        return Nd4j.create(blocks.data(), shape, stride, blocks.offset() + from * stride[0], 'c');
    }

    private static INDArray[] parts(long from, long to, INDArray... arrays) {
        return Arrays.stream(arrays).map(array -> part(array, from, to)).toArray(INDArray[]::new);
    }

    @Override
    public void close() {
        arrays.forEach(RecordedPass::giveBack);
    }
}
