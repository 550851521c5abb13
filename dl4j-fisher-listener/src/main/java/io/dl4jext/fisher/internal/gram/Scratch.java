package io.dl4jext.fisher.internal.gram;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Named working arrays that grow and are used again, outside all workspaces. On DL4J 1.0.0-M2.1 a new array of a
 * million elements costs several milliseconds, so no step allocates what the last one already had.
 */
final class Scratch implements AutoCloseable {

    private static final class Slot {
        INDArray flat;
        INDArray view;
        char order;

        void close() {
            if (flat != null && flat.closeable()) {
                flat.close();
            }
            flat = null;
            view = null;
        }
    }

    private final Map<String, Slot> slots = new HashMap<>();

    /** An array of that type, order and shape over the slot's memory; its content is whatever was there. */
    INDArray take(String name, DataType type, char order, long... shape) {
        Slot slot = slots.computeIfAbsent(name + " " + type, key -> new Slot());
        if (slot.view != null && slot.order == order && Arrays.equals(slot.view.shape(), shape)) {
            return slot.view;
        }
        long length = 1;
        for (long s : shape) {
            length = Math.multiplyExact(length, s);
        }
        try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            if (slot.flat == null || slot.flat.length() < length) {
                slot.close(); // what it has outgrown
                slot.flat = Nd4j.createUninitialized(type, length);
            }
            slot.view = slot.flat.get(NDArrayIndex.interval(0, length)).reshape(order, shape);
            slot.order = order;
        }
        return slot.view;
    }

    /**
     * The array itself if it is dense, of that type and in that order; else a copy of it in the slot. A view that
     * starts inside its buffer is copied, too: ND4J 1.0.0-M2.1 takes some parts of such views for empty
     * ({@code BaseNDArray.get} compares the offset in the buffer with the view's own length).
     */
    INDArray dense(String name, DataType type, char order, INDArray array) {
        if (array.dataType() == type && array.offset() == 0 && isDense(array, order)) {
            return array;
        }
        INDArray copy = take(name, type, order, array.shape());
        copy.assign(array);
        return copy;
    }

    /** Whether the elements lie one after the other in that order. */
    static boolean isDense(INDArray array, char order) {
        long expected = 1;
        int rank = array.rank();
        for (int i = 0; i < rank; i++) {
            int axis = order == 'c' ? rank - 1 - i : i;
            if (array.size(axis) != 1 && array.stride(axis) != expected) {
                return false;
            }
            expected *= array.size(axis);
        }
        return true;
    }

    /** The bytes held. */
    long bytes() {
        long bytes = 0;
        for (Slot slot : slots.values()) {
            if (slot.flat != null) {
                bytes += slot.flat.length() * slot.flat.dataType().width();
            }
        }
        return bytes;
    }

    /** Gives all memory back now. */
    @Override
    public void close() {
        slots.values().forEach(Slot::close);
        slots.clear();
    }
}
