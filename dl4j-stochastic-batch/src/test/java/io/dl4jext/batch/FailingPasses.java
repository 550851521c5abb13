package io.dl4jext.batch;

import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Throws in the given forward passes, which it counts from 0. */
class FailingPasses extends BaseTrainingListener {

    private final List<Integer> at;
    private final BooleanSupplier ready;
    private int passes;

    FailingPasses(Integer... at) {
        this(List.of(at), () -> true);
    }

    /** @param ready awaited before it throws */
    FailingPasses(List<Integer> at, BooleanSupplier ready) {
        this.at = at;
        this.ready = ready;
    }

    private void pass() {
        if (at.contains(passes++)) {
            while (!ready.getAsBoolean()) {
                Thread.onSpinWait();
            }
            throw new IllegalStateException("pass failed on purpose");
        }
    }

    @Override
    public final void onForwardPass(Model model, List<INDArray> activations) {
        pass();
    }

    @Override
    public final void onForwardPass(Model model, Map<String, INDArray> activations) {
        pass();
    }
}
