package io.dl4jext.adagrad;

import io.dl4jext.elementwise.ElementStep;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One factor for all parameters of a scope, then momentum. The arrays: gradient, velocity if there is momentum. */
final class ScopedStep implements ElementStep {

    private final double factor;
    private final double momentum;

    ScopedStep(double factor, double momentum) {
        this.factor = factor;
        this.momentum = momentum;
    }

    @Override
    public int[] states() {
        return momentum > 0 ? new int[] {1} : new int[0];
    }

    @Override
    public boolean writes(int array) {
        return true;
    }

    @Override
    public void floats(float[][] arrays, int n, long first) {
        FloatLoops.multiply(arrays[0], (float) factor, n);
        if (momentum > 0) {
            FloatLoops.move(arrays[0], arrays[1], (float) momentum, n);
        }
    }

    @Override
    public void doubles(double[][] arrays, int n, long first) {
        DoubleLoops.multiply(arrays[0], factor, n);
        if (momentum > 0) {
            DoubleLoops.move(arrays[0], arrays[1], momentum, n);
        }
    }

    @Override
    public void operations(INDArray[] arrays, long first) {
        arrays[0].muli(factor);
        if (momentum > 0) {
            arrays[1].muli(momentum).addi(arrays[0]);
            arrays[0].assign(arrays[1]);
        }
    }
}
