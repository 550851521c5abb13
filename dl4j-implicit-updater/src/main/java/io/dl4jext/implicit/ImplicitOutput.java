package io.dl4jext.implicit;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.OutputLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The layer in a network that {@link ImplicitOutputLayer} describes. */
final class ImplicitOutput extends OutputLayer implements GradientTerms.Source {

    private static final long serialVersionUID = 1L;

    /** σ of the implicit step; identity where activation and loss are linearised together. */
    private final transient IActivation sigma;

    /** What lies between σ and the loss. */
    private final transient boolean lossTakesActivation;

    private final transient RowSteps steps;
    private final transient UpdateBatch updateBatch = new UpdateBatch();
    private final transient GradientTerms terms = new GradientTerms();

    ImplicitOutput(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
        ImplicitOutputLayer settings = settings();
        sigma = settings.stepActivation();
        lossTakesActivation = settings.getLayerActivation() != null || settings.lossTakesActivation();
        steps = new RowSteps(sigma);
    }

    private ImplicitOutputLayer settings() {
        return (ImplicitOutputLayer) layerConf();
    }

    @Override
    public boolean hasGradientTerms() {
        return LayerSettings.implicitUpdater(layerConf()) != null || settings().getLayerActivation() != null;
    }

    @Override
    public GradientTerms gradientTerms() {
        return terms;
    }

    /** See {@link UpdateBatch}. */
    @Override
    public void setInputMiniBatchSize(int size) {
        updateBatch.tell(size);
    }

    /** What DL4J calls pre-output, and hands to the loss function: σ(q) where the layer has its own activation. */
    @Override
    protected Pair<INDArray, INDArray> preOutputWithPreNorm(
            boolean training, boolean forBackprop, LayerWorkspaceMgr workspaceMgr) {
        Pair<INDArray, INDArray> pair = super.preOutputWithPreNorm(training, forBackprop, workspaceMgr);
        IActivation own = settings().getLayerActivation();
        return own == null ? pair : new Pair<>(own.getActivation(pair.getFirst(), training), pair.getSecond());
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
        ImplicitSgd updater = LayerSettings.implicitUpdater(layerConf());
        if (!hasGradientTerms()) {
            return super.backpropGradient(epsilon, workspaceMgr);
        }
        assertInputSet(true);
        INDArray q = super.preOutputWithPreNorm(true, true, workspaceMgr).getFirst();
        INDArray output = sigma.getActivation(q.dup(), true);
        IActivation lossActivation = lossTakesActivation ? layerConf().getActivationFn() : new ActivationIdentity();
        // Losses work in place, on the output given to them.
        INDArray b = layerConf()
                .getLossFn()
                .computeGradient(
                        getLabels2d(workspaceMgr, ArrayType.BP_WORKING_MEM), output, lossActivation, maskArray);
        INDArray z = input.castTo(q.dataType());
        INDArray alpha = null;
        if (updater != null) {
            long batch = updateBatch.take(z.size(0));
            alpha = steps.alpha(updater, b, q, batch, conf().isMiniBatch(), iterationCount, epochCount, hasBias(), z);
        }
        INDArray delta = sigma.backprop(q, b).getFirst();
        Gradient gradient = writeGradient(z, alpha == null ? delta : alpha);
        INDArray w = getParam(DefaultParamInitializer.WEIGHT_KEY);
        INDArray next = workspaceMgr.createUninitialized(
                ArrayType.ACTIVATION_GRAD, delta.dataType(), new long[] {w.size(0), delta.size(0)}, 'f');
        next = w.mmuli(delta.transpose(), next).transpose();
        return new Pair<>(gradient, backpropDropOutIfPresent(next));
    }

    @Override
    public void computeGradientAndScore(LayerWorkspaceMgr workspaceMgr) {
        if (input != null && labels != null) {
            gradient = backpropGradient(null, workspaceMgr).getFirst();
            score = computeScore(calcRegularizationScore(true), true, workspaceMgr);
        }
    }

    /** Σ of the rows' outer products into the gradient views, in DL4J's order of the keys. */
    private Gradient writeGradient(INDArray z, INDArray slopes) {
        terms.show(z, slopes, DefaultParamInitializer.WEIGHT_KEY, hasBias() ? DefaultParamInitializer.BIAS_KEY : null);
        Gradient gradient = new DefaultGradient();
        INDArray weightView = gradientViews.get(DefaultParamInitializer.WEIGHT_KEY);
        Nd4j.gemm(z, slopes, weightView, true, false, 1, 0);
        gradient.gradientForVariable().put(DefaultParamInitializer.WEIGHT_KEY, weightView);
        if (hasBias()) {
            INDArray biasView = gradientViews.get(DefaultParamInitializer.BIAS_KEY);
            slopes.sum(biasView, 0);
            gradient.gradientForVariable().put(DefaultParamInitializer.BIAS_KEY, biasView);
        }
        return gradient;
    }
}
