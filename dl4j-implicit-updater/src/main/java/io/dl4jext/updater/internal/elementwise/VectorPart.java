package io.dl4jext.updater.internal.elementwise;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Elements offset … offset + length of a dense vector. */
public final class VectorPart {

    public final INDArray vector;
    public final long offset;
    public final long length;

    public VectorPart(INDArray vector, long offset, long length) {
        this.vector = vector;
        this.offset = offset;
        this.length = length;
    }

    INDArray view() {
        boolean whole = offset == 0 && length == vector.length();
        return whole ? vector : vector.get(NDArrayIndex.interval(offset, offset + length));
    }
}
