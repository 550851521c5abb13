package io.dl4jext.fisher.sink;

import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.FisherSink;
import io.dl4jext.fisher.internal.text.TextLines;
import java.io.Closeable;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A UTF-8 text file to which whole lines are added, each of them in the operating system's hands when the call
 * returns: another process, or this one after a crash, reads all lines written so far.
 *
 * <p>Streams, not a {@link java.nio.channels.FileChannel}: an interrupt of the training thread would close a channel.
 */
final class LineFile implements Closeable {

    private static final Logger log = LoggerFactory.getLogger(FisherSink.class);

    private static final int BLOCK = 8192;

    private final Path path;
    /** Whether it is that of a training that may have begun in another process. */
    private final boolean continued;

    private OutputStream out;
    private volatile boolean closed;

    private LineFile(Path path, boolean continued, OutputStream out) {
        this.path = path;
        this.continued = continued;
        this.out = out;
    }

    /** Starts a file; its folders are made. A file that already holds something is refused. */
    static LineFile create(Path path) throws IOException {
        return create(path, false);
    }

    /** @param continued whether it is to have the rows of earlier processes, which it may have lost */
    static LineFile create(Path path, boolean continued) throws IOException {
        refuseFolder(path);
        if (hasContent(path)) {
            throw new FileAlreadyExistsException(
                    path.toString(),
                    null,
                    "expected a new or an empty file, got one of " + Files.size(path)
                            + " bytes; choose another name, or continue it with appending(path)");
        }
        Path parent = path.toAbsolutePath().getParent();
        if (parent != null && !Files.isDirectory(parent)) {
            Files.createDirectories(parent);
        }
        return new LineFile(path, continued, new FileOutputStream(path.toFile()));
    }

    /**
     * Continues a file. A last line without an end was cut off when the program that wrote it died: it is replaced by
     * what {@code mend} makes of it.
     */
    static LineFile append(Path path, UnaryOperator<String> mend) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            long start = startOfLastLine(file);
            if (file.length() - start > TextLines.LONGEST) {
                throw new IOException("expected a last line of at most " + TextLines.LONGEST + " bytes, got "
                        + (file.length() - start));
            }
            if (start < file.length()) {
                byte[] cutOff = read(file, start, file.length());
                file.seek(start);
                file.write(bytes(mend.apply(new String(cutOff, StandardCharsets.UTF_8))));
                file.setLength(file.getFilePointer());
            }
        } catch (IOException e) {
            throw naming(path, e);
        }
        return new LineFile(path, true, new FileOutputStream(path.toFile(), true));
    }

    static boolean hasContent(Path path) throws IOException {
        return Files.exists(path) && Files.size(path) > 0;
    }

    /** @throws IllegalArgumentException if there is no path at all */
    static void refuseFolder(Path path) throws FileSystemException {
        if (path == null) {
            throw new IllegalArgumentException("Expected the path of a file, got null");
        }
        if (Files.isDirectory(path)) {
            throw new FileSystemException(path.toString(), null, "expected a file, got a folder");
        }
    }

    /** The position after the last line feed; 0 if there is none. */
    private static long startOfLastLine(RandomAccessFile file) throws IOException {
        for (long end = file.length(); end > 0; end -= Math.min(end, BLOCK)) {
            long start = Math.max(0, end - BLOCK);
            // Bytes, not characters: in UTF-8 a line feed's byte is never part of another character.
            byte[] block = read(file, start, end);
            for (int i = block.length - 1; i >= 0; i--) {
                if (block[i] == '\n') {
                    return start + i + 1;
                }
            }
        }
        return 0;
    }

    private static byte[] read(RandomAccessFile file, long start, long end) throws IOException {
        byte[] block = new byte[Math.toIntExact(end - start)];
        file.seek(start);
        file.readFully(block);
        return block;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Writes one or more whole lines, the last line feed included, in one call to the operating system. */
    void write(String lines) throws IOException {
        if (closed) {
            throw new IOException("Already closed: " + path);
        }
        try {
            out.write(bytes(lines));
        } catch (IOException e) {
            throw naming(path, e);
        }
    }

    /**
     * Changes the rows of an iteration and later ones, from the last earlier row on: the file as a whole, in one step,
     * so that it is the one or the other whenever the program dies.
     *
     * @param iterations the iteration of a line; NaN where it is no row
     * @return the iteration after that of the last earlier row, 0 if there is none
     */
    private int changeFrom(int iteration, ToDoubleFunction<String> iterations, UnaryOperator<String> change)
            throws IOException {
        int lastBefore = 0;
        int lastFrom = 0;
        int next = 0;
        try (TextLines lines = new TextLines(path)) {
            for (String line; (line = lines.next()) != null; ) {
                double of = iterations.applyAsDouble(line);
                if (of < iteration) {
                    lastBefore = lines.number();
                    next = (int) of + 1;
                }
                lastFrom = of >= iteration ? lines.number() : lastFrom;
            }
        }
        if (lastFrom <= lastBefore) {
            return next;
        }
        Path target = path.toRealPath(); // behind a link
        Path changed = target.resolveSibling(target.getFileName() + ".tmp");
        try {
            try (TextLines lines = new TextLines(path);
                    Writer writer = Files.newBufferedWriter(changed, StandardCharsets.UTF_8)) {
                for (String line; (line = lines.next()) != null; ) {
                    boolean changes = lines.number() > lastBefore && iterations.applyAsDouble(line) >= iteration;
                    writer.write((changes ? change.apply(line) : line) + '\n');
                }
            }
            out.close();
            Files.move(changed, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            out = new FileOutputStream(path.toFile(), true);
        } finally {
            Files.deleteIfExists(changed);
        }
        return next;
    }

    /**
     * Training goes on at an iteration: rows from there on are changed, and of a file that is continued the rows before
     * it that are missing are added.
     *
     * @param before what was measured before, as far as it is held
     * @param rows writes a measurement into this file
     */
    void resumeAt(
            int iteration,
            FisherHistory before,
            FisherSink rows,
            ToDoubleFunction<String> iterations,
            UnaryOperator<String> change)
            throws IOException {
        int next = changeFrom(iteration, iterations, change);
        if (!continued) {
            return;
        }
        if (!before.holdsFrom(next)) {
            log.warn(
                    "{} lacks measurements from iteration {} on that are in the listener's history no more: a larger"
                            + " historyLimit holds more of them",
                    path,
                    next);
        }
        before.writeTo(rows, next);
    }

    /** Streams say what failed ("No space left on device"), but not with which file. */
    private static IOException naming(Path path, IOException e) {
        if (e instanceof FileSystemException) {
            return e;
        }
        FileSystemException named = new FileSystemException(path.toString(), null, e.getMessage());
        named.initCause(e);
        return named;
    }

    /** Writes the lines every file or part of a file begins with; closes the file if that fails. */
    LineFile begin(String firstLines) throws IOException {
        try {
            write(firstLines);
            return this;
        } catch (IOException e) {
            try {
                close();
            } catch (IOException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        out.close();
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
