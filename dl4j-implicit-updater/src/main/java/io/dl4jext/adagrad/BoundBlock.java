package io.dl4jext.adagrad;

import io.dl4jext.updater.internal.elementwise.RatedUpdater;
import io.dl4jext.updater.internal.elementwise.StateUpdater;
import io.dl4jext.updater.internal.elementwise.VectorPart;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.regularization.Regularization.ApplyStep;

/**
 * An updater block that shows its updater the tensors. It stands in the updater's list in place of DL4J's own, with the
 * same state and gradient.
 */
final class BoundBlock extends UpdaterBlock {

    private final BoundParameters owner;
    private final StateUpdater updater;
    private final TensorPlaces places;

    BoundBlock(UpdaterBlock block, BoundParameters owner) {
        super(
                block.getParamOffsetStart(),
                block.getParamOffsetEnd(),
                block.getUpdaterViewOffsetStart(),
                block.getUpdaterViewOffsetEnd(),
                block.getLayersAndVariablesInBlock());
        this.owner = owner;
        this.updater = (StateUpdater) block.getGradientUpdater();
        this.places = new TensorPlaces(block.getLayersAndVariablesInBlock());
        setUpdaterView(block.getUpdaterView());
        setGradientView(block.getGradientView());
        setUpdaterViewRequiresInitialization(block.isUpdaterViewRequiresInitialization());
        setGradientUpdater(updater);
    }

    /** What one accumulator belongs to; a parameter where there is no accumulator of a scope. */
    private static AccumulatorScope scope(RatedUpdater config) {
        return config instanceof AdaGradFamily ? ((AdaGradFamily) config).getScope() : AccumulatorScope.PARAMETER;
    }

    boolean isOfNetworkScope() {
        return scope(updater.getConfig()) == AccumulatorScope.NETWORK;
    }

    @Override
    public void update(int iteration, int epoch) {
        owner.update(this, iteration, epoch, null, null);
    }

    @Override
    public void updateExternalGradient(int iteration, int epoch, INDArray gradient, INDArray parameters) {
        owner.update(this, iteration, epoch, gradient, parameters);
    }

    void regularise(ApplyStep step, int iteration, int epoch, INDArray external, INDArray externalParameters) {
        applyRegularizationAllVariables(step, iteration, epoch, external != null, external, externalParameters);
    }

    /**
     * DL4J makes the gradient of a frozen layer 0, or leaves it as it was, and no more: l1, l2 and weight decay would
     * move it all the same.
     */
    @Override
    protected void applyRegularization(
            ApplyStep step,
            Trainable layer,
            String name,
            INDArray gradient,
            INDArray parameters,
            int iteration,
            int epoch,
            double rate) {
        if (owner.isTrained(layer)) {
            super.applyRegularization(step, layer, name, gradient, parameters, iteration, epoch, rate);
        }
    }

    /**
     * The sum with the squares of this block's gradient added tensor by tensor: the same however DL4J joins tensors.
     */
    double addSquares(double sum, INDArray external) {
        INDArray gradient = gradient(external);
        double total = sum;
        for (ParamState tensor : getLayersAndVariablesInBlock()) {
            if (TensorPlaces.length(tensor) > 0 && owner.isTrained(tensor.getLayer())) {
                total += updater.sumOfSquares(part(gradient, tensor));
            }
        }
        return total;
    }

    /** The steps of its tensors; squares is that of the network scope and counts only there. */
    void step(double squares, int iteration, int epoch, INDArray external, INDArray externalParameters) {
        INDArray gradient = gradient(external);
        INDArray allParameters = flat(external == null ? owner.parameters() : externalParameters);
        boolean ofTensor = scope(updater.getConfig()) == AccumulatorScope.TENSOR;
        for (ParamState tensor : getLayersAndVariablesInBlock()) {
            if (TensorPlaces.length(tensor) == 0) {
                continue;
            }
            VectorPart part = part(gradient, tensor);
            if (!owner.isTrained(tensor.getLayer())) {
                stay(part);
                continue;
            }
            VectorPart parameters = new VectorPart(allParameters, places.begin(tensor), part.length);
            double own = ofTensor ? updater.sumOfSquares(part) : squares;
            step(updater, part, part.offset, parameters, own, iteration, epoch);
        }
    }

    /**
     * No step. Within FrozenLayerWithBackprop the gradient is 0, but the step may be another; below a FrozenLayer it is
     * what the last step left, as no backward pass comes there.
     */
    private static void stay(VectorPart gradient) {
        gradient.vector
                .get(NDArrayIndex.interval(gradient.offset, gradient.offset + gradient.length))
                .assign(0);
    }

    /**
     * The step of neighbouring parameters of one tensor.
     *
     * @param squares of the gradient's norm in its scope; counts only if there is one
     */
    static void step(
            StateUpdater updater,
            VectorPart gradient,
            long offset,
            VectorPart parameters,
            double squares,
            int iteration,
            int epoch) {
        RatedUpdater config = updater.getConfig();
        if (scope(config) == AccumulatorScope.PARAMETER) {
            updater.run(config.step(iteration, epoch), gradient, offset, parameters);
            return;
        }
        // In the tensor's first element: there it stays when DL4J merges, splits, saves or averages the state.
        AdaGradFamily family = (AdaGradFamily) config;
        INDArray accumulator = updater.state(0);
        double sum = family.accumulate(accumulator.getDouble(offset), squares);
        accumulator.putScalar(offset, sum);
        updater.run(family.scopedStep(sum, iteration, epoch), gradient, offset, parameters);
    }

    private VectorPart part(INDArray gradient, ParamState tensor) {
        return new VectorPart(gradient, places.begin(tensor) - getParamOffsetStart(), TensorPlaces.length(tensor));
    }

    private INDArray gradient(INDArray external) {
        return external == null
                ? flat(getGradientView())
                : flat(external).get(NDArrayIndex.interval(getParamOffsetStart(), getParamOffsetEnd()));
    }

    /** On 1.0.0-beta7 these are rows of rank 2. */
    private static INDArray flat(INDArray vector) {
        return vector.rank() == 1 ? vector : vector.reshape(vector.length());
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
