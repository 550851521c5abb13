package io.dl4jext.batch;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;

/** A listener's place in a network's list. */
final class Attachment {

    private Attachment() {}

    /** Before all others: what it sets in a pass is for them to see. */
    static void putFirst(TrainingListener listener, Model network) {
        List<TrainingListener> all = without(listener, network);
        all.add(0, listener);
        set(network, all);
    }

    static void remove(TrainingListener listener, Model network) {
        set(network, without(listener, network));
    }

    static boolean has(TrainingListener listener, Model network) {
        return listeners(network).contains(listener);
    }

    private static List<TrainingListener> without(TrainingListener listener, Model network) {
        List<TrainingListener> all = new ArrayList<>(listeners(network));
        all.removeIf(one -> one == listener);
        return all;
    }

    private static Collection<TrainingListener> listeners(Model network) {
        return network instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) network).getListeners()
                : ((ComputationGraph) network).getListeners();
    }

    private static void set(Model network, List<TrainingListener> all) {
        if (network instanceof MultiLayerNetwork) {
            // Its solver keeps the list it is given, so this is to be the network's own.
            ((MultiLayerNetwork) network).setListeners(all);
            ((MultiLayerNetwork) network).addListeners();
        } else {
            ((ComputationGraph) network).setListeners(all);
            ((ComputationGraph) network).addListeners();
        }
    }
}
