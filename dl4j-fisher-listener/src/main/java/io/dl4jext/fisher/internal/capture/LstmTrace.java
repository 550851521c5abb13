package io.dl4jext.fisher.internal.capture;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.deeplearning4j.nn.conf.layers.AbstractLSTM;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * What the backward pass of an LSTM computes, by the order in which DL4J calls its activation functions: forward, each
 * step, the input i, the gates f, g, o and the cell; backward, from the last step to the first or to where a truncated
 * pass ends, the gate o, the cell, the gates f (not at step 0 without a state before it) and g, and the input.
 *
 * <p>The derivative of a sigmoid DL4J takes itself, from its value: backward it calls gates that are sigmoid not at
 * all. Their deltas follow then ({@link LstmGates}).
 */
final class LstmTrace implements SeriesTrace {

    /** DL4J's order of the columns of W, RW and b. */
    static final int I = 0;

    static final int F = 1;
    static final int O = 2;
    static final int G = 3;

    private static final int[] FORWARD = {F, G, O};

    private final DataType type;
    private final int sequences;
    private final int steps;
    private final int units;
    private final long nIn;
    private final boolean sigmoidGates;
    private final boolean withPeepholes;
    private final INDArray recurrentWeights;
    private final Map<String, INDArray> before;
    private final Consumer<Runnable> guard;
    private final List<INDArray> arrays = new ArrayList<>();

    /** What is recorded is [sequence, unit, step], a step together, as DL4J has it: then a copy is a plain one. */
    private final INDArray[] values = new INDArray[4];

    private final INDArray[] deltasOf = new INDArray[4];
    private final INDArray cells;

    /** σ_h(c_t), then h_t. */
    private final INDArray outputs;

    /** What the cell's activation function returns backward: of ∂L/∂c_t, the part through h_t. */
    private final INDArray throughOutput;

    private INDArray inputs;
    private INDArray deltas;
    private INDArray peepholes;
    private int gatesForward;
    private int cellsForward;
    private int gateBackward;
    private int step;

    /**
     * @param sequences R
     * @param recurrentWeights RW, of which the peepholes are the last three columns
     * @param before the state before the first step; empty: none
     * @param guard runs what must not fail within the layer
     */
    LstmTrace(
            DataType type,
            int sequences,
            int steps,
            AbstractLSTM configuration,
            INDArray recurrentWeights,
            Map<String, INDArray> before,
            Consumer<Runnable> guard) {
        this.type = type;
        this.sequences = sequences;
        this.steps = steps;
        this.step = steps - 1;
        this.nIn = configuration.getNIn();
        this.units = (int) configuration.getNOut();
        // DL4J asks the same.
        this.sigmoidGates = configuration.getGateActivationFn() instanceof ActivationSigmoid;
        this.withPeepholes = configuration instanceof GravesLSTM;
        this.recurrentWeights = recurrentWeights;
        this.before = before;
        this.guard = guard;
        for (int gate = 0; gate < 4; gate++) {
            this.values[gate] = sigmoidGates || gate == O ? series() : null;
            this.deltasOf[gate] = series();
        }
        this.cells = sigmoidGates || withPeepholes ? series() : null;
        this.outputs = series();
        this.throughOutput = sigmoidGates ? series() : null;
    }

    private INDArray series() {
        return kept(Nd4j.create(type, new long[] {sequences, units, steps}, 'f'));
    }

    private INDArray kept(INDArray array) {
        arrays.add(array);
        return array;
    }

