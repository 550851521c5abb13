package io.dl4jext.implicit;

import static org.nd4j.linalg.indexing.NDArrayIndex.all;
import static org.nd4j.linalg.indexing.NDArrayIndex.interval;
import static org.nd4j.linalg.indexing.NDArrayIndex.point;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.params.SimpleRnnParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * The layer in a network that {@link ImplicitSimpleRnn} describes. All time steps lie in one matrix, step by step, a
 * row for each sample: the products with the inputs and the proximal steps are then one operation each.
 *
 * <p>A sample's loss is a sum over its T steps, T times their mean; like the samples of a batch the steps' proximal
 * points, each for T times the step's loss, are averaged. A sum of the steps' own points would be no proximal point of
 * anything, and grow with T.
 */
final class ImplicitRecurrence extends SimpleRnn implements GradientTerms.Source {

    private static final long serialVersionUID = 1L;

    private final transient RowSteps steps;
    private final transient UpdateBatch updateBatch = new UpdateBatch();
    private final transient GradientTerms terms = new GradientTerms();

    ImplicitRecurrence(NeuralNetConfiguration conf, DataType dataType) {
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
        return ((ImplicitSimpleRnn) layerConf()).passes();
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
        if (training) {
            passes().forward(params());
        }
        return super.activate(training, workspaceMgr);
    }

    /** How DL4J goes forward in truncated backpropagation. */
    @Override
    public INDArray rnnActivateUsingStoredState(
            INDArray input, boolean training, boolean storeLastForTBPTT, LayerWorkspaceMgr workspaceMgr) {
        if (training) {
            passes().forward(params());
        }
        return super.rnnActivateUsingStoredState(input, training, storeLastForTBPTT, workspaceMgr);
    }

    /** See {@link UpdateBatch}. */
    @Override
    public void setInputMiniBatchSize(int size) {
        updateBatch.tell(size);
    }

    @Override
    public Pair<Gradient, INDArray> tbpttBackpropGradient(
            INDArray epsilon, int tbpttBackLength, LayerWorkspaceMgr workspaceMgr) {
        ImplicitSgd updater = LayerSettings.implicitUpdater(layerConf());
        if (updater == null) {
            return super.tbpttBackpropGradient(epsilon, tbpttBackLength, workspaceMgr);
        }
        assertInputSet(true);
        passes().backward(params());
        applyDropOutIfNecessary(true, workspaceMgr);
        INDArray series = permuteIfNWC(input.castTo(dataType));
        INDArray upper = permuteIfNWC(epsilon.castTo(dataType));
        long batch = series.size(0);
        long length = series.size(2);
        long first = tbpttBackLength > 0 ? Math.max(0, length - tbpttBackLength) : 0;

        INDArray w = getParam(SimpleRnnParamInitializer.WEIGHT_KEY);
        INDArray rw = getParam(SimpleRnnParamInitializer.RECURRENT_WEIGHT_KEY);
        INDArray bias = getParam(SimpleRnnParamInitializer.BIAS_KEY);
        long units = w.size(1);
        long rows = length * batch;
        INDArray mask = maskArray == null ? null : maskRows(rows);
        IActivation activation = layerConf().getActivationFn();

        // Forward once more: q = XW + H·RW + b, where row block t of H is h_{t−1}.
        INDArray x = series.permute(2, 0, 1).dup('c').reshape('c', rows, w.size(0));
        INDArray q = Nd4j.createUninitialized(dataType, new long[] {rows, units}, 'c');
        x.mmuli(w, q);
        q.addi(bias);
        INDArray h = Nd4j.create(dataType, new long[] {rows, units}, 'c');
        INDArray product = Nd4j.createUninitialized(dataType, new long[] {batch, units}, 'f');
        for (long t = 0; t < length; t++) {
            INDArray qt = block(q, t, batch);
            if (t > 0) {
                Nd4j.gemm(block(h, t, batch), rw, product, false, false, 1, 0);
                qt.addi(product);
            }
            if (t + 1 < length) {
                INDArray ht = activation.getActivation(qt.dup(), true);
                if (mask != null) {
                    ht.muli(block(mask, t, batch));
                }
                block(h, t + 1, batch).assign(ht);
            }
        }

        // Backward: b_t = ε_t + RW·δ_{t+1}, δ_t = σ'(q_t)·b_t; steps before the first stay 0.
        INDArray b = Nd4j.create(dataType, new long[] {rows, units}, 'c');
        INDArray delta = Nd4j.create(dataType, new long[] {rows, units}, 'c');
        for (long t = length - 1; t >= first; t--) {
            INDArray bt = block(b, t, batch);
            bt.assign(upper.get(all(), all(), point(t)));
            if (t + 1 < length) {
                Nd4j.gemm(block(delta, t + 1, batch), rw, product, false, true, 1, 0);
                bt.addi(product);
            }
            INDArray dt =
                    activation.backprop(block(q, t, batch).dup(), bt.dup()).getFirst();
            if (mask != null) {
                dt.muli(block(mask, t, batch));
            }
            block(delta, t, batch).assign(dt);
        }

        if (first > 0) {
            block(h, first, batch).assign(0);
        }
        INDArray alpha = alpha(updater, b, q, x, h, terms(mask, batch, first, length), first * batch);
        if (mask != null) {
            alpha.muli(mask.get(interval(first * batch, rows), all()));
        }
        Gradient gradient = writeGradient(
                x.get(interval(first * batch, rows), all()), h.get(interval(first * batch, rows), all()), alpha);

        INDArray next = workspaceMgr.createUninitialized(ArrayType.ACTIVATION_GRAD, dataType, series.shape(), 'f');
        INDArray lower = Nd4j.createUninitialized(dataType, new long[] {rows, w.size(0)}, 'f');
        Nd4j.gemm(delta, w, lower, false, true, 1, 0);
        next.assign(lower.dup('c').reshape('c', length, batch, w.size(0)).permute(1, 2, 0));
        // A mask of dropout has the input's format (DL4J's SimpleRnn, M2.1 and beta7, lays it on the other one).
        return new Pair<>(gradient, backpropDropOutIfPresent(permuteIfNWC(next)));
    }

