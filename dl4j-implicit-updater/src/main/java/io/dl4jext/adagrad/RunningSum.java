package io.dl4jext.adagrad;

import io.dl4jext.updater.internal.elementwise.Problems;
import java.util.List;

/** G ← ρ·G + w·g²: plain with ρ = w = 1, decayed with w = 1, a moving average with w = 1 − ρ. */
final class RunningSum extends Accumulator {

    private static final long serialVersionUID = 1L;

    /** @param window other than 0 only in a file that someone wrote by hand, and refused */
    RunningSum(Accumulation kind, double start, double decay, int window, AccumulatorScope scope) {
        super(kind, start, decay, window, scope);
    }

    @Override
    void check(Problems problems) {
        super.check(problems);
        if (decays()) {
            problems.require(decay() > 0 && decay() < 1, "0 < accumulatorDecay < 1 with " + kind(), decay());
        } else {
            problems.require(decay() == 1, "accumulatorDecay = 1 with " + kind(), decay());
        }
        problems.require(window() == 0, "window = 0 with " + kind(), window());
    }

    private boolean decays() {
        return kind() == Accumulation.DECAYED_SUM || kind() == Accumulation.MOVING_AVERAGE;
    }

    @Override
    boolean keepsStart() {
        return !decays();
    }

    private double weight() {
        return kind() == Accumulation.MOVING_AVERAGE ? 1 - decay() : 1;
    }

    @Override
    List<String> stateNames() {
        return List.of("G");
    }

    @Override
    double initialState() {
        return start();
    }

    @Override
    <A> A add(Kernels<A> kernels, A[] arrays, int n) {
        kernels.accumulate(arrays[1], arrays[0], decay(), weight(), n);
        return arrays[1];
    }

    @Override
    double add(double sum, double squares) {
        return decay() * sum + weight() * squares;
    }
}
