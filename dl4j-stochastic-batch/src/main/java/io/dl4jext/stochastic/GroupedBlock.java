package io.dl4jext.stochastic;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.regularization.Regularization;

/**
 * An updater block that knows its tensors, those that are frozen left out. It stands in the updater's list in place of
 * DL4J's own block and has the same state and gradient. Where that one adds l1 and l2, steps, and applies weight decay,
 * here l1 and l2 are added to all blocks before the first one steps: its probabilities depend on the others' gradients.
 */
final class GroupedBlock extends UpdaterBlock {

    private final GroupedParameters owner;
    private final StochasticBatchUpdater updater;
    private final List<ParameterTensor> tensors = new ArrayList<>();
    private final long position;

    /** @param position where it begins in the {@link EpochMark} */
    GroupedBlock(UpdaterBlock block, GroupedParameters owner, long position) {
        super(
                block.getParamOffsetStart(),
                block.getParamOffsetEnd(),
                block.getUpdaterViewOffsetStart(),
                block.getUpdaterViewOffsetEnd(),
                block.getLayersAndVariablesInBlock());
        this.owner = owner;
        this.position = position;
        this.updater = (StochasticBatchUpdater) block.getGradientUpdater();
        setUpdaterView(block.getUpdaterView());
        setGradientView(block.getGradientView());
        setUpdaterViewRequiresInitialization(block.isUpdaterViewRequiresInitialization());
        setGradientUpdater(updater);
    }

    GroupedParameters owner() {
        return owner;
    }

    StochasticBatchUpdater updater() {
        return updater;
    }

    List<ParameterTensor> tensors() {
        return tensors;
    }

    boolean isReset() {
        return updater.getConfig().isResetEachEpoch();
    }

    long position() {
        return position;
    }

    @Override
    public void update(int iteration, int epoch) {
        owner.update(this, iteration, epoch, null, null);
    }

    @Override
    public void updateExternalGradient(int iteration, int epoch, INDArray gradient, INDArray parameters) {
        owner.update(this, iteration, epoch, gradient, parameters);
    }

    /**
     * @param external the gradient of the whole network if it is not the network's own, else null
     * @return this block's part
     */
    INDArray gradient(INDArray external) {
        return external == null
                ? getGradientView()
                : external.reshape(external.length())
                        .get(NDArrayIndex.interval(getParamOffsetStart(), getParamOffsetEnd()));
    }

    void regularise(
            Regularization.ApplyStep step, int iteration, int epoch, INDArray external, INDArray externalParameters) {
        applyRegularizationAllVariables(step, iteration, epoch, external != null, external, externalParameters);
    }

    /** Not to what is frozen: it would be the step, as nothing else is. */
    @Override
    protected void applyRegularization(
            Regularization.ApplyStep step,
            Trainable layer,
            String parameter,
            INDArray gradient,
            INDArray parameters,
            int iteration,
            int epoch,
            double rate) {
        if (!GroupedParameters.isFrozen(layer)) {
            super.applyRegularization(step, layer, parameter, gradient, parameters, iteration, epoch, rate);
        }
    }

    // Lombok's equals of the superclass would compare whole arrays; a block is itself.
    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
