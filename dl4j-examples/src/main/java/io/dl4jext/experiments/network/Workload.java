package io.dl4jext.experiments.network;

import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * A network and a batch size on which speed is measured, with random data; as text, what stands in a table. Immutable.
 */
public interface Workload {

    int batchSize();

    /** The same with another batch size; null for the usual one. */
    Workload withBatchSize(Integer size);

    /** A new network: FLOAT. */
    Model network(IUpdater updater, long seed);

    /** A new network with plain SGD. */
    default Model network(long seed) {
        return network(new Sgd(0.01), seed);
    }

    /** A ready batch. */
    DataSet batch(long seed);
}
