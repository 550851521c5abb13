package io.dl4jext.fisher.internal.capture;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/**
 * For layers whose gradient follows from their input and their pre-activation delta. The delta is what the layer's own
 * activation function (at an output layer: loss function) returns from its backward pass.
 */
class DeltaPass extends OwnConfigurationPass {

    /** Adds a layer's contribution of F̃ given what its backward pass works with. */
    @FunctionalInterface
    interface Contribution {
        void add(INDArray input, INDArray delta);
    }

    private final Contribution contribution;

    private IActivation activation;
    private INDArray input;
    private INDArray delta;

    DeltaPass(Contribution contribution) {
        this.contribution = contribution;
    }

    @Override
    final void watch(Layer layer, BaseLayer settings) {
        if (settings instanceof BaseOutputLayer) {
            BaseOutputLayer output = (BaseOutputLayer) settings;
            output.setLossFn(new WatchedLoss(output.getLossFn(), layer));
        } else {
            activation = settings.getActivationFn();
            settings.setActivationFn(new WatchedActivation(layer));
        }
    }

    @Override
    void after(Layer layer) {
        super.after(layer);
        if (delta == null) {
            throw new IllegalStateException("its backward pass did not call its activation or loss function");
        }
        // By now the layer has applied its mask to the delta, in place.
        contribution.add(input, delta);
    }

    /** Called within the layer's backward pass, before it works on with the delta. */
    void saw(Layer layer, INDArray seen) {
        input = layer.input();
        delta = seen;
    }

    private final class WatchedActivation implements IActivation {
        private final transient Layer layer;

        WatchedActivation(Layer layer) {
            this.layer = layer;
        }

        @Override
        public INDArray getActivation(INDArray in, boolean training) {
            return activation.getActivation(in, training);
        }

        @Override
        public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
            Pair<INDArray, INDArray> result = activation.backprop(in, epsilon);
            saw(layer, result.getFirst());
            return result;
        }

        @Override
        public int numParams(int inputSize) {
            return activation.numParams(inputSize);
        }
    }

    private final class WatchedLoss extends ForwardingLoss {
        private final transient Layer layer;

        WatchedLoss(ILossFunction loss, Layer layer) {
            super(loss);
            this.layer = layer;
        }

        @Override
        public INDArray computeGradient(INDArray labels, INDArray preOutput, IActivation activationFn, INDArray mask) {
            INDArray gradient = super.computeGradient(labels, preOutput, activationFn, mask);
            saw(layer, gradient);
            return gradient;
        }

        @Override
        public Pair<Double, INDArray> computeGradientAndScore(
                INDArray labels, INDArray preOutput, IActivation activationFn, INDArray mask, boolean average) {
            Pair<Double, INDArray> result =
                    super.computeGradientAndScore(labels, preOutput, activationFn, mask, average);
            saw(layer, result.getSecond());
            return result;
        }
    }
}
