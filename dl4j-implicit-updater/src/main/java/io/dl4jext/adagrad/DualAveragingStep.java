package io.dl4jext.adagrad;

/**
 * The arrays: gradient, its sum z, the sum of its squares G; then around ZERO the number of steps if there is a
 * penalty, and the parameters, around START the displacement from the start.
 */
final class DualAveragingStep extends KernelStep {

    private final boolean fromZero;
    private final boolean counted;
    private final double rate;
    private final double l1;
    private final double l2;
    private final int iteration;

    DualAveragingStep(DualAveraging updater, int iteration, int epoch) {
        super(updater.stateNames().size());
        fromZero = updater.getCentre() == Centre.ZERO;
        counted = updater.countsSteps();
        rate = updater.getLearningRate(iteration, epoch);
        l1 = updater.getL1();
        l2 = updater.getL2();
        this.iteration = iteration;
    }

    @Override
    public boolean needsParameters() {
        return fromZero;
    }

    @Override
    <A> void run(Kernels<A> kernels, A[] arrays, int n) {
        kernels.accumulate(arrays[2], arrays[0], 1, 1, n);
        kernels.add(arrays[1], arrays[0], n);
        if (counted) {
            kernels.count(arrays[3], iteration, n);
            kernels.shrink(arrays[0], arrays[1], arrays[3], l1, n);
            kernels.averageShrunk(arrays[0], arrays[2], arrays[3], arrays[4], rate, l2 * rate, n);
        } else if (fromZero) {
            kernels.average(arrays[0], arrays[1], arrays[2], arrays[3], rate, n);
        } else {
            kernels.displacement(arrays[0], arrays[1], arrays[2], rate, n);
            kernels.follow(arrays[0], arrays[3], 1, n);
        }
    }
}
