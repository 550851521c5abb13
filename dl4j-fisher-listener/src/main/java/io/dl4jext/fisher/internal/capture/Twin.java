package io.dl4jext.fisher.internal.capture;

import java.util.HashMap;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.api.layers.RecurrentLayer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.MemoryWorkspaceManager;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.AllocationPolicy;
import org.nd4j.linalg.api.memory.enums.LearningPolicy;
import org.nd4j.linalg.api.memory.enums.ResetPolicy;
import org.nd4j.linalg.api.memory.enums.SpillPolicy;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A second layer of the same configuration over the same parameters (read only) and with the same state (iteration,
 * epoch, size of the mini-batch, mask, state of a truncated pass through time) that takes single samples of a recorded
 * pass through its own {@code backpropGradient}. It applies no dropout: the recorded input has been through it.
 *
 * <p>All that a sample needs lives in a workspace that the next sample uses again and that ends with the twin.
 */
final class Twin implements SingleSamples, AutoCloseable {

    private static final String WORKSPACE = "FISHER_REPLAY";

    /** Entered by the layer itself, once a time step. */
    private static final String LOOP = "FISHER_REPLAY_LOOP";

    private final Layer layer;
    private final RecordedPass pass;
    private final int samples;
    private final INDArray gradient;
    private final long workspaceBytes;
    private final WorkspaceConfiguration workspace;
    private final LayerWorkspaceMgr workspaces;

    /**
     * @param original the layer that the pass was recorded from
     * @param samples B
     * @param workspaceBytes the workspace's first size; it grows as needed
     */
    Twin(NeuralNetConfiguration configuration, Layer original, RecordedPass pass, int samples, long workspaceBytes) {
        NeuralNetConfiguration own = withoutDropout(configuration);
        INDArray parameters = original.params();
        this.pass = pass;
        this.samples = samples;
        this.layer =
                own.getLayer().instantiate(own, null, original.getIndex(), parameters, false, parameters.dataType());
        this.gradient = Nd4j.create(parameters.dataType(), parameters.shape());
        layer.setBackpropGradientsViewArray(gradient);
        layer.setIterationCount(original.getIterationCount());
        layer.setEpochCount(original.getEpochCount());
        this.workspaceBytes = workspaceBytes;
        this.workspace = workspace(workspaceBytes);
        WorkspaceConfiguration loop = workspace(0);
        this.workspaces = LayerWorkspaceMgr.builder()
                .with(ArrayType.RNN_FF_LOOP_WORKING_MEM, LOOP, loop)
                .with(ArrayType.RNN_BP_LOOP_WORKING_MEM, LOOP, loop)
                .defaultWorkspace(WORKSPACE, workspace)
                .build();
    }

    static WorkspaceConfiguration workspace(long bytes) {
        return WorkspaceConfiguration.builder()
                .initialSize(bytes)
                .policyAllocation(AllocationPolicy.STRICT)
                .policyLearning(LearningPolicy.FIRST_LOOP)
                .policyReset(ResetPolicy.BLOCK_LEFT)
                .policySpill(SpillPolicy.REALLOCATE)
                .build();
    }

    /** A copy of the layer's configuration whose layers apply no dropout. */
    private static NeuralNetConfiguration withoutDropout(NeuralNetConfiguration configuration) {
        NeuralNetConfiguration copy = configuration.clone();
        copy.setLayer(withoutDropout(configuration.getLayer()));
        return copy;
    }

    /** Wrapped layers are copied here: DL4J's clone of a wrapper shares them with the network. */
    private static org.deeplearning4j.nn.conf.layers.Layer withoutDropout(
            org.deeplearning4j.nn.conf.layers.Layer layer) {
        org.deeplearning4j.nn.conf.layers.Layer copy = layer.clone();
        copy.setIDropout(null);
        if (copy instanceof BaseWrapperLayer) {
            ((BaseWrapperLayer) copy).setUnderlying(withoutDropout(((BaseWrapperLayer) layer).getUnderlying()));
        }
        if (copy instanceof Bidirectional) {
            ((Bidirectional) copy).setFwd(withoutDropout(((Bidirectional) layer).getFwd()));
            ((Bidirectional) copy).setBwd(withoutDropout(((Bidirectional) layer).getBwd()));
        }
        return copy;
    }

