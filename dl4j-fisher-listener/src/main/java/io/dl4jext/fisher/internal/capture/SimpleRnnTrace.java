package io.dl4jext.fisher.internal.capture;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * What the backward pass of a SimpleRnn computes, by the calls of its activation function: forward h_t of each step;
 * backward δ_t, from the last step on, to the first or to where a truncated pass ends. Rows are t·R + sequence
 * ({@link SeriesTrace}); what the pass does not reach is 0. Its forward pass starts from no state, also in a truncated
 * pass (DL4J).
 */
final class SimpleRnnTrace implements SeriesTrace {

    private final int sequences;
    private final int steps;
    private final long nIn;
    private final long units;
    private final Consumer<Runnable> guard;
    private final List<INDArray> arrays = new ArrayList<>();
    private final INDArray inputs;
    private final INDArray deltas;
    private int forward;
    private int step;

    /**
     * @param sequences R
     * @param guard runs what must not fail within the layer
     */
    SimpleRnnTrace(DataType type, int sequences, int steps, SimpleRnn configuration, Consumer<Runnable> guard) {
        this.sequences = sequences;
        this.guard = guard;
        this.steps = steps;
        this.nIn = configuration.getNIn();
        this.units = configuration.getNOut();
        this.step = steps - 1;
        this.inputs = kept(Nd4j.create(type, new long[] {(long) steps * sequences, nIn + units}, 'c'));
        this.deltas = kept(Nd4j.create(type, new long[] {(long) steps * sequences, units}, 'c'));
    }

    private INDArray kept(INDArray array) {
        arrays.add(array);
        return array;
    }

    @Override
    public INDArray inputs() {
        return inputs;
    }

    @Override
    public INDArray deltas() {
        return deltas;
    }

    @Override
    public INDArray peepholes() {
        return null;
    }

    @Override
    public long units() {
        return units;
    }

    @Override
    public void watch(BaseLayer settings) {
        settings.setActivationFn(new Watched(settings.getActivationFn()));
    }

    @Override
    public void complete(INDArray series, INDArray mask) {
        int first = step + 1;
        if (forward != steps || first >= steps) {
            throw new IllegalStateException("its backward pass called its activation function " + forward
                    + " times forward and " + (steps - first) + " times backward, expected " + steps + " steps");
        }
        if (mask != null) {
            INDArray column = kept(mask.castTo(deltas.dataType())
                            .reshape(sequences, steps)
                            .permute(1, 0)
                            .dup('c'))
                    .reshape((long) steps * sequences, 1);
            deltas.muli(column);
            // h_{t−1} stands in the rows of t.
            if (steps > 1) {
                rows(inputs, 1, steps, nIn, nIn + units)
                        .muli(column.get(NDArrayIndex.interval(0, (steps - 1L) * sequences), NDArrayIndex.all()));
            }
        }
        // DL4J leaves out the product of the first δ of a truncated pass and the h before it.
        rows(inputs, first, first + 1, nIn, nIn + units).assign(0);
        INDArray byStep = kept(series.permute(1, 0, 2).dup('c'));
        rows(inputs, 0, steps, 0, nIn).assign(byStep.reshape('c', (long) steps * sequences, nIn));
    }

    private INDArray rows(INDArray array, long fromStep, long toStep, long fromColumn, long toColumn) {
        return array.get(
                NDArrayIndex.interval(fromStep * sequences, toStep * sequences),
                NDArrayIndex.interval(fromColumn, toColumn));
    }

    @Override
    public void close() {
        arrays.forEach(RecordedPass::giveBack);
    }

    private final class Watched implements IActivation {
        private final transient IActivation activation;

        Watched(IActivation activation) {
            this.activation = activation;
        }

        @Override
        public INDArray getActivation(INDArray in, boolean training) {
            INDArray out = activation.getActivation(in, training);
            guard.accept(() -> {
                forward++;
                if (forward < steps) {
                    // DL4J, too, goes on with this array and not with what is returned.
                    rows(inputs, forward, forward + 1, nIn, nIn + units).assign(in);
                }
            });
            return out;
        }

        @Override
        public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
            Pair<INDArray, INDArray> result = activation.backprop(in, epsilon);
            guard.accept(() -> {
                rows(deltas, step, step + 1, 0, units).assign(result.getFirst());
                step--;
            });
            return result;
        }

        @Override
        public int numParams(int inputSize) {
            return activation.numParams(inputSize);
        }
    }
}
