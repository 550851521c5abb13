package io.dl4jext.updater.internal.elementwise;

/** The memory of the arrays of one step, of equal type and length. */
final class HostVectors implements AutoCloseable {

    private final HostMemory[] all;

    /** @param piece how many elements go into one Java buffer */
    HostVectors(VectorPart[] parts, int piece) {
        all = new HostMemory[parts.length];
        try {
            for (int i = 0; i < parts.length; i++) {
                VectorPart part = parts[i];
                if (part.length != parts[0].length || part.vector.dataType() != parts[0].vector.dataType()) {
                    throw new IllegalArgumentException("Expected " + parts[0].length + " elements of type "
                            + parts[0].vector.dataType() + " in array " + i + " of the step, got " + part.length
                            + " of type " + part.vector.dataType());
                }
                all[i] = HostMemory.of(part.vector, part.offset, part.length, piece);
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    int count() {
        return all.length;
    }

    long length() {
        return all[0].length();
    }

    boolean isSingle() {
        return all[0].isSingle();
    }

    HostMemory get(int array) {
        return all[array];
    }

    @Override
    public void close() {
        for (HostMemory memory : all) {
            if (memory != null) {
                memory.close();
            }
        }
    }
}
