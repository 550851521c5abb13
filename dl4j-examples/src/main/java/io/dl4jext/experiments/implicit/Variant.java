package io.dl4jext.experiments.implicit;

import io.dl4jext.experiments.command.EnumName;
import io.dl4jext.implicit.BatchMode;
import io.dl4jext.implicit.ExactImplicitSgd;
import io.dl4jext.implicit.ImplicitSgd;
import io.dl4jext.implicit.activation.RootRule;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;

/** The ways of training that are compared. All use the same layers; what differs is the updater. */
enum Variant {
    EXPLICIT(false, null),
    /** The mean of the examples' own implicit steps. */
    IMPLICIT(false, BatchMode.PER_SAMPLE),
    /** Each example steps with its part of the batch's loss, as in the authors' program. */
    IMPLICIT_SCALED(false, BatchMode.BATCH_SCALED),
    EXPLICIT_CLIP(true, null),
    IMPLICIT_CLIP(true, BatchMode.PER_SAMPLE),
    /** Eq. (1) for the whole network by inner gradient steps. */
    EXACT(false, null);

    final boolean isClipped;

    /** Null: plain SGD. */
    private final BatchMode batchMode;

    Variant(boolean isClipped, BatchMode batchMode) {
        this.isClipped = isClipped;
        this.batchMode = batchMode;
    }

    /** The one with the same clipping and plain SGD. */
    Variant reference() {
        return isClipped ? EXPLICIT_CLIP : EXPLICIT;
    }

    /** Whether it takes an implicit step layer by layer, by a {@link RootRule}. */
    boolean isImplicit() {
        return batchMode != null;
    }

    IUpdater updater(double rate, RootRule rootRule) {
        return batchMode == null
                ? new Sgd(rate)
                : ImplicitSgd.builder()
                        .learningRate(rate)
                        .rootRule(rootRule)
                        .batchMode(batchMode)
                        // Convolutions and recurrent output layers take explicit steps at the same rate.
                        .explicitElsewhere(true)
                        .build();
    }

    /** How long a step takes, in explicit steps. */
    int cost() {
        return this == EXACT ? ExactImplicitSgd.DEFAULT_INNER_STEPS : 1;
    }

    /** The name as it is typed. */
    @Override
    public String toString() {
        return EnumName.typed(name());
    }
}
