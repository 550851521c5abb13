package io.dl4jext.implicit;

/**
 * The batch that a layer's rows belong to, where α depends on it ({@link BatchMode#dependsOnBatch}). With gradient
 * accumulation that is the whole update's, larger than what the layer sees: whoever accumulates says so by {@code
 * setInputMiniBatchSize}, between the forward and the backward pass. DL4J itself calls that with the network's
 * examples, never more than the rows here.
 */
final class UpdateBatch {

    private int told;

    void tell(int rows) {
        told = rows;
    }

    int told() {
        return told;
    }

    /** Its number of rows, for this backward pass only. */
    long take(long rows) {
        long batch = Math.max(rows, told);
        told = 0;
        return batch;
    }
}
