package io.dl4jext.fisher;

import java.util.concurrent.atomic.AtomicInteger;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Scales by another factor each time, whatever ND4J's random numbers are. */
final class ForgetfulDropout implements IDropout {

    private static final long serialVersionUID = 1L;

    private static final AtomicInteger CALLS = new AtomicInteger();

    private double factor = 1;

    @Override
    public INDArray applyDropout(
            INDArray input, INDArray result, int iteration, int epoch, LayerWorkspaceMgr workspaces) {
        factor = 1 + CALLS.incrementAndGet() % 3;
        return input.muli(factor, result);
    }

    @Override
    public INDArray backprop(INDArray gradAtOutput, INDArray gradAtInput, int iteration, int epoch) {
        return gradAtOutput.muli(factor, gradAtInput);
    }

    @Override
    public void clear() {}

    @Override
    @SuppressWarnings("MethodDoesntCallSuperMethod")
    public ForgetfulDropout clone() {
        return new ForgetfulDropout();
    }
}
