package io.dl4jext.adagrad;

import io.dl4jext.elementwise.ElementStep;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * AdaGrad with an accumulator for each parameter. The arrays: gradient, accumulator (or the slots of the window, the oldest
 * square first), velocity if there is momentum, parameters if the step is proximal.
 */
final class AdaGradStep implements ElementStep {

    private final double rate;
    private final double old;
    private final double fresh;
    private final double inside;
    private final double outside;
    private final double start;
    private final double l1;
    private final double l2;
    private final double momentum;
    private final int slots;

    AdaGradStep(AdaGradFamily family, int iteration, int epoch) {
        rate = family.getLearningRate(iteration, epoch);
        old = family.oldWeight();
        fresh = family.freshWeight();
        boolean within = family.getEpsilonPlace() == EpsilonPlace.INSIDE_ROOT;
        inside = within ? family.getEpsilon() : 0;
        outside = within ? 0 : family.getEpsilon();
        start = family.getInitialAccumulator();
        l1 = family.getL1();
        l2 = family.getL2();
        momentum = family.getMomentum();
        slots = family.getWindow();
    }

    private int accumulators() {
        return Math.max(1, slots);
    }

    @Override
    public int[] states() {
        return IntStream.range(0, accumulators() + (momentum > 0 ? 1 : 0)).toArray();
    }

    @Override
    public boolean needsParameters() {
        return l1 > 0 || l2 > 0;
    }

    @Override
    public boolean writes(int array) {
        return array <= accumulators() || momentum > 0 && array == 1 + accumulators();
    }

    @Override
    public void floats(float[][] arrays, int n, long first) {
        float[] gradient = arrays[0];
        float[] sum = arrays[1];
        if (slots == 0) {
            FloatLoops.accumulate(sum, gradient, (float) old, (float) fresh, n);
        } else {
            for (int j = 1; j < slots; j++) {
                System.arraycopy(arrays[j + 1], 0, arrays[j], 0, n);
            }
            FloatLoops.square(arrays[slots], gradient, n);
            sum = new float[n];
            Arrays.fill(sum, (float) start);
            for (int j = 1; j <= slots; j++) {
                FloatLoops.add(sum, arrays[j], 1, n);
            }
        }
        if (needsParameters()) {
            float[] rates = new float[n];
            FloatLoops.rates(rates, sum, (float) rate, (float) inside, (float) outside, n);
            FloatLoops.proximal(gradient, rates, arrays[1 + accumulators()], (float) l1, (float) l2, n);
        } else {
            FloatLoops.scale(gradient, sum, (float) rate, (float) inside, (float) outside, n);
        }
        if (momentum > 0) {
            FloatLoops.move(gradient, arrays[1 + accumulators()], (float) momentum, n);
        }
    }

    @Override
    public void doubles(double[][] arrays, int n, long first) {
        double[] gradient = arrays[0];
        double[] sum = arrays[1];
        if (slots == 0) {
            DoubleLoops.accumulate(sum, gradient, old, fresh, n);
        } else {
            for (int j = 1; j < slots; j++) {
                System.arraycopy(arrays[j + 1], 0, arrays[j], 0, n);
            }
            DoubleLoops.square(arrays[slots], gradient, n);
            sum = new double[n];
            Arrays.fill(sum, start);
            for (int j = 1; j <= slots; j++) {
                DoubleLoops.add(sum, arrays[j], 1, n);
            }
        }
        if (needsParameters()) {
            double[] rates = new double[n];
            DoubleLoops.rates(rates, sum, rate, inside, outside, n);
            DoubleLoops.proximal(gradient, rates, arrays[1 + accumulators()], l1, l2, n);
        } else {
            DoubleLoops.scale(gradient, sum, rate, inside, outside, n);
        }
        if (momentum > 0) {
            DoubleLoops.move(gradient, arrays[1 + accumulators()], momentum, n);
        }
    }

    @Override
    public void operations(INDArray[] arrays, long first) {
        INDArray gradient = arrays[0];
        INDArray sum = arrays[1];
        if (slots == 0) {
            sum.muli(old).addi(gradient.mul(gradient).muli(fresh));
        } else {
            for (int j = 1; j < slots; j++) {
                arrays[j].assign(arrays[j + 1]);
            }
            arrays[slots].assign(gradient.mul(gradient));
            sum = arrays[1].add(start);
            for (int j = 2; j <= slots; j++) {
                sum.addi(arrays[j]);
            }
        }
        INDArray rates = Transforms.sqrt(sum.add(inside), false).addi(outside).rdivi(rate);
        gradient.muli(rates);
        if (needsParameters()) {
            INDArray parameters = arrays[1 + accumulators()];
            INDArray shrunk = Shrinkage.of(parameters.sub(gradient), rates.mul(l1));
            gradient.assign(parameters.sub(shrunk.divi(rates.muli(l2).addi(1))));
        }
        if (momentum > 0) {
            INDArray velocity = arrays[1 + accumulators()];
            velocity.muli(momentum).addi(gradient);
            gradient.assign(velocity);
        }
    }
}
