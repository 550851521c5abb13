package io.dl4jext.experiments.sampling;

import io.dl4jext.batch.BatchSizes;

/** A way to choose the batch sizes of a training. */
interface Policy {

    String name();

    /** The sizes of one training, from its beginning. */
    BatchSizes begin();

    /** Whether the size is constant. */
    boolean isBeacon();

    /** Iterations of an epoch, at most. */
    long iterations(int examples, int epoch);

    /** The size that {@link #iterations} supposes. */
    int size(int epoch);
}
