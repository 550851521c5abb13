package io.dl4jext.experiments.evidence.cell;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a file is that may be packed by gzip, without unpacking it. */
final class PackedFile {

    private static final String ENDING = ".gz";

    /** Header and trailer of RFC 1952; less is no packed file. */
    private static final int LEAST = 18;

    private static final int MAGIC = 0x1f8b;

    private PackedFile() {}

    static String nameUnpacked(String name) {
        return name.endsWith(ENDING) ? name.substring(0, name.length() - ENDING.length()) : name;
    }

    /** As gzip's trailer has it, modulo 2^32; of a file that is not packed its size. */
    static long sizeUnpacked(Path path) throws IOException {
        long size = Files.size(path);
        if (!path.getFileName().toString().endsWith(ENDING) || size < LEAST) {
            return size;
        }
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
            if (file.readUnsignedShort() != MAGIC) {
                return size;
            }
            file.seek(size - Integer.BYTES);
            return Integer.toUnsignedLong(Integer.reverseBytes(file.readInt()));
        }
    }
}
