package io.dl4jext.fisher.internal.capture;

/** What earlier measured passes taught about the replay of one layer or vertex. */
final class ReplayHistory {

    final Object replayed;

    /** What a sample took of the workspace. */
    long workspaceBytes;

    private int passes;
    private int passesInWholeBatches;
    private boolean lastWasOff;

    ReplayHistory(Object replayed) {
        this.replayed = replayed;
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
