package io.dl4jext.stochastic;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Passes over a single tensor. */
final class OneTensor {

    private OneTensor() {}

    static Moments measure(Passes passes, INDArray gradient, long offset, long length) {
        return passes.measure(gradient, at(offset, length, 0, 0)).get(0);
    }

    static Moments measureMeans(
            Passes passes, INDArray gradient, INDArray state, long parameters, long offset, long length) {
        return passes.measureMeans(gradient, state, parameters, at(offset, length, 0, 0))
                .get(0);
    }

    static UpdateCount step(
            Passes passes,
            INDArray gradient,
            INDArray state,
            long offset,
            long length,
            long first,
            long position,
            GroupStep rule) {
        return passes.step(gradient, state, at(offset, length, first, position), List.of(rule))
                .get(0);
    }

    private static List<ParameterTensor> at(long offset, long length, long first, long position) {
        return List.of(new ParameterTensor(null, offset, length, first, position));
    }
}
