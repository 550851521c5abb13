package io.dl4jext.batch.internal.accumulation;

import io.dl4jext.batch.internal.Network;
import io.dl4jext.fisher.FisherListener;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.TrainingListener;

/** Tells a network's FisherListeners which part of an update's batch a pass is. Their module may be absent. */
final class MeasuredParts {

    private static final boolean PRESENT = isPresent();

    private MeasuredParts() {}

    private static boolean isPresent() {
        try {
            return FisherListener.class.getName() != null;
        } catch (NoClassDefFoundError e) {
            return false;
        }
    }

    static void announce(Model network, boolean first, boolean last) {
        if (!PRESENT) {
            return;
        }
        for (TrainingListener listener : Network.of(network).listeners()) {
            if (listener instanceof FisherListener) {
                ((FisherListener) listener).partOfUpdate(network, first, last);
            }
        }
    }
}
