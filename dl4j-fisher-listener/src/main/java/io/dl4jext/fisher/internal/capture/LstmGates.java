package io.dl4jext.fisher.internal.capture;

import static io.dl4jext.fisher.internal.capture.LstmTrace.F;
import static io.dl4jext.fisher.internal.capture.LstmTrace.G;
import static io.dl4jext.fisher.internal.capture.LstmTrace.I;
import static io.dl4jext.fisher.internal.capture.LstmTrace.O;
import static io.dl4jext.fisher.internal.capture.LstmTrace.at;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.same.TimesOneMinus;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The deltas of sigmoid gates, from their values and from what DL4J hands to the activation function of the cell,
 * element by element: with ∇_t = ∂L/∂c_t, δ_f = f(1 − f) ∘ c_{t−1} ∘ ∇ and δ_g = g(1 − g) ∘ i ∘ ∇.
 *
 * <p>∇_t is its part through h_t and f_{t+1} ∘ ∇_{t+1}. Peepholes w add w_o ∘ δ_{o,t} + w_f ∘ δ_{f,t+1} + w_g ∘
 * δ_{g,t+1}: something more at t, and factors of ∇_{t+1} again. So only ∇ goes step by step; all else is done for all
 * steps at once.
 */
final class LstmGates implements AutoCloseable {

    private final INDArray[] deltas;

    /** The factor of ∇_t in ∇_{t−1}. */
    private final INDArray carried;

    private final INDArray nabla;
    private final INDArray scratch;

    /**
     * Arrays are [sample, unit, step], by gate.
     *
     * @param values of i, f, g; that of f is used up
     * @param deltas that of o is there already, those of f and g become so
     * @param throughOutput becomes ∇
     */
    LstmGates(INDArray[] values, INDArray[] deltas, INDArray cellsBefore, INDArray throughOutput) {
        this.deltas = deltas;
        this.carried = values[F];
        this.nabla = throughOutput;
        this.scratch = Nd4j.createUninitialized(nabla.dataType(), nabla.shape(), 'f');
        Nd4j.getExecutioner().exec(new TimesOneMinus(values[F], deltas[F]));
        deltas[F].muli(cellsBefore);
        Nd4j.getExecutioner().exec(new TimesOneMinus(values[G], deltas[G]));
        deltas[G].muli(values[I]);
    }

    /**
     * δ_o = o ∘ ∂L/∂h ∘ σ_h(c) ∘ (1 − o).
     *
     * @param delta o ∘ ∂L/∂h, becomes δ_o
     */
    static void deltaOfOutputGate(INDArray delta, INDArray cellValue, INDArray gate) {
        INDArray rest = gate.rsub(1);
        delta.muli(cellValue).muli(rest);
        RecordedPass.giveBack(rest);
    }

    /**
     * Before {@link #deltas}.
     *
     * @param recurrentWeights its last three columns: of f, of o, of g
     * @param mask [sample, 1, step] or null; DL4J masks the deltas of f and g before they go back a step
     */
    void addPeepholes(INDArray recurrentWeights, INDArray mask) {
        long units = nabla.size(1);
        nabla.addi(times(deltas[O], recurrentWeights, 4 * units + 1));
        for (int gate : new int[] {F, G}) {
            INDArray part = times(deltas[gate], recurrentWeights, 4 * units + (gate == F ? 0 : 2));
            if (mask != null) {
                part.muli(mask);
            }
            carried.addi(part);
        }
    }

    private INDArray times(INDArray series, INDArray weights, long column) {
        INDArray own = weights.get(NDArrayIndex.all(), NDArrayIndex.interval(column, column + 1))
                .dup('c');
        scratch.assign(series).muli(own.reshape('c', 1, own.length(), 1));
        RecordedPass.giveBack(own);
        return scratch;
    }

    /** @param first the step at which the backward pass ended */
    void deltas(int first) {
        int last = (int) nabla.size(2) - 1;
        INDArray later = at(nabla, last);
        for (int t = last - 1; t >= first; t--) {
            INDArray now = at(nabla, t);
            now.addi(at(carried, t + 1).muli(later));
            later = now;
        }
        deltas[F].muli(nabla);
        deltas[G].muli(nabla);
    }

    @Override
    public void close() {
        RecordedPass.giveBack(scratch);
    }
}