    @Override
    public void gradient(int sample, boolean wholeBatch, INDArray target) {
        gradient.assign(0);
        try (MemoryWorkspace ignored = Nd4j.getWorkspaceManager().getAndActivateWorkspace(workspace, WORKSPACE)) {
            replay(sample, wholeBatch ? samples : 1);
        }
        target.assign(gradient.reshape(gradient.length()));
        if (wholeBatch) {
            target.divi(samples);
        }
    }

    /** The layer's own copy of its configuration. */
    org.deeplearning4j.nn.conf.layers.Layer configuration() {
        return layer.conf().getLayer();
    }

    /**
     * Takes the whole mini-batch through the layer's forward pass and, in an ordinary pass, its backward pass.
     *
     * @param afterForward what comes between the two
     */
    void wholeBatch(Runnable afterForward) {
        try (MemoryWorkspace ignored = Nd4j.getWorkspaceManager().getAndActivateWorkspace(workspace, WORKSPACE)) {
            layer.setInputMiniBatchSize(samples);
            layer.setInput(pass.input, workspaces);
            layer.setMaskArray(pass.mask);
            layer.activate(true, workspaces);
            afterForward.run();
            layer.backpropGradient(pass.epsilon, workspaces);
        }
    }

    private void replay(int sample, int copies) {
        layer.setInputMiniBatchSize(samples);
        layer.setInput(rows(sample, copies, pass.input), workspaces);
        layer.setMaskArray(rows(sample, copies, pass.mask));
        if (layer instanceof IOutputLayer) {
            ((IOutputLayer) layer).setLabels(rows(sample, copies, pass.labels));
        }
        INDArray incoming = rows(sample, copies, pass.epsilon);
        if (pass.truncation.isPresent() && layer instanceof RecurrentLayer) {
            RecurrentLayer recurrent = (RecurrentLayer) layer;
            recurrent.rnnSetPreviousState(rows(sample, copies, pass.stateBefore));
            recurrent.rnnSetTBPTTState(rows(sample, copies, pass.stateBefore));
            recurrent.rnnActivateUsingStoredState(layer.input(), true, false, workspaces);
            recurrent.rnnSetTBPTTState(rows(sample, copies, pass.stateAfter));
            recurrent.tbpttBackpropGradient(incoming, pass.truncation.getAsInt(), workspaces);
            return;
        }
        if (!(layer instanceof IOutputLayer)) {
            // Some layers keep from their forward pass what their backward pass needs.
            layer.activate(true, workspaces);
        }
        layer.backpropGradient(incoming, workspaces);
    }

    private Map<String, INDArray> rows(int sample, int copies, Map<String, INDArray> state) {
        Map<String, INDArray> rows = new HashMap<>();
        state.forEach((key, array) -> rows.put(key, rows(sample, copies, array)));
        return rows;
    }

    private INDArray rows(int sample, int copies, INDArray array) {
        return array == null ? null : SingleSamples.rows(array, sample, samples, copies);
    }

    /**
     * What a pass needed, or the first size if that is more. Not the workspace's present size: with room to spare,
     * which ND4J adds to a first size too, the next twin's would be larger each time.
     */
    long workspaceBytes() {
        return bytesOf(WORKSPACE, workspaceBytes);
    }

    /** What a pass in that workspace needed, or the first size if that is more. */
    static long bytesOf(String workspace, long first) {
        MemoryWorkspace held = held(workspace);
        return held == null ? first : Math.max(first, held.getMaxCycleAllocations());
    }

    private static MemoryWorkspace held(String name) {
        MemoryWorkspaceManager manager = Nd4j.getWorkspaceManager();
        return manager.checkIfWorkspaceExists(name) ? manager.getWorkspaceForCurrentThread(name) : null;
    }

    static void destroy(String name) {
        MemoryWorkspace held = held(name);
        if (held != null) {
            Nd4j.getWorkspaceManager().destroyWorkspace(held);
        }
    }

    @Override
    public void close() {
        destroy(LOOP);
        destroy(WORKSPACE);
        RecordedPass.giveBack(gradient);
    }
}
