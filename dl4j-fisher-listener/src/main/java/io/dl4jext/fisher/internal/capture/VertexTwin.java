package io.dl4jext.fisher.internal.capture;

import java.util.Map;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A second vertex of the same configuration over the same parameters (read only), which takes single samples through
 * its own {@code doBackward}. DL4J's vertex does not hand out its masks: an input that is a series has the first mask
 * with as many steps of those of the graph's inputs that it comes from, or the first k where k of them are stacked.
 * Whether that is so, the sum of the gradients says.
 */
final class VertexTwin implements SingleSamples, AutoCloseable {

    private static final String WORKSPACE = "FISHER_REPLAY_VERTEX";

    private final GraphVertex vertex;
    private final INDArray[] inputs;
    private final INDArray epsilon;
    private final INDArray[] masks;
    private final int samples;
    private final Map<String, INDArray> parameters;
    private final INDArray gradient;
    private final long workspaceBytes;
    private final WorkspaceConfiguration workspace;
    private final LayerWorkspaceMgr workspaces;

    VertexTwin(VertexSite site, INDArray[] inputs, INDArray epsilon, int samples, long workspaceBytes) {
        INDArray flat = site.vertex.params();
        this.inputs = inputs;
        this.epsilon = epsilon;
        this.samples = samples;
        this.parameters = site.vertex.paramTable(true);
        this.vertex = site.second();
        this.gradient = Nd4j.create(flat.dataType(), flat.shape());
        vertex.setBackpropGradientsViewArray(gradient);
        this.masks = IntStream.range(0, inputs.length)
                .mapToObj(k -> site.mask(k, inputs[k]))
                .toArray(INDArray[]::new);
        this.workspaceBytes = workspaceBytes;
        this.workspace = Twin.workspace(workspaceBytes);
        this.workspaces = LayerWorkspaceMgr.builder()
                .defaultWorkspace(WORKSPACE, workspace)
                .build();
    }

    /** Gradients by their names as one vector, in the order of the parameters. */
    INDArray flat(Map<String, INDArray> gradients) {
        INDArray flat = Nd4j.create(gradient.dataType(), new long[] {gradient.length()});
        long from = 0;
        for (String key : parameters.keySet()) {
            INDArray part = gradients.get(key);
            flat.get(NDArrayIndex.interval(from, from + part.length()))
                    .assign(part.dup('c').reshape(part.length()));
            from += part.length();
        }
        return flat;
    }

    @Override
    public void gradient(int sample, boolean wholeBatch, INDArray target) {
        gradient.assign(0);
        try (MemoryWorkspace ignored = Nd4j.getWorkspaceManager().getAndActivateWorkspace(workspace, WORKSPACE)) {
            int copies = wholeBatch ? samples : 1;
            INDArray[] own = new INDArray[masks.length];
            boolean masked = false;
            for (int k = 0; k < inputs.length; k++) {
                vertex.setInput(k, rows(inputs[k], sample, copies), workspaces);
                own[k] = masks[k] == null ? null : rows(masks[k], sample, copies);
                masked |= own[k] != null;
            }
            if (masked) {
                vertex.feedForwardMaskArrays(own, MaskState.Active, copies);
            }
            vertex.setEpsilon(rows(epsilon, sample, copies));
            vertex.doBackward(false, workspaces);
        }
        target.assign(gradient.reshape(gradient.length()));
        if (wholeBatch) {
            target.divi(samples);
        }
    }

    private INDArray rows(INDArray array, int sample, int copies) {
        return SingleSamples.rows(array, sample, samples, copies);
    }

    long workspaceBytes() {
        return Twin.bytesOf(WORKSPACE, workspaceBytes);
    }

    @Override
    public void close() {
        Twin.destroy(WORKSPACE);
        RecordedPass.giveBack(gradient);
    }
}
