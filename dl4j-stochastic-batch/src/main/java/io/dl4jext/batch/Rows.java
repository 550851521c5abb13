package io.dl4jext.batch;

import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Examples from … to (excluded) of an array, whose dimension 0 counts examples: as views, and copied in bulk. */
final class Rows {

    private Rows() {}

    /** The array itself when all of it is meant, otherwise a view. */
    static INDArray view(INDArray array, long from, long to) {
        if (from == 0 && to == array.size(0)) {
            return array;
        }
        long[] shape = array.shape().clone();
        shape[0] = to - from;
        return part(array, from, shape);
    }

    /** The view of the given shape that begins with example {@code from}; not through get(), which is slower. */
    private static INDArray part(INDArray array, long from, long[] shape) {
        return Nd4j.create(
                array.data(),
                shape,
                array.stride().clone(),
                array.offset() + from * array.stride(0),
                array.ordering(),
                array.dataType());
    }

    /**
     * Copies examples, cast to the target's type; in any other dimension the target may be longer, and keeps what it
     * has there.
     */
    static void copy(INDArray source, long from, long to, INDArray target, long at) {
        if (source.dataType() == target.dataType()
                && haveEqualExamples(source, target)
                && isDense(source)
                && isDense(target)) {
            // Element-wise assignment of a view costs several times this.
            long row = target.length() / target.size(0);
            DataBuffer targetRows = Nd4j.createBuffer(target.data(), target.offset() + at * row, (to - from) * row);
            DataBuffer sourceRows = Nd4j.createBuffer(source.data(), source.offset() + from * row, (to - from) * row);
            Nd4j.getMemoryManager().memcpy(targetRows, sourceRows);
        } else {
            INDArray rows = view(source, from, to);
            part(target, at, rows.shape().clone()).assign(rows);
        }
    }

    private static boolean haveEqualExamples(INDArray source, INDArray target) {
        for (int i = 1; i < source.rank(); i++) {
            if (source.size(i) != target.size(i)) {
                return false;
            }
        }
        return true;
    }

    /** Whether the elements follow one another in 'c' order without gaps. */
    private static boolean isDense(INDArray array) {
        long expected = 1;
        for (int i = array.rank() - 1; i >= 0; i--) {
            if (array.size(i) != 1 && array.stride(i) != expected) {
                return false;
            }
            expected *= array.size(i);
        }
        return true;
    }
}
