package io.dl4jext.adagrad;

import io.dl4jext.updater.internal.elementwise.ElementStep;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A step written once, in {@link Kernels}: it takes all state arrays and, if needed, the parameters behind them. */
abstract class KernelStep implements ElementStep {

    private static final Kernels<float[]> FLOATS = new FloatLoops();
    private static final Kernels<double[]> DOUBLES = new DoubleLoops();
    private static final Kernels<INDArray> OPERATIONS = new Operations();

    private final int firstState;
    private final int states;

    KernelStep(int states) {
        this(0, states);
    }

    /** @param firstState those before it are left out */
    KernelStep(int firstState, int states) {
        this.firstState = firstState;
        this.states = states;
    }

    abstract <A> void run(Kernels<A> kernels, A[] arrays, int n);

    @Override
    public final int[] states() {
        return IntStream.range(firstState, states).toArray();
    }

    /** All but the parameters. */
    @Override
    public final boolean writes(int array) {
        return array <= states - firstState;
    }

    @Override
    public final void floats(float[][] arrays, int n, long first) {
        run(FLOATS, arrays, n);
    }

    @Override
    public final void doubles(double[][] arrays, int n, long first) {
        run(DOUBLES, arrays, n);
    }

    @Override
    public final void operations(INDArray[] arrays, long first) {
        run(OPERATIONS, arrays, Math.toIntExact(Math.min(Integer.MAX_VALUE, arrays[0].length())));
    }
}
