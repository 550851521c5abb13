package io.dl4jext.fisher.internal.capture;

import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/** Does what another loss function does, which those want that only watch it in a network that nobody else has. */
public abstract class ForwardingLoss implements ILossFunction {

    private static final long serialVersionUID = 1L;

    private final ILossFunction loss;

    protected ForwardingLoss(ILossFunction loss) {
        this.loss = loss;
    }

    protected final ILossFunction loss() {
        return loss;
    }

    @Override
    public double computeScore(
            INDArray labels, INDArray preOutput, IActivation activation, INDArray mask, boolean average) {
        return loss.computeScore(labels, preOutput, activation, mask, average);
    }

    @Override
    public INDArray computeScoreArray(INDArray labels, INDArray preOutput, IActivation activation, INDArray mask) {
        return loss.computeScoreArray(labels, preOutput, activation, mask);
    }

    @Override
    public INDArray computeGradient(INDArray labels, INDArray preOutput, IActivation activation, INDArray mask) {
        return loss.computeGradient(labels, preOutput, activation, mask);
    }

    @Override
    public Pair<Double, INDArray> computeGradientAndScore(
            INDArray labels, INDArray preOutput, IActivation activation, INDArray mask, boolean average) {
        return loss.computeGradientAndScore(labels, preOutput, activation, mask, average);
    }

    @Override
    public String name() {
        return loss.name();
    }
}
