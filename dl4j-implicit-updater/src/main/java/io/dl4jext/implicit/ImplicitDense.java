package io.dl4jext.implicit;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.feedforward.dense.DenseLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The layer in a network that {@link ImplicitDenseLayer} describes. */
final class ImplicitDense extends DenseLayer implements GradientTerms.Source {

    private static final long serialVersionUID = 1L;

    private final transient RowSteps steps;
    private final transient UpdateBatch updateBatch = new UpdateBatch();
    private final transient GradientTerms terms = new GradientTerms();
    private final transient KeptPreOutput preOutput = new KeptPreOutput();

    ImplicitDense(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
        steps = new RowSteps(layerConf().getActivationFn());
    }

    @Override
    public boolean hasGradientTerms() {
        return LayerSettings.implicitUpdater(layerConf()) != null;
    }

    @Override
    public GradientTerms gradientTerms() {
        return terms;
    }

    private Passes passes() {
        return ((ImplicitDenseLayer) layerConf()).passes();
    }

    /** See {@link UpdateBatch}. */
    @Override
    public void setInputMiniBatchSize(int size) {
        updateBatch.tell(size);
    }

    /** What was told, where the step depends on it: so whoever tells it can see that it counts. */
    @Override
    public int getInputMiniBatchSize() {
        ImplicitSgd updater = LayerSettings.implicitUpdater(layerConf());
        boolean counts = updater != null && updater.getBatchMode().dependsOnBatch(conf().isMiniBatch());
        int rows = super.getInputMiniBatchSize();
        return counts ? Math.max(rows, updateBatch.told()) : rows;
    }

    @Override
    protected Pair<INDArray, INDArray> preOutputWithPreNorm(
            boolean training, boolean forBackprop, LayerWorkspaceMgr workspaceMgr) {
        Pair<INDArray, INDArray> pair = super.preOutputWithPreNorm(training, forBackprop, workspaceMgr);
        if (training && !forBackprop) {
            passes().forward(params());
        }
        if (training && !forBackprop && LayerSettings.implicitUpdater(layerConf()) != null) {
            preOutput.keep(input, pair.getFirst());
        }
        return pair;
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
        ImplicitSgd updater = LayerSettings.implicitUpdater(layerConf());
        if (updater == null) {
            return super.backpropGradient(epsilon, workspaceMgr);
        }
        assertInputSet(true);
        passes().backward(params());
        INDArray kept = preOutput.take(input);
        INDArray q = kept != null
                ? kept
                : super.preOutputWithPreNorm(true, true, workspaceMgr).getFirst();
        INDArray z = input.castTo(q.dataType());
        long batch = updateBatch.take(z.size(0));
        boolean mean = conf().isMiniBatch();
        // α comes first: activations work in place, on q and on epsilon.
        INDArray alpha = steps.alpha(updater, epsilon, q, batch, mean, iterationCount, epochCount, hasBias(), z);
        INDArray delta = layerConf().getActivationFn().backprop(q, epsilon).getFirst();
        if (maskArray != null) {
            applyMask(alpha);
            applyMask(delta);
        }
        Gradient gradient = writeGradient(z, alpha);
        INDArray w = getParam(DefaultParamInitializer.WEIGHT_KEY);
        INDArray next = workspaceMgr.createUninitialized(
                ArrayType.ACTIVATION_GRAD, delta.dataType(), new long[] {w.size(0), delta.size(0)}, 'f');
        next = w.mmuli(delta.transpose(), next).transpose();
        return new Pair<>(gradient, backpropDropOutIfPresent(next));
    }

    /** Σ α_i z_i into the gradient views, in DL4J's order of the keys. */
    private Gradient writeGradient(INDArray z, INDArray alpha) {
        terms.show(z, alpha, DefaultParamInitializer.WEIGHT_KEY, hasBias() ? DefaultParamInitializer.BIAS_KEY : null);
        Gradient gradient = new DefaultGradient();
        if (hasBias()) {
            INDArray biasView = gradientViews.get(DefaultParamInitializer.BIAS_KEY);
            alpha.sum(biasView, 0);
            gradient.gradientForVariable().put(DefaultParamInitializer.BIAS_KEY, biasView);
        }
        INDArray weightView = gradientViews.get(DefaultParamInitializer.WEIGHT_KEY);
        Nd4j.gemm(z, alpha, weightView, true, false, 1, 0);
        gradient.gradientForVariable().put(DefaultParamInitializer.WEIGHT_KEY, weightView);
        return gradient;
    }
}
