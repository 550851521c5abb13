package io.dl4jext.experiments.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** A data file being read from its start, gunzipped if its name ends in {@code .gz}; its faults name it. */
final class DataFile implements AutoCloseable {

    /** U+FEFF in UTF-8. */
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    /** Deflate makes one byte of so many at best. */
    private static final int BEST_DEFLATION = 1032;

    /** 100,000 columns of ten characters: what a line becomes takes a hundred times its length. */
    private static final int LONGEST_LINE = 1 << 20;

    private static final int LONGEST_QUOTE = 80;

    private final String name;
    private final InputStream in;

    /** The file holds no more than this. */
    private final long mostBytes;

    private long position;

    private DataFile(String name, InputStream raw, long size) throws IOException {
        this.name = name;
        boolean zipped = name.endsWith(".gz");
        mostBytes = zipped && size < Long.MAX_VALUE / BEST_DEFLATION ? size * BEST_DEFLATION : size;
        InputStream opened = null;
        try {
            opened = zipped ? new Gunzip(new Counted(raw), size) : new BufferedInputStream(raw);
        } catch (ZipException | EOFException e) {
            throw new DataFileException(name, "expected a gzip file, found another kind (" + e.getMessage() + ")");
        } finally {
            if (opened == null) {
                raw.close();
            }
        }
        this.in = opened;
    }

    static DataFile open(Path path) throws IOException {
        if (!Files.exists(path)) {
            throw new DataFileException(path, "expected a file, found nothing there");
        }
        if (Files.isDirectory(path)) {
            throw new DataFileException(path, "expected a file, found a folder");
        }
        if (!Files.isReadable(path)) {
            throw new DataFileException(path, "expected a file that may be read, found one that may not");
        }
        // A pipe has no size.
        long size = Files.isRegularFile(path) ? Files.size(path) : Long.MAX_VALUE;
        return new DataFile(path.toString(), Files.newInputStream(path), size);
    }

    /** A file inside this module, beside the classes of this package. */
    static DataFile resource(String name) throws IOException {
        InputStream in = DataFile.class.getResourceAsStream(name);
        if (in == null) {
            throw new DataFileException(name, "expected this file inside the program, found nothing");
        }
        return new DataFile(name, in, Long.MAX_VALUE);
    }

    String name() {
        return name;
    }

    DataFileException fault(String problem) {
        return new DataFileException(name, problem);
    }

    /** The text as a fault quotes it. */
    static String quoted(String text) {
        return quoted(text, '\'');
    }

    static String quoted(String text, char mark) {
        return mark + (text.length() <= LONGEST_QUOTE ? text : text.substring(0, LONGEST_QUOTE) + "...") + mark;
    }

    /** What data may take of the heap: half of what is free, since the other half is for what is made of them. */
    static long room() {
        Runtime heap = Runtime.getRuntime();
        return (heap.maxMemory() - heap.totalMemory() + heap.freeMemory()) / 2;
    }

    /** Refuses what there is no room for. */
    static void requireRoom(Object name, long bytes, String what) throws DataFileException {
        if (bytes > room()) {
            System.gc(); // garbage is not counted as free
        }
        if (bytes > room()) {
            throw new DataFileException(name, tooLarge(room(), bytes / (1 << 20) + " MB (" + what + ")"));
        }
    }

    static String tooLarge(long room, String found) {
        return "expected at most " + room / (1 << 20)
                + " MB in memory, half of the heap that is free (-Xmx makes it larger), found " + found;
    }

    /** The next {@code count} bytes; {@code what} says in the fault what they were to be. */
    byte[] read(int count, String what) throws IOException {
        if (position + count > mostBytes) {
            throw truncated(count, what, stream(true).transferTo(OutputStream.nullOutputStream()));
        }
        requireRoom(name, count, what);
        byte[] bytes = new byte[count];
        int got = stream(true).readNBytes(bytes, 0, count);
        if (got < count) {
            throw truncated(count, what, got);
        }
        position += count;
        return bytes;
    }

    private DataFileException truncated(int count, String what, long got) {
        return fault("truncated: expected " + (position + count) + " bytes (" + what + "), found " + (position + got));
    }

