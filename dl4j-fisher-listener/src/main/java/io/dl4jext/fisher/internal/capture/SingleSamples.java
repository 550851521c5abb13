package io.dl4jext.fisher.internal.capture;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** The gradients of single samples, one by one. */
interface SingleSamples {

    /**
     * Writes a sample's gradient to the target.
     *
     * @param wholeBatch whether the sample comes in B copies, as a mini-batch of the size it had, or alone. What
     *     depends on the size of the mini-batch needs the one, all else is faster with the other
     * @param target a vector of all parameters
     */
    void gradient(int sample, boolean wholeBatch, INDArray target);

    /**
     * The rows of one sample, i, i + B, i + 2B, …, each as often as said.
     *
     * @param samples B
     */
    static INDArray rows(INDArray array, int sample, int samples, int copies) {
        if (array.size(0) % samples != 0) {
            throw new IllegalStateException("expected a multiple of " + samples + " rows, got " + array.size(0));
        }
        long terms = array.size(0) / samples;
        long length = array.length() / array.size(0);
        INDArray bySample = array.reshape('c', terms, samples, length);
        INDArray own = bySample.get(NDArrayIndex.all(), NDArrayIndex.interval(sample, sample + 1), NDArrayIndex.all())
                .dup('c');
        long[] shape = array.shape().clone();
        shape[0] = terms * copies;
        if (copies == 1) {
            return own.reshape('c', shape);
        }
        INDArray all = Nd4j.createUninitialized(array.dataType(), new long[] {terms, copies, length}, 'c');
        for (int copy = 0; copy < copies; copy++) {
            all.get(NDArrayIndex.all(), NDArrayIndex.interval(copy, copy + 1), NDArrayIndex.all())
                    .assign(own);
        }
        return all.reshape('c', shape);
    }
}
