package io.dl4jext.experiments.implicit;

import io.dl4jext.implicit.BatchMode;
import io.dl4jext.implicit.ExactImplicitSgd;
import io.dl4jext.implicit.ImplicitSgd;
import io.dl4jext.implicit.prox.RootRule;
import java.util.Locale;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;

/** The ways of training that are compared. All use the same layers; what differs is the updater. */
enum Arm {
    EXPLICIT(false, null),
    /** The mean of the examples' own implicit steps. */
    IMPLICIT(false, BatchMode.PER_SAMPLE),
    /** Each example steps with its share of the batch's loss, as in the authors' program. */
    IMPLICIT_SCALED(false, BatchMode.BATCH_SCALED),
    EXPLICIT_CLIP(true, null),
    IMPLICIT_CLIP(true, BatchMode.PER_SAMPLE),
    /** Eq. (1) for the whole network by inner gradient steps. */
    EXACT(false, null) {
        @Override
        Step step(double rate) {
            return new ExactImplicitSgd(rate)::step;
        }
    };

    /** One update of a network from one batch. */
    interface Step {
        void take(MultiLayerNetwork network, DataSet batch);
    }

    private final boolean clipped;

    /** Null: plain SGD. */
    private final BatchMode batchMode;

    Arm(boolean clipped, BatchMode batchMode) {
        this.clipped = clipped;
        this.batchMode = batchMode;
    }

    boolean isClipped() {
        return clipped;
    }

    /** The arm with the same clipping and plain SGD. */
    Arm reference() {
        return clipped ? EXPLICIT_CLIP : EXPLICIT;
    }

    IUpdater updater(double rate, RootRule rootRule) {
        return batchMode == null
                ? new Sgd(rate)
                : ImplicitSgd.builder()
                        .learningRate(rate)
                        .rootRule(rootRule)
                        .batchMode(batchMode)
                        .build();
    }

    Step step(double rate) {
        return MultiLayerNetwork::fit;
    }

    /** How long a step takes, in explicit steps. */
    int cost() {
        return this == EXACT ? ExactImplicitSgd.DEFAULT_INNER_STEPS : 1;
    }

    /** The name as it is typed. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