    int readInt(String what) throws IOException {
        byte[] b = read(4, what);
        return (b[0] & 0xff) << 24 | (b[1] & 0xff) << 16 | (b[2] & 0xff) << 8 | (b[3] & 0xff);
    }

    void expectEnd() throws IOException {
        if (stream().read() >= 0) {
            throw fault("expected " + position + " bytes, found more");
        }
    }

    /** The rest as a stream whose faults name the file. */
    InputStream stream() {
        return stream(false);
    }

    /** @param endsEarly whether a truncated gzip file just ends where it does, instead of being a fault */
    private InputStream stream(boolean endsEarly) {
        return new FilterInputStream(in) {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                try {
                    return in.read(target, offset, length);
                } catch (EOFException e) {
                    if (endsEarly) {
                        return -1;
                    }
                    throw fault("truncated gzip data");
                } catch (ZipException e) {
                    throw fault("damaged gzip data: " + e.getMessage());
                } catch (IOException e) {
                    throw fault("expected a file that can be read, found a fault: " + e.getMessage());
                }
            }
        };
    }

    /** The rest as a stream that may hold so many bytes. */
    InputStream stream(long most) {
        return new Bounded(stream(), most, false);
    }

    /**
     * The rest as text without the byte-order mark that may stand before it; UTF-16's, or a line that is too long, is a
     * fault.
     */
    InputStream textStream() throws IOException {
        PushbackInputStream text = new PushbackInputStream(stream(), BYTE_ORDER_MARK.length);
        byte[] start = new byte[BYTE_ORDER_MARK.length];
        int got = text.readNBytes(start, 0, start.length);
        if (startsWith(start, 0xFE, 0xFF) || startsWith(start, 0xFF, 0xFE)) {
            throw fault("expected text in UTF-8, found what looks like UTF-16 (by its byte-order mark)");
        }
        if (got < start.length || !Arrays.equals(start, BYTE_ORDER_MARK)) {
            text.unread(start, 0, got);
        }
        return new Bounded(text, LONGEST_LINE, true);
    }

    private static boolean startsWith(byte[] bytes, int first, int second) {
        return bytes[0] == (byte) first && bytes[1] == (byte) second;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    /** Knows where it is. */
    private static final class Counted extends FilterInputStream {

        private long count;

        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int read = in.read();
            count += read < 0 ? 0 : 1;
            return read;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int read = in.read(target, offset, length);
            count += Math.max(0, read);
            return read;
        }
    }

    /** Java's own passes over what is no gzip data after the end. */
    private static final class Gunzip extends GZIPInputStream {

        private static final int TRAILER = 8;

        private final Counted raw;
        private final long size;
        private long filledTo;

        Gunzip(Counted raw, long size) throws IOException {
            super(raw, 1 << 16);
            this.raw = raw;
            this.size = size;
        }

        @Override
        protected void fill() throws IOException {
            super.fill();
            filledTo = raw.count;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int read = super.read(target, offset, length);
            long end = filledTo - inf.getRemaining() + TRAILER;
            if (read < 0 && size != Long.MAX_VALUE && end < size) {
                throw new ZipException("expected its end after " + end + " bytes, found " + size);
            }
            return read;
        }
    }

    /** A fault where the whole, or a line, is longer than it may be. */
    private final class Bounded extends FilterInputStream {

        private final long most;
        private final boolean lines;
        private long length;
        private int line = 1;
        private int last;

        Bounded(InputStream in, long most, boolean lines) {
            super(in);
            this.most = most;
            this.lines = lines;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int count) throws IOException {
            int read = in.read(target, offset, count);
            for (int i = offset; i < offset + read; i++) {
                count(target[i]);
            }
            return read;
        }

        private void count(byte next) throws DataFileException {
            length++;
            if (length > most) {
                throw fault("expected at most " + most + " bytes" + (lines ? " in line " + line : "") + ", found more"
                        + (lines ? "" : "; a larger heap (-Xmx) takes more"));
            }
            if (lines && (next == '\n' || next == '\r')) {
                length = 0;
                line += next == '\n' && last == '\r' ? 0 : 1;
            }
            last = next;
        }
    }
}
