package io.dl4jext.adagrad;

import io.dl4jext.elementwise.ElementStep;
import io.dl4jext.elementwise.StepCount;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * The arrays: gradient, its sum z, the sum of its squares G; then around ZERO the number of steps if there is a penalty, and
 * the parameters, around START the displacement from the start.
 */
final class DualAveragingStep implements ElementStep {

    private final boolean fromZero;
    private final boolean counted;
    private final int states;
    private final double rate;
    private final double l1;
    private final double l2;
    private final int iteration;

    DualAveragingStep(DualAveraging updater, int iteration, int epoch) {
        fromZero = updater.getCentre() == Centre.ZERO;
        counted = updater.countsSteps();
        states = updater.stateNames().size();
        rate = updater.getLearningRate(iteration, epoch);
        l1 = updater.getL1();
        l2 = updater.getL2();
        this.iteration = iteration;
    }

    @Override
    public int[] states() {
        return IntStream.range(0, states).toArray();
    }

    @Override
    public boolean needsParameters() {
        return fromZero;
    }

    /** All but the parameters. */
    @Override
    public boolean writes(int array) {
        return array <= states;
    }

    @Override
    public void floats(float[][] arrays, int n, long first) {
        FloatLoops.accumulate(arrays[2], arrays[0], 1, 1, n);
        FloatLoops.add(arrays[1], arrays[0], 1, n);
        if (counted) {
            StepCount.increase(arrays[3], iteration, n);
            FloatLoops.shrink(arrays[0], arrays[1], arrays[3], (float) l1, n);
            FloatLoops.average(arrays[0], arrays[2], arrays[3], arrays[4], (float) rate, (float) (l2 * rate), n);
        } else if (fromZero) {
            FloatLoops.average(arrays[0], arrays[1], arrays[2], arrays[3], (float) rate, n);
        } else {
            FloatLoops.displacement(arrays[0], arrays[1], arrays[2], (float) rate, n);
            FloatLoops.follow(arrays[0], arrays[3], 1, n);
        }
    }

    @Override
    public void doubles(double[][] arrays, int n, long first) {
        DoubleLoops.accumulate(arrays[2], arrays[0], 1, 1, n);
        DoubleLoops.add(arrays[1], arrays[0], 1, n);
        if (counted) {
            StepCount.increase(arrays[3], n);
            DoubleLoops.shrink(arrays[0], arrays[1], arrays[3], l1, n);
            DoubleLoops.average(arrays[0], arrays[2], arrays[3], arrays[4], rate, l2 * rate, n);
        } else if (fromZero) {
            DoubleLoops.average(arrays[0], arrays[1], arrays[2], arrays[3], rate, n);
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
        if (counted) {
            StepCount.increase(arrays[3], iteration);
            INDArray averaged = Shrinkage.of(arrays[1], arrays[3].mul(l1)).muli(rate);
            averaged.divi(root.addi(arrays[3].mul(l2 * rate)));
            arrays[0].assign(averaged.addi(arrays[4]));
        } else if (fromZero) {
            arrays[0].assign(arrays[1].mul(rate).divi(root).addi(arrays[3]));
        } else {
            INDArray displacement = arrays[1].mul(rate).divi(root);
            arrays[0].assign(displacement.sub(arrays[3]));
            arrays[3].assign(displacement);
        }
    }
}
