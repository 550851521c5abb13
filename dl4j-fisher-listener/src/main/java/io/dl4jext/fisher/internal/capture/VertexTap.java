package io.dl4jext.fisher.internal.capture;

import java.util.Arrays;
import java.util.function.Consumer;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.vertex.BaseWrapperVertex;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Stands in a vertex's place until its backward pass, as {@link LayerTap} does for layers; then its {@link VertexPass}
 * takes the per-sample gradients.
 */
final class VertexTap extends BaseWrapperVertex {

    private final VertexSite site;
    private final VertexPass pass;
    private final Failures failures;
    private final GraphVertex next;
    private boolean waiting = true;

    /** What is done around its contribution. */
    private Consumer<Runnable> adding = Runnable::run;

    VertexTap(VertexSite site, VertexPass pass, Failures failures) {
        super(site.vertex);
        this.site = site;
        this.pass = pass;
        this.failures = failures;
        this.next = site.present();
    }

    /** Something else is to be done around its contribution. */
    void adding(Consumer<Runnable> around) {
        adding = around;
    }

    /** The graph's own vertex under any taps. */
    static GraphVertex original(GraphVertex vertex) {
        return vertex instanceof VertexTap ? ((VertexTap) vertex).underlying : vertex;
    }

    /** As {@link LayerTap#retire()}. */
    void retire() {
        waiting = false;
        if (site.present() == this) {
            GraphVertex left = next;
            while (left instanceof VertexTap && !((VertexTap) left).waiting) {
                left = ((VertexTap) left).next;
            }
            site.put(left);
        }
    }

    @Override
    public Pair<Gradient, INDArray[]> doBackward(boolean tbptt, LayerWorkspaceMgr workspaceMgr) {
        if (!waiting) {
            return next.doBackward(tbptt, workspaceMgr);
        }
        waiting = false;
        site.put(underlying);
        INDArray[][] arrays = new INDArray[2][];
        guarded(() -> {
            arrays[0] = copies(underlying.getInputs());
            arrays[1] = copies(underlying.getEpsilon());
        });
        Pair<Gradient, INDArray[]> result = next.doBackward(tbptt, workspaceMgr);
        guarded(() -> {
            try {
                adding.accept(() ->
                        pass.after(arrays[0], arrays[1][0], result.getFirst().gradientForVariable()));
            } finally {
                Arrays.stream(arrays).flatMap(Arrays::stream).forEach(RecordedPass::giveBack);
            }
        });
        return result;
    }

    private static INDArray[] copies(INDArray... arrays) {
        return Arrays.stream(arrays).map(array -> array.dup('c')).toArray(INDArray[]::new);
    }

    private void guarded(Runnable measuring) {
        if (failures.any()) {
            return;
        }
        try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            measuring.run();
        } catch (Throwable t) {
            failures.add(site.toString(), t);
        }
    }

    @Override
    public String toString() {
        return "tap on " + site;
    }
}
