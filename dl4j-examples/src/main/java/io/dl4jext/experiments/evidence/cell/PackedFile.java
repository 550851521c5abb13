package io.dl4jext.experiments.evidence.cell;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** What a file is that may be packed by gzip. */
final class PackedFile {

    private static final String ENDING = ".gz";

    private static final int BUFFER = 1 << 16;

    private PackedFile() {}

    static String nameUnpacked(String name) {
        return name.endsWith(ENDING) ? name.substring(0, name.length() - ENDING.length()) : name;
    }

    /**
     * Counted by unpacking it: gzip's trailer has the size of the last of several parts alone, modulo 2^32. Of a file
     * that is not packed, or damaged, its own size.
     */
    static long sizeUnpacked(Path path) throws IOException {
        if (!path.getFileName().toString().endsWith(ENDING)) {
            return Files.size(path);
        }
        try (InputStream file = Files.newInputStream(path);
                InputStream in = new GZIPInputStream(file, BUFFER)) {
            return in.transferTo(OutputStream.nullOutputStream());
        } catch (ZipException | EOFException e) {
            return Files.size(path); // whoever reads it says what is wrong with it
        }
    }
}
