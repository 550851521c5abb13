package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.Place;
import io.dl4jext.fisher.internal.gram.SampleGradients;
import java.time.Duration;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Replays a vertex sample by sample ({@link VertexTwin}), as {@link ReplayPass} does layers. */
final class VertexReplay implements VertexPass {

    private final VertexSite site;
    private final SampleGradients target;
    private final ReplayHistory history;
    private final Duration budget;

    VertexReplay(VertexSite site, SampleGradients target, ReplayHistory history, Duration budget) {
        this.site = site;
        this.target = target;
        this.history = history;
        this.budget = budget;
    }

    @Override
    public void after(INDArray[] inputs, INDArray epsilon, Map<String, INDArray> own) {
        INDArray parameters = site.params();
        INDArray gradients = Nd4j.createUninitialized(parameters.dataType(), target.samples(), parameters.length());
        try (VertexTwin twin = new VertexTwin(site, inputs, epsilon, target.samples(), history.workspaceBytes)) {
            INDArray sum = twin.flat(own);
            ReplayPass.replay(twin, gradients, sum, history, budget);
            history.workspaceBytes = twin.workspaceBytes();
            target.addRows(gradients, Place.flat(gradients.columns()));
            RecordedPass.giveBack(sum);
        } finally {
            RecordedPass.giveBack(gradients);
        }
    }
}
