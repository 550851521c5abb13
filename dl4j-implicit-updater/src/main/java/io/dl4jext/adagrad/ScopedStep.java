package io.dl4jext.adagrad;

/** One factor for all parameters of a scope, then momentum. The arrays: gradient, velocity if there is momentum. */
final class ScopedStep extends KernelStep {

    private final double factor;
    private final Momentum momentum;

    ScopedStep(double factor, Momentum momentum) {
        super(1, 1 + momentum.stateNames().size());
        this.factor = factor;
        this.momentum = momentum;
    }

    @Override
    <A> void run(Kernels<A> kernels, A[] arrays, int n) {
        kernels.multiply(arrays[0], factor, n);
        momentum.move(kernels, arrays, 1, n);
    }
}
