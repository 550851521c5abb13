package io.dl4jext.batch;

import io.dl4jext.batch.internal.Network;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.TrainingListener;

/** A listener's place in a network's list. */
final class Attachment {

    private Attachment() {}

    /** Before all others: what it sets in a pass is for them to see. */
    static void putFirst(TrainingListener listener, Model network) {
        List<TrainingListener> all = without(listener, network);
        all.add(0, listener);
        Network.of(network).setListeners(all);
    }

    static void remove(TrainingListener listener, Model network) {
        Network.of(network).setListeners(without(listener, network));
    }

    static boolean has(TrainingListener listener, Model network) {
        return Network.of(network).listeners().contains(listener);
    }

    private static List<TrainingListener> without(TrainingListener listener, Model network) {
        List<TrainingListener> all = new ArrayList<>(Network.of(network).listeners());
        all.removeIf(one -> one == listener);
        return all;
    }
}