    /** One step of a series. */
    static INDArray at(INDArray series, int t) {
        return series.get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.point(t));
    }

    private static void record(INDArray series, int t, INDArray value) {
        if (series != null) {
            at(series, t).assign(value);
        }
    }

    @Override
    public INDArray inputs() {
        return inputs;
    }

    /** δ_t of i, f, o, g, as DL4J's pass has them: with masks applied where it applies them. */
    @Override
    public INDArray deltas() {
        return deltas;
    }

    /** δ_f ∘ c_{t−1}, δ_o ∘ c_t, δ_g ∘ c_{t−1}; null without peepholes. */
    @Override
    public INDArray peepholes() {
        return peepholes;
    }

    @Override
    public long units() {
        return units;
    }

    @Override
    public void watch(BaseLayer settings) {
        AbstractLSTM configuration = (AbstractLSTM) settings;
        IActivation gates = configuration.getGateActivationFn();
        configuration.setGateActivationFn(sigmoidGates ? new SigmoidGates(gates) : new Gates(gates));
        configuration.setActivationFn(new InputAndCell(configuration.getActivationFn()));
    }

    @Override
    public void complete(INDArray series, INDArray mask) {
        int first = step + 1;
        if (gatesForward != FORWARD.length * steps || cellsForward != 2 * steps || first >= steps) {
            throw new IllegalStateException(
                    "its backward pass called its activation functions " + cellsForward + " and "
                            + gatesForward + " times forward, expected " + 2 * steps + " and " + FORWARD.length * steps
                            + ", and took " + (steps - first) + " steps backward");
        }
        INDArray column = mask == null ? null : kept(mask.castTo(type).dup('f')).reshape('f', sequences, 1, steps);
        if (sigmoidGates) {
            LstmGates.deltaOfOutputGate(deltasOf[O], outputs, values[O]);
        }
        outputs.muli(values[O]);
        mask(outputs, column);
        INDArray cellsBefore = null;
        if (cells != null) {
            mask(cells, column);
            cellsBefore = series();
            if (steps > 1) {
                steps(cellsBefore, 1, steps).assign(steps(cells, 0, steps - 1));
            }
            if (before.containsKey("prevMem")) {
                record(cellsBefore, 0, before.get("prevMem"));
            }
        }
        if (sigmoidGates) {
            try (LstmGates gates = new LstmGates(values, deltasOf, cellsBefore, throughOutput)) {
                if (withPeepholes) {
                    gates.addPeepholes(recurrentWeights, column);
                }
                gates.deltas(first);
            }
        }
        if (withPeepholes) {
            // A GravesLSTM masks its deltas, an LSTM does not (DL4J).
            for (INDArray delta : deltasOf) {
                mask(delta, column);
            }
        }
        collectInputs(series);
        deltas = rows(deltasOf);
        if (withPeepholes) {
            peepholes = rows(deltasOf[F].muli(cellsBefore), deltasOf[O].muli(cells), deltasOf[G].muli(cellsBefore));
        }
    }

    private static void mask(INDArray series, INDArray column) {
        if (column != null) {
            series.muli(column);
        }
    }

    private static INDArray steps(INDArray series, int from, int to) {
        return series.get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.interval(from, to));
    }

    private void collectInputs(INDArray series) {
        INDArray both = Nd4j.create(type, new long[] {steps, sequences, nIn + units}, 'c');
        inputs = kept(both).reshape('c', (long) steps * sequences, nIn + units);
        INDArray byStep = kept(series.permute(1, 0, 2).dup('c'));
        both.get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.interval(0, nIn))
                .assign(byStep);
        INDArrayIndex recurrent = NDArrayIndex.interval(nIn, nIn + units);
        if (steps > 1) {
            both.get(NDArrayIndex.interval(1, steps), NDArrayIndex.all(), recurrent)
                    .assign(steps(outputs, 0, steps - 1).permute(2, 0, 1));
        }
        if (before.containsKey("prevAct")) {
            both.get(NDArrayIndex.point(0), NDArrayIndex.all(), recurrent).assign(before.get("prevAct"));
        }
    }

    /** Series side by side. */
    private INDArray rows(INDArray... parts) {
        long columns = (long) parts.length * units;
        INDArray all = kept(Nd4j.createUninitialized(type, new long[] {steps, sequences, columns}, 'c'));
        for (int k = 0; k < parts.length; k++) {
            all.get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.interval(k * units, (k + 1) * units))
                    .assign(parts[k].permute(2, 0, 1));
        }
        return all.reshape('c', (long) steps * sequences, columns);
    }

    @Override
    public void close() {
        arrays.forEach(RecordedPass::giveBack);
    }

    /** DL4J goes on with this array and not with what the function returns. */
    private void gateForward(INDArray value) {
        record(values[FORWARD[gatesForward % FORWARD.length]], gatesForward / FORWARD.length, value);
        gatesForward++;
    }

    /** To DL4J sigmoid as before. It calls them forward only. */
    private final class SigmoidGates extends ActivationSigmoid {
        private final transient IActivation activation;

        SigmoidGates(IActivation activation) {
            this.activation = activation;
        }

        @Override
        public INDArray getActivation(INDArray in, boolean training) {
            INDArray out = activation.getActivation(in, training);
            guard.accept(() -> gateForward(in));
            return out;
        }

        @Override
        public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
            return activation.backprop(in, epsilon);
        }
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
            guard.accept(() -> gateForward(in));
            return out;
        }

        @Override
        public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
            Pair<INDArray, INDArray> result = activation.backprop(in, epsilon);
            guard.accept(() -> {
                boolean forgets = step > 0 || !before.isEmpty();
                int gate = gateBackward == 0 ? O : gateBackward == 1 && forgets ? F : G;
                record(deltasOf[gate], step, result.getFirst());
                gateBackward++;
            });
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
            if (cell) {
                guard.accept(() -> record(cells, t, in));
            }
            INDArray out = activation.getActivation(in, training);
            guard.accept(() -> {
                // Of the cell DL4J goes on with what is returned, of the input with the array that it gave.
                record(cell ? outputs : values[I], t, cell ? out : in);
                cellsForward++;
            });
            return out;
        }

        @Override
        public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
            boolean cell = !cellSeen;
            if (cell && sigmoidGates) {
                // o ∘ ∂L/∂h_t, which the function may overwrite.
                guard.accept(() -> record(deltasOf[O], step, epsilon));
            }
            Pair<INDArray, INDArray> result = activation.backprop(in, epsilon);
            guard.accept(() -> {
                record(cell ? throughOutput : deltasOf[I], step, result.getFirst());
                if (!cell) {
                    step--;
                    gateBackward = 0;
                }
                cellSeen = cell;
            });
            return result;
        }

        @Override
        public int numParams(int inputSize) {
            return activation.numParams(inputSize);
        }
    }
}
