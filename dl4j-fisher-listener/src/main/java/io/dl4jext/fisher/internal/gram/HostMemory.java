package io.dl4jext.fisher.internal.gram;

import java.lang.ref.Reference;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.workspace.WorkspaceUtils;

/**
 * Neighbouring elements of a dense FLOAT or DOUBLE array of a CPU backend, for bulk copies to and from Java arrays, by
 * several threads at once if they like. With {@link OpenBlas} the only place of this module that
 * knows addresses:
 *
 * <ul>
 *   <li>Every access is checked, always: type, gaps between elements, the buffer's length and the workspace when it is
 *       opened, the range at each copy.
 *   <li>ND4J frees native memory once nothing refers to the buffer's Java object, whatever addresses are in use. So the
 *       array is held here, and stays reachable until {@link #close()} and through every copy.
 * </ul>
 *
 * <p>To be opened and closed by the thread that owns the array's workspace, and once for many copies: opening costs as
 * much as copying some 1,000 elements.
 *
 * <pre>{@code
 * try (HostMemory memory = HostMemory.of(array)) {
 *     memory.read(0, values, values.length);
 * }
 * }</pre>
 */
final class HostMemory implements AutoCloseable {

    /** How many elements go into one Java buffer, which has at most 2 GiB. */
    private static final int PIECE = 1 << 27;

    private final INDArray array;
    private final DataBuffer data;
    private final long length;
    private final int piece;
    private final FloatBuffer[] floats;
    private final DoubleBuffer[] doubles;
    private Pointer start;
    private volatile boolean closed;

    private HostMemory(INDArray array, long offset, long length, int piece) {
        long whole = array.isEmpty() ? 0 : array.length();
        if (offset < 0 || length < 0 || length > whole - offset) {
            throw new IndexOutOfBoundsException("Expected a part of an array of " + whole + " elements, got elements "
                    + offset + " to " + offset + " + " + length);
        }
        DataType type = array.dataType();
        if (type != DataType.FLOAT && type != DataType.DOUBLE) {
            throw new IllegalArgumentException(
                    "Expected an array of type FLOAT or DOUBLE, got " + type + " " + Arrays.toString(array.shape()));
        }
        this.array = array;
        this.data = length == 0 ? null : array.data();
        this.length = length;
        this.piece = piece;
        int pieces = Math.toIntExact((length + piece - 1) / piece);
        this.floats = type == DataType.FLOAT ? new FloatBuffer[pieces] : null;
        this.doubles = type == DataType.DOUBLE ? new DoubleBuffer[pieces] : null;
        if (length > 0) {
            open(offset);
        }
    }

    /** The whole array, in the order in which its elements lie. */
    static HostMemory of(INDArray array) {
        return of(array, 0, array.isEmpty() ? 0 : array.length());
    }

    /**
     * A part of an array, in the order in which its elements lie.
     *
     * @throws IllegalArgumentException if the array is not of type FLOAT or DOUBLE, or has gaps between its elements
     * @throws IndexOutOfBoundsException if the array has no elements offset … offset + length
     * @throws IllegalStateException if the array is closed, or ends beyond its buffer
     * @throws org.nd4j.linalg.workspace.ND4JWorkspaceException if the array's workspace is closed or has begun anew
     */
    static HostMemory of(INDArray array, long offset, long length) {
        return of(array, offset, length, PIECE);
    }

    /** @param piece how many elements go into one Java buffer */
    static HostMemory of(INDArray array, long offset, long length, int piece) {
        return new HostMemory(array, offset, length, piece);
    }

    /** The most that ND4J's arrays may take on a CPU backend, in bytes; 0 if there is no bound. */
    static long mostNativeBytes() {
        return Pointer.maxBytes();
    }

    private void open(long offset) {
        if (!isDense('c') && !isDense('f')) {
            throw new IllegalArgumentException("Expected an array without gaps between its elements, got shape "
                    + Arrays.toString(array.shape()) + ", strides " + Arrays.toString(array.stride()));
        }
        if (data.wasClosed()) {
            throw new IllegalStateException(
                    "Expected an array in use, got one that is closed, of shape " + Arrays.toString(array.shape()));
        }
        WorkspaceUtils.assertValidArray(array, "Array of shape " + Arrays.toString(array.shape()));
        boolean single = floats != null;
        long room = Math.min(data.length(), data.underlyingLength() - data.offset());
        if (data.dataType() != array.dataType() || length > room - offset) {
            throw new IllegalStateException("Expected a buffer of type " + array.dataType() + " with at least "
                    + (offset + length) + " elements, got " + room + " of type " + data.dataType()
                    + ", for an array of shape " + Arrays.toString(array.shape()));
        }
        Pointer buffer = data.addressPointer();
        if (buffer == null || buffer.isNull()) {
            throw new IllegalStateException(
                    "Expected an array with memory, got none, for shape " + Arrays.toString(array.shape()));
        }
        start = single
                ? new FloatPointer(buffer).position(buffer.position() + offset)
                : new DoublePointer(buffer).position(buffer.position() + offset);
        int pieces = single ? floats.length : doubles.length;
        for (int i = 0; i < pieces; i++) {
            long from = (long) i * piece;
            int size = (int) Math.min(piece, length - from);
            long first = buffer.position() + offset + from;
            if (single) {
                floats[i] = new FloatPointer(buffer)
                        .position(first)
                        .limit(first + size)
                        .asBuffer();
            } else {
                doubles[i] = new DoublePointer(buffer)
                        .position(first)
                        .limit(first + size)
                        .asBuffer();
            }
        }
        Reference.reachabilityFence(data);
    }

