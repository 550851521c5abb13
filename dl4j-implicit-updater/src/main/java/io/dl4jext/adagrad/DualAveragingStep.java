package io.dl4jext.adagrad;

import io.dl4jext.elementwise.ElementStep;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** The arrays: gradient, its sum z, the sum of its squares G, and the parameters or the displacement from the start. */
final class DualAveragingStep implements ElementStep {

    private final boolean fromZero;
    private final double rate;
    private final double l1;
    private final double l2;

    DualAveragingStep(DualAveraging updater, int iteration, int epoch) {
        double steps = iteration + 1.0;
        fromZero = updater.getCentre() == Centre.ZERO;
        rate = updater.getLearningRate(iteration, epoch);
        l1 = updater.getL1() * steps;
        l2 = updater.getL2() * steps * rate;
    }

    @Override
    public int[] states() {
        return fromZero ? new int[] {0, 1} : new int[] {0, 1, 2};
    }

    @Override
    public boolean needsParameters() {
        return fromZero;
    }

    @Override
    public boolean writes(int array) {
        return array < 3 || !fromZero;
    }

    @Override
    public void floats(float[][] arrays, int n, long first) {
        FloatLoops.accumulate(arrays[2], arrays[0], 1, 1, n);
        FloatLoops.add(arrays[1], arrays[0], 1, n);
        if (fromZero) {
            FloatLoops.average(arrays[0], arrays[1], arrays[2], arrays[3], (float) rate, (float) l1, (float) l2, n);
        } else {
            FloatLoops.displacement(arrays[0], arrays[1], arrays[2], (float) rate, n);
            FloatLoops.follow(arrays[0], arrays[3], 1, n);
        }
    }

    @Override
    public void doubles(double[][] arrays, int n, long first) {
        DoubleLoops.accumulate(arrays[2], arrays[0], 1, 1, n);
        DoubleLoops.add(arrays[1], arrays[0], 1, n);
        if (fromZero) {
            DoubleLoops.average(arrays[0], arrays[1], arrays[2], arrays[3], rate, l1, l2, n);
        } else {
            DoubleLoops.displacement(arrays[0], arrays[1], arrays[2], rate, n);
            DoubleLoops.follow(arrays[0], arrays[3], 1, n);
        }
    }

    @Override
    public void operations(INDArray[] arrays, long first) {
        arrays[2].addi(arrays[0].mul(arrays[0]));
        arrays[1].addi(arrays[0]);
        INDArray root = Transforms.sqrt(arrays[2], true);
        if (fromZero) {
            INDArray averaged = Shrinkage.of(arrays[1], l1).muli(rate).divi(root.addi(l2));
            arrays[0].assign(averaged.addi(arrays[3]));
        } else {
            INDArray displacement = arrays[1].mul(rate).divi(root);
            arrays[0].assign(displacement.sub(arrays[3]));
            arrays[3].assign(displacement);
        }
    }
}
