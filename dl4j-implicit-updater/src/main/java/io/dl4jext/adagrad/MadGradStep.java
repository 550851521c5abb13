package io.dl4jext.adagrad;

/**
 * The arrays: gradient, its weighted sum s, the weighted sum of its squares v, the displacement from the start, the
 * number of steps.
 */
final class MadGradStep extends KernelStep {

    private final double rate;
    private final double fresh;
    private final double epsilon;
    private final int iteration;

    MadGradStep(MadGrad updater, int iteration, int epoch) {
        super(updater.stateNames().size());
        double learningRate = updater.getLearningRate(iteration, epoch);
        epsilon = updater.getEpsilon();
        rate = learningRate == 0 ? 0 : learningRate + epsilon;
        fresh = 1 - updater.getMomentum();
        this.iteration = iteration;
    }

    @Override
    <A> void run(Kernels<A> kernels, A[] arrays, int n) {
        kernels.count(arrays[4], iteration, n);
        kernels.weigh(arrays[1], arrays[2], arrays[0], arrays[4], rate, n);
        kernels.overCubeRoot(arrays[0], arrays[1], arrays[2], epsilon, n);
        kernels.follow(arrays[0], arrays[3], fresh, n);
    }
}
