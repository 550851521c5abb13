package io.dl4jext.adagrad;

import io.dl4jext.updater.internal.elementwise.Problems;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** G = G₀ + the sum of the last W values of g², each in a state array, the oldest first. */
final class WindowSum extends Accumulator {

    private static final long serialVersionUID = 1L;

    /** A state array for each; a larger window is a mistake, and its names alone would fill the memory. */
    private static final int LARGEST = 10_000;

    /** @param decay other than 1 only in a file that someone wrote by hand, and refused */
    WindowSum(double start, double decay, int window, AccumulatorScope scope) {
        super(Accumulation.WINDOW, start, decay, window, scope);
    }

    @Override
    void check(Problems problems) {
        super.check(problems);
        problems.require(decay() == 1, "accumulatorDecay = 1 with " + kind(), decay())
                .require(window() >= 1, "window ≥ 1", window())
                .require(window() <= LARGEST, "window ≤ " + LARGEST, window())
                .require(
                        scope() == AccumulatorScope.PARAMETER,
                        "a window with an accumulator for each PARAMETER only",
                        scope());
    }

    @Override
    boolean keepsStart() {
        return true;
    }

    @Override
    List<String> stateNames() {
        return IntStream.range(0, window()).mapToObj(i -> "G" + i).collect(Collectors.toList());
    }

    @Override
    double initialState() {
        return 0;
    }

    @Override
    <A> A add(Kernels<A> kernels, A[] arrays, int n) {
        for (int j = 1; j < window(); j++) {
            kernels.copy(arrays[j + 1], arrays[j], n);
        }
        kernels.square(arrays[window()], arrays[0], n);
        A sum = kernels.filled(arrays[0], start(), n);
        for (int j = 1; j <= window(); j++) {
            kernels.add(sum, arrays[j], n);
        }
        return sum;
    }

    /** A window has no other scope than the parameter. */
    @Override
    double add(double sum, double squares) {
        throw new UnsupportedOperationException("A window has an accumulator for each PARAMETER only");
    }
}
