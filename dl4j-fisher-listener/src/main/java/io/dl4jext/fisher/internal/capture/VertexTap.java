package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.Place;
import io.dl4jext.fisher.internal.gram.SampleGradients;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
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
 * Stands in a vertex's place until its backward pass, as {@link LayerTap} does for layers; then the vertex is replayed
 * sample by sample ({@link VertexTwin}).
 */
final class VertexTap extends BaseWrapperVertex {

    private final VertexSite site;
    private final SampleGradients target;
    private final ReplayHistory history;
    private final Duration budget;
    private final Failures failures;
    private final GraphVertex next;
    private boolean waiting = true;

    /** What is done around its contribution. */
    private Consumer<Runnable> adding = Runnable::run;

    VertexTap(VertexSite site, SampleGradients target, ReplayHistory history, Duration budget, Failures failures) {
        super(site.vertex);
        this.site = site;
        this.target = target;
        this.history = history;
        this.budget = budget;
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
        guarded(() -> adding.accept(
                () -> add(arrays[0], arrays[1][0], result.getFirst().gradientForVariable())));
        return result;
    }

    private void add(INDArray[] inputs, INDArray epsilon, Map<String, INDArray> own) {
        INDArray parameters = underlying.params();
        INDArray gradients = Nd4j.createUninitialized(parameters.dataType(), target.samples(), parameters.length());
        try (VertexTwin twin = new VertexTwin(site, inputs, epsilon, target.samples(), history.workspaceBytes)) {
            INDArray sum = twin.flat(own);
            ReplayPass.replay(twin, gradients, sum, history, budget);
            history.workspaceBytes = twin.workspaceBytes();
            target.addRows(gradients, Place.flat(gradients.columns()));
            RecordedPass.giveBack(sum);
        } finally {
            RecordedPass.giveBack(gradients);
            Arrays.stream(inputs).forEach(RecordedPass::giveBack);
            RecordedPass.giveBack(epsilon);
        }
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
