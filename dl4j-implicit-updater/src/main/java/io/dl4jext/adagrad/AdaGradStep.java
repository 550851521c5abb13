package io.dl4jext.adagrad;

/**
 * AdaGrad with an accumulator for each parameter. The arrays: gradient, those of the accumulator, velocity if there is
 * momentum, parameters if the step is proximal.
 */
final class AdaGradStep extends KernelStep {

    private final Accumulator accumulator;
    private final Root root;
    private final Penalty penalty;
    private final Momentum momentum;
    private final double rate;
    private final int behindAccumulator;

    AdaGradStep(Accumulator accumulator, Root root, Penalty penalty, Momentum momentum, double rate) {
        super(accumulator.stateNames().size() + momentum.stateNames().size());
        this.accumulator = accumulator;
        this.root = root;
        this.penalty = penalty;
        this.momentum = momentum;
        this.rate = rate;
        behindAccumulator = 1 + accumulator.stateNames().size();
    }

    @Override
    public boolean needsParameters() {
        return penalty.isOn();
    }

    @Override
    <A> void run(Kernels<A> kernels, A[] arrays, int n) {
        A sum = accumulator.add(kernels, arrays, n);
        if (penalty.isOn()) {
            penalty.step(kernels, arrays[0], root.rates(kernels, sum, rate, n), arrays[behindAccumulator], n);
        } else {
            root.scale(kernels, arrays[0], sum, rate, n);
        }
        momentum.move(kernels, arrays, behindAccumulator, n);
    }
}
