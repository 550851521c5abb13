package io.dl4jext.implicit;

import java.util.Arrays;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * Exact implicit SGD for a whole network: the yardstick of the layer-wise approximation, 100 times as slow. One step
 * solves
 *
 * <pre>    θ ← argmin_u  ℓ(u) + μ/2·‖u‖² + ‖u − θ‖²/(2η)                                  (eq. 1, divided by 2η)</pre>
 *
 * for the mean loss ℓ of a batch by gradient descent from u = θ; as in the paper's section 5, 100 inner steps at the
 * rate η/10 by default. The inner descent itself needs an inner rate below 2/(L + 1/η), L the largest curvature of ℓ +
 * μ/2·‖·‖².
 *
 * <p>ℓ is the data loss: the network's updaters, gradient normalisation, constraints and l1/l2 terms play no part.
 * Frozen layers stay, and exclude μ &gt; 0. Networks with batch normalisation (whose averages are updates disguised as
 * gradients) and with active implicit layers (whose gradient views hold implied gradients) are refused. With dropout
 * every inner step draws its own mask.
 *
 * <pre>{@code
 * ExactImplicitSgd exact = new ExactImplicitSgd(0.5);
 * while (iterator.hasNext()) {
 *     exact.step(network, iterator.next());
 * }
 * }</pre>
 */
public final class ExactImplicitSgd {

    /** The paper's number of inner steps. */
    public static final int DEFAULT_INNER_STEPS = 100;

    /** The paper's inner rate as a part of η. */
    public static final double DEFAULT_INNER_RATIO = 0.1;

    private final double learningRate;
    private final double mu;
    private final int innerSteps;
    private final double innerRatio;

    /** With the paper's inner steps and μ = 0. */
    public ExactImplicitSgd(double learningRate) {
        this(learningRate, 0, DEFAULT_INNER_STEPS, DEFAULT_INNER_RATIO);
    }

    /**
     * @param learningRate η, 0 &lt; η &lt; ∞
     * @param mu the ridge μ, 0 ≤ μ &lt; ∞
     * @param innerSteps gradient steps, at least 1
     * @param innerRatio inner rate divided by η, 0 &lt; ratio &lt; 2
     * @throws IllegalArgumentException if a value is out of its range
     */
    public ExactImplicitSgd(double learningRate, double mu, int innerSteps, double innerRatio) {
        if (!(learningRate > 0 && learningRate < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("Expected 0 < learningRate < ∞, got " + learningRate);
        }
        if (innerSteps < 1) {
            throw new IllegalArgumentException("Expected innerSteps ≥ 1, got " + innerSteps);
        }
        if (!(innerRatio > 0 && innerRatio < 2)) {
            throw new IllegalArgumentException("Expected 0 < innerRatio < 2, got " + innerRatio);
        }
        this.learningRate = learningRate;
        this.mu = ImplicitSgd.checked("mu", mu);
        this.innerSteps = innerSteps;
        this.innerRatio = innerRatio;
    }

    /**
     * One step on one batch; the network's iteration count grows by one.
     *
     * @return the batch's mean loss before the step, with the regularisation terms that DL4J adds
     */
    public double step(MultiLayerNetwork network, DataSet data) {
        check(network.getLayers());
        double[] score = new double[1];
        descend(network.params(), inner -> {
            network.setInput(data.getFeatures());
            network.setLabels(data.getLabels());
            network.setLayerMaskArrays(data.getFeaturesMaskArray(), data.getLabelsMaskArray());
            network.computeGradientAndScore();
            score[0] = inner == 0 ? network.score() : score[0];
            INDArray gradient = perSample(
                    network.gradient().gradient(),
                    network.getLayerWiseConfigurations().getConf(0).isMiniBatch(),
                    data.getFeatures().size(0));
            network.clearLayerMaskArrays();
            network.clearLayersStates();
            return gradient;
        });
        network.setIterationCount(network.getIterationCount() + 1);
        return score[0];
    }

    /** One step on one batch; see {@link #step(MultiLayerNetwork, DataSet)}. */
    public double step(ComputationGraph network, MultiDataSet data) {
        check(network.getLayers());
        double[] score = new double[1];
        descend(network.params(), inner -> {
            network.setInputs(data.getFeatures());
            network.setLabels(data.getLabels());
            network.setLayerMaskArrays(data.getFeaturesMaskArrays(), data.getLabelsMaskArrays());
            network.computeGradientAndScore();
            score[0] = inner == 0 ? network.score() : score[0];
            INDArray gradient = perSample(
                    network.gradient().gradient(),
                    network.getConfiguration().getDefaultConfiguration().isMiniBatch(),
                    data.getFeatures(0).size(0));
            network.clearLayerMaskArrays();
            network.clearLayersStates();
            return gradient;
        });
        network.getConfiguration().setIterationCount(network.getIterationCount() + 1);
        return score[0];
    }

    private interface LossGradient {
        INDArray at(int innerStep);
    }

    private void descend(INDArray parameters, LossGradient loss) {
        INDArray start = parameters.dup();
        for (int inner = 0; inner < innerSteps; inner++) {
            // u ← u − s·(∇ℓ(u) + μu + (u − θ)/η) with s = ratio·η
            INDArray gradient = loss.at(inner).reshape(parameters.shape()).mul(learningRate);
            gradient.addi(parameters.mul(learningRate * mu + 1)).subi(start);
            parameters.subi(gradient.muli(innerRatio));
        }
    }

    private static INDArray perSample(INDArray sum, boolean miniBatch, long batch) {
        return miniBatch ? sum.div(batch) : sum.dup();
    }

    private void check(Layer[] layers) {
        for (Layer layer : layers) {
            org.deeplearning4j.nn.conf.layers.Layer settings = layer.conf().getLayer();
            boolean frozen = settings instanceof FrozenLayer || settings instanceof FrozenLayerWithBackprop;
            if (frozen && mu > 0) {
                throw new IllegalArgumentException(
                        "Expected no frozen layers with mu = " + mu + " (it would shrink them), got "
                                + LayerRules.where(settings.getLayerName(), layer.getIndex()));
            }
            boolean implicit = settings instanceof BaseLayer
                    && LayerRules.implicitUpdater((BaseLayer) settings) != null
                    && Arrays.asList(ImplicitDenseLayer.class, ImplicitOutputLayer.class, ImplicitSimpleRnn.class)
                            .contains(settings.getClass());
            if (implicit || settings instanceof BatchNormalization) {
                throw new IllegalArgumentException(
                        "Expected layers whose gradient views hold gradients of the loss, got "
                                + settings.getClass().getSimpleName() + " "
                                + LayerRules.where(settings.getLayerName(), layer.getIndex())
                                + (implicit ? " with ImplicitSgd" : ""));
            }
        }
    }
}
