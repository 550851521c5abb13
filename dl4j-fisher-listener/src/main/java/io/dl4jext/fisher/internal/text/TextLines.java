package io.dl4jext.fisher.internal.text;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The lines of a UTF-8 file, one after the other; a byte-order mark is passed over. Faults name file and line. */
public final class TextLines implements Closeable {

    /** The bytes that a line may have: eigenvalues and norms of 100,000 examples take 5 MB. */
    public static final int LONGEST = 1 << 24;

    private static final int MOST_QUOTED = 80;
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private final Path path;
    private final InputStream in;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final byte[] buffer = new byte[1 << 13];
    private int start;
    private int end;
    private int number;
    private boolean whole;

    public TextLines(Path path) throws IOException {
        this.path = path;
        this.in = Files.newInputStream(path);
    }

    /**
     * The next line without its end, or null after the last.
     *
     * @throws IOException if it is too long or no UTF-8, or the file cannot be read. A last line that is not
     *     {@linkplain #isWhole() whole} may end within a character
     */
    public String next() throws IOException {
        if (!fill()) {
            return null;
        }
        number++;
        line.reset();
        whole = false;
        while (!whole && fill()) {
            int stop = start;
            while (stop < end && buffer[stop] != '\n') {
                stop++;
            }
            if (line.size() + stop - start > LONGEST) {
                throw fault("expected at most " + LONGEST + " bytes, got more");
            }
            line.write(buffer, start, stop - start);
            whole = stop < end;
            start = stop + 1;
        }
        String text = text();
        if (number == 1 && !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK) {
            text = text.substring(1);
        }
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    private boolean fill() throws IOException {
        if (start >= end) {
            try {
                end = in.read(buffer);
            } catch (IOException e) {
                throw named(e.getMessage(), e);
            }
            start = 0;
        }
        return end > 0;
    }

    private String text() throws IOException {
        if (!whole) {
            return line.toString(StandardCharsets.UTF_8);
        }
        ByteBuffer bytes = ByteBuffer.wrap(line.toByteArray());
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw fault("expected UTF-8, got something else after " + bytes.position() + " bytes");
        }
    }

    /** Of the last line, from 1. */
    public int number() {
        return number;
    }

    /** Whether the last line had its line feed: it was not cut off. */
    public boolean isWhole() {
        return whole;
    }

    /** A fault in the last line. */
    public FileSystemException fault(String what) {
        return named("line " + number + ": " + what, null);
    }

    private FileSystemException named(String what, IOException cause) {
        FileSystemException named = new FileSystemException(path.toString(), null, what);
        named.initCause(cause);
        return named;
    }

    /** The text as a fault quotes it: in one line, and not too much of it. */
    public static String quoted(String text) {
        String some = text.length() <= MOST_QUOTED ? text : text.substring(0, MOST_QUOTED) + "...";
        return "'" + some.replaceAll("\\R", " ") + "'";
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
