package io.dl4jext.fisher.internal.capture;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.api.layers.RecurrentLayer;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Stands in a layer's place until that layer's backward pass: puts the layer back, lets it do its work, and has its
 * rule's {@link LayerPass} take what the per-sample gradients need. The layer's results go on untouched; what fails
 * here is kept for later.
 *
 * <p>Where a tap of another listener stands already, this one stands before it and passes the call on to it.
 */
class LayerTap extends BaseWrapperLayer {

    private static final long serialVersionUID = 1L;

    private final transient LayerSite site;
    private final transient LayerPass pass;
    private final transient Failures failures;
    private final transient Layer next;
    private transient boolean waiting = true;

    private LayerTap(LayerSite site, LayerPass pass, Failures failures) {
        super(site.layer);
        this.site = site;
        this.pass = pass;
        this.failures = failures;
        this.next = site.present();
    }

    /** A tap of the kind that DL4J treats as it treats the layer itself. */
    static LayerTap on(LayerSite site, LayerPass pass, Failures failures) {
        if (site.layer instanceof IOutputLayer) {
            return new OutputTap(site, pass, failures);
        }
        if (site.layer instanceof RecurrentLayer) {
            return new RecurrentTap(site, pass, failures);
        }
        return new LayerTap(site, pass, failures);
    }

    /** The network's own layer under any taps. */
    static Layer original(Layer layer) {
        return layer instanceof LayerTap ? ((LayerTap) layer).underlying : layer;
    }

    /** Ends the watch: the tap measures no more and leaves the network, now or with the taps before it. */
    void retire() {
        waiting = false;
        if (site.present() == this) {
            Layer left = next;
            while (left instanceof LayerTap && !((LayerTap) left).waiting) {
                left = ((LayerTap) left).next;
            }
            site.put(left);
        }
    }

    /** What the call goes to: the layer, or the tap of another listener. */
    final Layer next() {
        return next;
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
        return watch(epsilon, OptionalInt.empty(), () -> next.backpropGradient(epsilon, workspaceMgr));
    }

    final Pair<Gradient, INDArray> watch(
            INDArray epsilon, OptionalInt truncation, Supplier<Pair<Gradient, INDArray>> backward) {
        if (!waiting) {
            return backward.get();
        }
        waiting = false;
        site.put(underlying);
        boolean watching = guarded(() -> pass.before(underlying, epsilon, truncation));
        Pair<Gradient, INDArray> result;
        try {
            result = backward.get();
        } finally {
            release();
        }
        if (watching) {
            guarded(() -> pass.after(underlying));
        }
        return result;
    }

    /** Also after a failure. */
    private void release() {
        try {
            pass.release(underlying);
        } catch (Throwable t) {
            failures.add(site.toString(), t);
        }
    }

    private boolean guarded(Runnable measuring) {
        if (failures.any()) {
            return false;
        }
        try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            measuring.run();
            return true;
        } catch (Throwable t) {
            failures.add(site.toString(), t);
            return false;
        }
    }

    @Override
    public Layer getUnderlying() {
        return underlying;
    }

    private static final class RecurrentTap extends LayerTap implements RecurrentLayer {

        private static final long serialVersionUID = 1L;

        RecurrentTap(LayerSite site, LayerPass pass, Failures failures) {
            super(site, pass, failures);
        }

        private RecurrentLayer recurrent() {
            return (RecurrentLayer) underlying;
        }

        @Override
        public Pair<Gradient, INDArray> tbpttBackpropGradient(
                INDArray epsilon, int tbpttBackLength, LayerWorkspaceMgr workspaceMgr) {
            return watch(
                    epsilon,
                    OptionalInt.of(tbpttBackLength),
                    () -> ((RecurrentLayer) next()).tbpttBackpropGradient(epsilon, tbpttBackLength, workspaceMgr));
        }

        @Override
        public INDArray rnnTimeStep(INDArray input, LayerWorkspaceMgr workspaceMgr) {
            return recurrent().rnnTimeStep(input, workspaceMgr);
        }

        @Override
        public Map<String, INDArray> rnnGetPreviousState() {
            return recurrent().rnnGetPreviousState();
        }

        @Override
        public void rnnSetPreviousState(Map<String, INDArray> stateMap) {
            recurrent().rnnSetPreviousState(stateMap);
        }

        @Override
        public void rnnClearPreviousState() {
            recurrent().rnnClearPreviousState();
        }

        @Override
        public INDArray rnnActivateUsingStoredState(
                INDArray input, boolean training, boolean storeLastForTBPTT, LayerWorkspaceMgr workspaceMgr) {
            return recurrent().rnnActivateUsingStoredState(input, training, storeLastForTBPTT, workspaceMgr);
        }

        @Override
        public Map<String, INDArray> rnnGetTBPTTState() {
            return recurrent().rnnGetTBPTTState();
        }

        @Override
        public void rnnSetTBPTTState(Map<String, INDArray> state) {
            recurrent().rnnSetTBPTTState(state);
        }
    }

    private static final class OutputTap extends LayerTap implements IOutputLayer {

        private static final long serialVersionUID = 1L;

        OutputTap(LayerSite site, LayerPass pass, Failures failures) {
            super(site, pass, failures);
        }

        private IOutputLayer output() {
            return (IOutputLayer) underlying;
        }

        @Override
        public boolean needsLabels() {
            return output().needsLabels();
        }

        @Override
        public void setLabels(INDArray labels) {
            output().setLabels(labels);
        }

        @Override
        public INDArray getLabels() {
            return output().getLabels();
        }

        @Override
        public double computeScore(double regularization, boolean training, LayerWorkspaceMgr workspaceMgr) {
            return output().computeScore(regularization, training, workspaceMgr);
        }

        @Override
        public INDArray computeScoreForExamples(double regularization, LayerWorkspaceMgr workspaceMgr) {
            return output().computeScoreForExamples(regularization, workspaceMgr);
        }

        @Override
        public double f1Score(DataSet data) {
            return output().f1Score(data);
        }

        @Override
        public double f1Score(INDArray examples, INDArray labels) {
            return output().f1Score(examples, labels);
        }

        @Override
        public int numLabels() {
            return output().numLabels();
        }

        @Override
        public void fit(DataSetIterator iterator) {
            output().fit(iterator);
        }

        @Override
        public int[] predict(INDArray examples) {
            return output().predict(examples);
        }

        @Override
        public List<String> predict(DataSet dataSet) {
            return output().predict(dataSet);
        }

        @Override
        public void fit(INDArray examples, INDArray labels) {
            output().fit(examples, labels);
        }

        @Override
        public void fit(DataSet data) {
            output().fit(data);
        }

        @Override
        public void fit(INDArray examples, int[] labels) {
            output().fit(examples, labels);
        }
    }
}
