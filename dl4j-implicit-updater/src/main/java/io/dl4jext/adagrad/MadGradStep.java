package io.dl4jext.adagrad;

import io.dl4jext.elementwise.ElementStep;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** The arrays: gradient, its weighted sum s, the weighted sum of its squares v, the displacement from the start. */
final class MadGradStep implements ElementStep {

    private final double weight;
    private final double fresh;
    private final double epsilon;

    MadGradStep(MadGrad updater, int iteration, int epoch) {
        double rate = updater.getLearningRate(iteration, epoch);
        epsilon = updater.getEpsilon();
        weight = rate == 0 ? 0 : (rate + epsilon) * Math.sqrt(iteration + 1.0);
        fresh = 1 - updater.getMomentum();
    }

    @Override
    public int[] states() {
        return new int[] {0, 1, 2};
    }

    @Override
    public boolean writes(int array) {
        return true;
    }

    @Override
    public void floats(float[][] arrays, int n, long first) {
        FloatLoops.accumulate(arrays[2], arrays[0], 1, (float) weight, n);
        FloatLoops.add(arrays[1], arrays[0], (float) weight, n);
        FloatLoops.overCubeRoot(arrays[0], arrays[1], arrays[2], (float) epsilon, n);
        FloatLoops.follow(arrays[0], arrays[3], (float) fresh, n);
    }

    @Override
    public void doubles(double[][] arrays, int n, long first) {
        DoubleLoops.accumulate(arrays[2], arrays[0], 1, weight, n);
        DoubleLoops.add(arrays[1], arrays[0], weight, n);
        DoubleLoops.overCubeRoot(arrays[0], arrays[1], arrays[2], epsilon, n);
        DoubleLoops.follow(arrays[0], arrays[3], fresh, n);
    }

    @Override
    public void operations(INDArray[] arrays, long first) {
        arrays[2].addi(arrays[0].mul(arrays[0]).muli(weight));
        arrays[1].addi(arrays[0].mul(weight));
        INDArray root = Transforms.pow(arrays[2], 1.0 / 3, true);
        INDArray target = arrays[1].div(root.addi(epsilon));
        INDArray displacement = arrays[3].mul(1 - fresh).addi(target.muli(fresh));
        arrays[0].assign(displacement.sub(arrays[3]));
        arrays[3].assign(displacement);
    }
}
