package io.dl4jext.fisher.internal.capture;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.layers.AbstractLSTM;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * What one pass of an LSTM forward and backward computes, by the order in which DL4J calls its activation functions: forward,
 * each step, the gates f, g, o, and the activations of the input i and of the cell; backward, from the last step
 * on, the gate o, the cell, the gates f (not at step 0 without a state before it) and g, and the input. Rows are t·B + sample.
 */
final class LstmTrace implements AutoCloseable {

    private static final int GATES = 3;

    private final int samples;
    private final int steps;
    private final int units;
    private final long nIn;
    private final Map<String, INDArray> before;
    private final INDArray inputs;
    private final INDArray deltas;
    private final INDArray cells;
    private final INDArray cellsBefore;
    private final INDArray outputs;
    private final INDArray peepholes;
    private final List<INDArray> arrays = new ArrayList<>();

    private int gatesForward;
    private int cellsForward;
    private int gateBackward;
    private int step;

    /** @param before the state before the first step; empty: zeros */
    LstmTrace(DataType type, int samples, int steps, int units, long nIn, Map<String, INDArray> before) {
        this.before = before;
        this.samples = samples;
        this.steps = steps;
        this.units = units;
        this.nIn = nIn;
        this.step = steps - 1;
        this.inputs = zeros(type, nIn + units);
        this.deltas = zeros(type, 4L * units);
        this.cells = zeros(type, units);
        this.cellsBefore = zeros(type, units);
        this.outputs = zeros(type, units);
        this.peepholes = zeros(type, 3L * units);
    }

    private INDArray zeros(DataType type, long columns) {
        return kept(Nd4j.create(type, new long[] {(long) steps * samples, columns}, 'c'));
    }

    /** (x_t, h_{t−1}). */
    INDArray inputs() {
        return inputs;
    }

    /** δ_t of i, f, o, g, masks applied. */
    INDArray deltas() {
        return deltas;
    }

    /** δ_f ∘ c_{t−1}, δ_o ∘ c_t, δ_g ∘ c_{t−1}. */
    INDArray peepholes() {
        return peepholes;
    }

    void watch(AbstractLSTM configuration) {
        configuration.setGateActivationFn(new Gates(configuration.getGateActivationFn()));
        configuration.setActivationFn(new InputAndCell(configuration.getActivationFn()));
    }

    /**
     * After the pass.
     *
     * @param series [sample, step, input]
     * @param mask [sample, step] or null
     */
    void complete(INDArray series, INDArray mask) {
        if (gatesForward != GATES * steps || cellsForward != 2 * steps) {
            throw new IllegalStateException("its forward pass called its activation functions " + cellsForward + " and "
                    + gatesForward + " times, expected " + 2 * steps + " and " + GATES * steps);
        }
        if (mask != null) {
            INDArray column = kept(mask.castTo(deltas.dataType())
                            .reshape(samples, steps)
                            .permute(1, 0)
                            .dup('c'))
                    .reshape((long) steps * samples, 1);
            for (INDArray array : new INDArray[] {deltas, cells, outputs}) {
                array.muli(column);
            }
        }
        INDArray byStep = kept(series.permute(1, 0, 2).dup('c'));
        columns(inputs, 0, nIn).assign(byStep.reshape((long) steps * samples, nIn));
        shift(outputs, before.get("prevAct"), inputs, nIn);
        shift(cells, before.get("prevMem"), cellsBefore, 0);
        columns(peepholes, 0, units).assign(delta(1)).muli(cellsBefore);
        columns(peepholes, units, 2L * units).assign(delta(2)).muli(cells);
        columns(peepholes, 2L * units, 3L * units).assign(delta(3)).muli(cellsBefore);
    }

    /** Columns from … of the target at t = source at t − 1. */
    private void shift(INDArray source, INDArray first, INDArray target, long from) {
        for (int t = 0; t < steps; t++) {
            INDArray rows = t == 0 ? first : rows(source, t - 1);
            if (rows != null) {
                target.get(
                                NDArrayIndex.interval(t * samples, (t + 1) * samples),
                                NDArrayIndex.interval(from, from + units))
                        .assign(rows);
            }
        }
    }

    private INDArray kept(INDArray array) {
        arrays.add(array);
        return array;
    }

    private INDArray delta(int gate) {
        return columns(deltas, (long) gate * units, (gate + 1L) * units);
    }

    private static INDArray columns(INDArray array, long from, long to) {
        return array.get(NDArrayIndex.all(), NDArrayIndex.interval(from, to));
    }

    private INDArray rows(INDArray array, int t) {
        return array.get(NDArrayIndex.interval(t * samples, (t + 1) * samples), NDArrayIndex.all());
    }

    private void delta(int gate, INDArray delta) {
        deltas.get(
                        NDArrayIndex.interval(step * samples, (step + 1) * samples),
                        NDArrayIndex.interval(gate * units, (gate + 1) * units))
                .assign(delta);
    }

    @Override
    public void close() {
        arrays.forEach(RecordedPass::giveBack);
    }

    /** The gates f, g, o forward and o, f, g backward. */
    private final class Gates implements IActivation {
        private final transient IActivation activation;

        Gates(IActivation activation) {
            this.activation = activation;
        }

        @Override
        public INDArray getActivation(INDArray in, boolean training) {
            INDArray out = activation.getActivation(in, training);
            if (gatesForward % GATES == 2) {
                rows(outputs, gatesForward / GATES).assign(out);
            }
            gatesForward++;
            return out;
        }

        @Override
        public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
            Pair<INDArray, INDArray> result = activation.backprop(in, epsilon);
            boolean forgets = step > 0 || !before.isEmpty();
            delta(gateBackward == 0 ? 2 : gateBackward == 1 && forgets ? 1 : 3, result.getFirst());
            gateBackward++;
            return result;
        }

        @Override
        public int numParams(int inputSize) {
            return activation.numParams(inputSize);
        }
    }

    /** Forward the input and the cell, backward the cell and the input, with which a step ends. */
    private final class InputAndCell implements IActivation {
        private final transient IActivation activation;
        private boolean cellSeen;

        InputAndCell(IActivation activation) {
            this.activation = activation;
        }

        @Override
        public INDArray getActivation(INDArray in, boolean training) {
            boolean cell = cellsForward % 2 == 1;
            int t = cellsForward / 2;
            cellsForward++;
            if (!cell) {
                return activation.getActivation(in, training);
            }
            rows(cells, t).assign(in);
            INDArray out = activation.getActivation(in, training);
            // o_t stands there already.
            rows(outputs, t).muli(out);
            return out;
        }

        @Override
        public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
            Pair<INDArray, INDArray> result = activation.backprop(in, epsilon);
            if (cellSeen) {
                delta(0, result.getFirst());
                step--;
                gateBackward = 0;
            }
            cellSeen = !cellSeen;
            return result;
        }

        @Override
        public int numParams(int inputSize) {
            return activation.numParams(inputSize);
        }
    }
}