    /** How many steps each row's sample has, from the first one with a gradient on; null if it is one everywhere. */
    private INDArray terms(INDArray mask, long batch, long first, long length) {
        long steps = length - first;
        if (mask == null) {
            return steps == 1 ? null : Nd4j.valueArrayOf(new long[] {steps * batch, 1}, (double) steps, dataType);
        }
        INDArray counts = Nd4j.zeros(dataType, batch, 1);
        for (long t = first; t < length; t++) {
            counts.addi(block(mask, t, batch));
        }
        // Samples without a step have no α in the end.
        return Nd4j.tile(Transforms.max(counts, 1, false), (int) steps, 1);
    }

    private INDArray alpha(
            ImplicitSgd updater, INDArray b, INDArray q, INDArray x, INDArray h, INDArray terms, long from) {
        long rows = b.size(0);
        return steps.alpha(
                updater,
                b.get(interval(from, rows), all()),
                q.get(interval(from, rows), all()),
                terms,
                updateBatch.take(input.size(0)),
                conf().isMiniBatch(),
                iterationCount,
                epochCount,
                true,
                x.get(interval(from, rows), all()),
                h.get(interval(from, rows), all()));
    }

    private Gradient writeGradient(INDArray x, INDArray h, INDArray alpha) {
        terms.show(x, alpha, SimpleRnnParamInitializer.WEIGHT_KEY, SimpleRnnParamInitializer.BIAS_KEY);
        terms.show(h, alpha, SimpleRnnParamInitializer.RECURRENT_WEIGHT_KEY, null);
        INDArray weightView = gradientViews.get(SimpleRnnParamInitializer.WEIGHT_KEY);
        INDArray recurrentView = gradientViews.get(SimpleRnnParamInitializer.RECURRENT_WEIGHT_KEY);
        INDArray biasView = gradientViews.get(SimpleRnnParamInitializer.BIAS_KEY);
        Nd4j.gemm(x, alpha, weightView, true, false, 1, 0);
        Nd4j.gemm(h, alpha, recurrentView, true, false, 1, 0);
        alpha.sum(biasView, 0);
        Gradient gradient = new DefaultGradient(gradientsFlattened);
        gradient.gradientForVariable().put(SimpleRnnParamInitializer.WEIGHT_KEY, weightView);
        gradient.gradientForVariable().put(SimpleRnnParamInitializer.RECURRENT_WEIGHT_KEY, recurrentView);
        gradient.gradientForVariable().put(SimpleRnnParamInitializer.BIAS_KEY, biasView);
        return gradient;
    }

    /** The mask, batch × steps, as a column in the order of the rows. */
    private INDArray maskRows(long rows) {
        return maskArray.castTo(dataType).transpose().dup('c').reshape('c', rows, 1);
    }

    private static INDArray block(INDArray matrix, long t, long batch) {
        return matrix.get(interval(t * batch, (t + 1) * batch), all());
    }
}
