package io.dl4jext.fisher;

import org.nd4j.linalg.api.rng.Random;
import org.nd4j.linalg.factory.Nd4j;

/** Where the random numbers of ND4J stand in this thread. Immutable. */
final class RandomState {

    private final long root;
    private final long node;

    private RandomState(Random random) {
        root = random.rootState();
        node = random.nodeState();
    }

    static RandomState present() {
        return new RandomState(Nd4j.getRandom());
    }

    /** The next numbers are those that would have come next then. */
    void restore() {
        Nd4j.getRandom().setStates(root, node);
    }
}
