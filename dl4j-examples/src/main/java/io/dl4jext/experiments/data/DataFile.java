package io.dl4jext.experiments.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
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

    private final String name;
    private final InputStream in;
    private long position;

    private DataFile(String name, InputStream raw) throws IOException {
        this.name = name;
        InputStream opened = null;
        try {
            opened = name.endsWith(".gz") ? new GZIPInputStream(raw, 1 << 16) : new BufferedInputStream(raw);
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
        return new DataFile(path.toString(), Files.newInputStream(path));
    }

    /** A file inside this module, beside the classes of this package. */
    static DataFile resource(String name) throws IOException {
        InputStream in = DataFile.class.getResourceAsStream(name);
        if (in == null) {
            throw new DataFileException(name, "expected this file inside the program, found nothing");
        }
        return new DataFile(name, in);
    }

    String name() {
        return name;
    }

    DataFileException fault(String problem) {
        return new DataFileException(name, problem);
    }

    /** The next {@code count} bytes; {@code what} says in the fault what they were to be. */
    byte[] read(int count, String what) throws IOException {
        byte[] bytes = stream(true).readNBytes(count);
        if (bytes.length < count) {
            throw fault("truncated: expected " + (position + count) + " bytes (" + what + "), found "
                    + (position + bytes.length));
        }
        position += count;
        return bytes;
    }

    int readInt(String what) throws IOException {
        byte[] b = read(4, what);
        return (b[0] & 0xff) << 24 | (b[1] & 0xff) << 16 | (b[2] & 0xff) << 8 | (b[3] & 0xff);
    }

    void expectEnd() throws IOException {
        if (stream(true).read() >= 0) {
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
                }
            }
        };
    }

    /** The rest as text without the byte-order mark that may stand before it. */
    InputStream textStream() throws IOException {
        PushbackInputStream text = new PushbackInputStream(stream(), BYTE_ORDER_MARK.length);
        byte[] start = new byte[BYTE_ORDER_MARK.length];
        int got = text.readNBytes(start, 0, start.length);
        if (got < start.length || !Arrays.equals(start, BYTE_ORDER_MARK)) {
            text.unread(start, 0, got);
        }
        return text;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
