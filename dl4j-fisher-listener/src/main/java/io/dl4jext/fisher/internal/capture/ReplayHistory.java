package io.dl4jext.fisher.internal.capture;

import org.deeplearning4j.nn.api.Layer;

/** What earlier measured passes taught about the replay of one layer. */
final class ReplayHistory {

    final Layer layer;

    /** What a sample took of the workspace. */
    long workspaceBytes;

    private int passes;
    private int passesInWholeBatches;
    private boolean lastWasOff;

    ReplayHistory(Layer layer) {
        this.layer = layer;
    }

    /** Whether samples replayed alone have twice given other gradients than in a mini-batch: it is no use to try. */
    boolean needsWholeBatches() {
        return passesInWholeBatches > 1;
    }

    /** Whether the gradients have added up before and at the pass before this one. */
    boolean trusted() {
        return passes > 0 && !lastWasOff;
    }

    void addedUp(boolean wholeBatches) {
        passes++;
        passesInWholeBatches = wholeBatches ? passesInWholeBatches + 1 : 0;
        lastWasOff = false;
    }

    void wasOff() {
        lastWasOff = true;
    }
}
