package io.dl4jext.adagrad;

import io.dl4jext.elementwise.ElementStep;
import io.dl4jext.elementwise.StepCount;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * The arrays: gradient, its weighted sum s, the weighted sum of its squares v, the displacement from the start, the number of
 * steps.
 */
final class MadGradStep implements ElementStep {

    private final double rate;
    private final double fresh;
    private final double epsilon;
    private final int iteration;

    MadGradStep(MadGrad updater, int iteration, int epoch) {
        double learningRate = updater.getLearningRate(iteration, epoch);
        epsilon = updater.getEpsilon();
        rate = learningRate == 0 ? 0 : learningRate + epsilon;
        fresh = 1 - updater.getMomentum();
        this.iteration = iteration;
    }

    @Override
    public int[] states() {
        return new int[] {0, 1, 2, 3};
    }

    @Override
    public boolean writes(int array) {
        return true;
    }

    @Override
    public void floats(float[][] arrays, int n, long first) {
        StepCount.increase(arrays[4], iteration, n);
        float[] weights = new float[n];
        FloatLoops.weights(weights, arrays[4], (float) rate, n);
        FloatLoops.accumulate(arrays[1], arrays[2], arrays[0], weights, n);
        FloatLoops.overCubeRoot(arrays[0], arrays[1], arrays[2], (float) epsilon, n);
        FloatLoops.follow(arrays[0], arrays[3], (float) fresh, n);
    }

    @Override
    public void doubles(double[][] arrays, int n, long first) {
        StepCount.increase(arrays[4], n);
        double[] weights = new double[n];
        DoubleLoops.weights(weights, arrays[4], rate, n);
        DoubleLoops.accumulate(arrays[1], arrays[2], arrays[0], weights, n);
        DoubleLoops.overCubeRoot(arrays[0], arrays[1], arrays[2], epsilon, n);
        DoubleLoops.follow(arrays[0], arrays[3], fresh, n);
    }

    @Override
    public void operations(INDArray[] arrays, long first) {
        StepCount.increase(arrays[4], iteration);
        INDArray weighted = Transforms.sqrt(arrays[4], true).muli(rate).muli(arrays[0]);
        arrays[1].addi(weighted);
        arrays[2].addi(weighted.muli(arrays[0]));
        INDArray root = Transforms.pow(arrays[2], 1.0 / 3, true);
        INDArray target = arrays[1].div(root.addi(epsilon));
        INDArray displacement = arrays[3].mul(1 - fresh).addi(target.muli(fresh));
        arrays[0].assign(displacement.sub(arrays[3]));
        arrays[3].assign(displacement);
    }
}
