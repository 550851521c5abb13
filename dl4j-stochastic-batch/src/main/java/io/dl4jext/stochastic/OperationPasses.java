package io.dl4jext.stochastic;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * By ND4J operations, for any backend and floating-point type. Slices bound what is needed beyond the state. The
 * uniform numbers are made in Java, so that they are the same on every backend; the rest stays where the data is.
 */
final class OperationPasses implements Passes {

    private static final int SLICE = 1 << 18;

    @Override
    public List<Moments> measure(INDArray gradient, List<ParameterTensor> tensors) {
        return tensors.stream()
                .map(tensor -> inSlices(tensor, (offset, size) -> moments(slice(gradient, offset, size))))
                .collect(Collectors.toList());
    }

    @Override
    public List<Moments> measureMeans(
            INDArray gradient, INDArray state, long parameters, List<ParameterTensor> tensors) {
        return tensors.stream()
                .map(tensor -> inSlices(tensor, (offset, size) -> {
                    INDArray sums = slice(state, offset, size).add(slice(gradient, offset, size));
                    return moments(sums.divi(numbers(slice(state, parameters + offset, size))));
                }))
                .collect(Collectors.toList());
    }

    private static Moments inSlices(ParameterTensor tensor, BiFunction<Long, Long, Moments> ofSlice) {
        Moments all = Moments.NONE;
        for (long from = 0; from < tensor.length; from += SLICE) {
            all = all.and(ofSlice.apply(tensor.offset + from, Math.min(SLICE, tensor.length - from)));
        }
        return all;
    }

    private static Moments moments(INDArray values) {
        INDArray slice = magnitudes(values);
        double origin = slice.getDouble(0);
        slice.subi(origin);
        double sum = slice.sumNumber().doubleValue();
        slice.muli(slice);
        return Moments.around(origin, slice.length(), sum, slice.sumNumber().doubleValue());
    }

    /** k of counts with their signs; 1 where there is none, as in a state of zeros. */
    private static INDArray numbers(INDArray counts) {
        return Transforms.max(Transforms.abs(counts, true), 1, false);
    }

    private static INDArray signs(EpochMark mark, long position, long size, DataType type) {
        float[] signs = new float[(int) size];
        for (int i = 0; i < size; i++) {
            signs[i] = mark.sign(position + i);
        }
        return Nd4j.createFromArray(signs).castTo(type);
    }

    @Override
    public void drop(INDArray state, long parameters, EpochMark mark, long position) {
        slice(state, 0, parameters).assign(-0.0);
        for (long from = 0; from < parameters; from += SLICE) {
            long size = Math.min(SLICE, parameters - from);
            slice(state, parameters + from, size).assign(signs(mark, position + from, size, state.dataType()));
        }
    }

    @Override
    public List<UpdateCount> step(
            INDArray gradient, INDArray state, List<ParameterTensor> tensors, List<GroupStep> rules) {
        List<UpdateCount> counts = new ArrayList<>();
        for (int i = 0; i < tensors.size(); i++) {
            counts.add(step(gradient, state, tensors.get(i), rules.get(i)));
        }
        return counts;
    }

    private static UpdateCount step(INDArray gradient, INDArray state, ParameterTensor tensor, GroupStep rule) {
        UpdateCount all = UpdateCount.NONE;
        for (long from = 0; from < tensor.length; from += SLICE) {
            int size = (int) Math.min(SLICE, tensor.length - from);
            all = all.and(stepSlice(
                    gradient, state, tensor.offset + from, size, tensor.first + from, tensor.position + from, rule));
        }
        return all;
    }

    private static UpdateCount stepSlice(
            INDArray gradient, INDArray state, long offset, int size, long first, long position, GroupStep rule) {
        boolean moving = rule.momentum > 0;
        long parameters = state.length() / (moving ? 3 : 2);
        INDArray gradients = slice(gradient, offset, size);
        INDArray sums = slice(state, offset, size);
        INDArray counts = slice(state, parameters + offset, size);
        INDArray numbers = numbers(counts);
        sums.addi(gradients);
        INDArray updates = updated(rule.ofRunningMean ? sums.div(numbers) : gradients, size, first, rule);
        INDArray update = rule.scaled ? sums.mul(rule.rate) : sums.div(numbers).muli(rule.rate);
        if (moving) {
            INDArray velocities = slice(state, 2 * parameters + offset, size);
            update.addi(velocities.mul(rule.momentum));
            velocities.assign(select(updates, update, velocities));
        }
        INDArray zeros = Nd4j.zerosLike(update);
        gradients.assign(select(updates, update, zeros));
        sums.assign(select(updates, zeros.neg(), sums));
        double batches = select(updates, numbers, zeros)
                .castTo(DataType.DOUBLE)
                .sumNumber()
                .doubleValue();
        counts.assign(select(updates, zeros, numbers)).addi(1).muli(signs(rule.mark, position, size, state.dataType()));
        long number = updates.castTo(DataType.DOUBLE).sumNumber().longValue();
        return new UpdateCount(size, number, batches);
    }

    /** u &lt; p for each element. */
    private static INDArray updated(INDArray values, int size, long first, GroupStep rule) {
        double[] uniforms = new double[size];
        for (int i = 0; i < size; i++) {
            uniforms[i] = rule.draws.uniform(first + i);
        }
        INDArray u = Nd4j.createFromArray(uniforms);
        UpdateProbability probability = rule.probability;
        if (probability.slope == 0) {
            return u.lt(UpdateProbability.logistic(probability.shift));
        }
        INDArray x = magnitudes(values)
                .subi(probability.mean)
                .muli(probability.slope)
                .addi(probability.shift);
        return u.lt(Transforms.sigmoid(x, false));
    }

    private static INDArray magnitudes(INDArray values) {
        INDArray copy = values.dataType() == DataType.DOUBLE ? values.dup() : values.castTo(DataType.DOUBLE);
        return Transforms.abs(copy, false);
    }

    /** Not by products with 0 and 1, which would spread NaN. */
    private static INDArray select(INDArray condition, INDArray yes, INDArray no) {
        INDArray result = Nd4j.createUninitialized(yes.dataType(), yes.shape());
        Nd4j.exec(DynamicCustomOp.builder("select")
                .addInputs(condition, yes, no)
                .addOutputs(result)
                .build());
        return result;
    }

    private static INDArray slice(INDArray vector, long offset, long length) {
        return vector.reshape(vector.length()).get(NDArrayIndex.interval(offset, offset + length));
    }
}