    private boolean isDense(char order) {
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

    /**
     * The first element, for {@link OpenBlas}: a {@link FloatPointer} or {@link DoublePointer}. What it does is not
     * checked.
     */
    Pointer start() {
        check(0, 0, 0, isSingle());
        return start;
    }

    long length() {
        return length;
    }

    /** Whether it is of FLOAT, not of DOUBLE. */
    boolean isSingle() {
        return floats != null;
    }

    private void check(long from, int count, int room, boolean single) {
        if (closed) {
            throw new IllegalStateException("Expected memory that is open, got one that is closed");
        }
        if (single != isSingle()) {
            throw new IllegalArgumentException("Expected a Java array for elements of type " + array.dataType()
                    + ", got one of " + (single ? "float" : "double"));
        }
        if (count < 0 || from < 0 || from > length - count || count > room) {
            throw new IndexOutOfBoundsException(
                    "Expected a part of " + length + " elements and a Java array as long, got " + "elements " + from
                            + " to " + from + " + " + count + " and an array of " + room);
        }
    }

    /** target[0 … count) = elements from … ; FLOAT only. */
    void read(long from, float[] target, int count) {
        check(from, count, target.length, true);
        try {
            for (int done = 0; done < count; ) {
                FloatBuffer own = floats[(int) ((from + done) / piece)].duplicate();
                own.position((int) ((from + done) % piece));
                int part = Math.min(own.remaining(), count - done);
                own.get(target, done, part);
                done += part;
            }
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** Elements from … = source[0 … count); FLOAT only. */
    void write(long from, float[] source, int count) {
        check(from, count, source.length, true);
        try {
            for (int done = 0; done < count; ) {
                FloatBuffer own = floats[(int) ((from + done) / piece)].duplicate();
                own.position((int) ((from + done) % piece));
                int part = Math.min(own.remaining(), count - done);
                own.put(source, done, part);
                done += part;
            }
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** target[0 … count) = elements from … ; DOUBLE only. */
    void read(long from, double[] target, int count) {
        check(from, count, target.length, false);
        try {
            for (int done = 0; done < count; ) {
                DoubleBuffer own = doubles[(int) ((from + done) / piece)].duplicate();
                own.position((int) ((from + done) % piece));
                int part = Math.min(own.remaining(), count - done);
                own.get(target, done, part);
                done += part;
            }
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** Elements from … = source[0 … count); DOUBLE only. */
    void write(long from, double[] source, int count) {
        check(from, count, source.length, false);
        try {
            for (int done = 0; done < count; ) {
                DoubleBuffer own = doubles[(int) ((from + done) / piece)].duplicate();
                own.position((int) ((from + done) % piece));
                int part = Math.min(own.remaining(), count - done);
                own.put(source, done, part);
                done += part;
            }
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /**
     * As {@link #read(long, double[], int)}, of either type.
     *
     * @param scratch for the conversion of FLOAT
     */
    void read(long from, double[] target, int count, float[] scratch) {
        if (!isSingle()) {
            read(from, target, count);
            return;
        }
        read(from, scratch, count);
        for (int i = 0; i < count; i++) {
            target[i] = scratch[i];
        }
    }

    /**
     * As {@link #write(long, double[], int)}, of either type.
     *
     * @param scratch for the conversion to FLOAT
     */
    void write(long from, double[] source, int count, float[] scratch) {
        if (!isSingle()) {
            write(from, source, count);
            return;
        }
        for (int i = 0; i < count; i++) {
            scratch[i] = (float) source[i];
        }
        write(from, scratch, count);
    }

    /**
     * Ends all access. The array was reachable until now.
     *
     * @throws IllegalStateException if the array was closed in the meantime: what was read may be anything
     */
    @Override
    public void close() {
        closed = true;
        // A look at the buffer, not only fences: it needs the object, whatever the compiler makes of a fence.
        boolean gone = data != null && data.wasClosed();
        Reference.reachabilityFence(data);
        Reference.reachabilityFence(array);
        if (gone) {
            throw new IllegalStateException(
                    "Expected an array that stays open while it is in use, got one that was closed, of shape "
                            + Arrays.toString(array.shape()));
        }
    }
}
