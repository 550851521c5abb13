package io.dl4jext.experiments.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files that promise too much, do not end, end too early or go on; {@link HostileFilePropertyTest} makes them at
 * random.
 */
@Tag("once")
class HostileFilesTest {

    private static final String ROWS = "1,10,0\n2,10,1\n3,10,0\n4,10,1\n5,10,2\n";
    private static final String PIECES = "{\"test\": [], \"train\": [[[21, 108], [], [60]], [[22], [23]]]}";

    @TempDir
    Path folder;

    @BeforeEach
    void writeFiles() throws IOException {
        IdxWriter.writeSet(folder, 25, 7);
    }

    /** As many as one array takes; the heap of tests is not twice as large. */
    @Test
    void imagesThatTheHeapDoesNotHoldAreRefusedUnread() throws Exception {
        byte[] header = ByteBuffer.allocate(16)
                .putInt(0x0803)
                .putInt(2000)
                .putInt(1000)
                .putInt(1000)
                .array();
        Path plain = folder.resolve(IdxWriter.TRAIN_IMAGES);
        try (RandomAccessFile file = new RandomAccessFile(plain.toFile(), "rw")) {
            file.write(header);
            file.setLength(16 + 2_000_000_000L);
        }
        assertFault(
                () -> Mnist.read(folder),
                IdxWriter.TRAIN_IMAGES,
                "heap",
                "-Xmx",
                "1907 MB",
                "2000 images of 1000x1000");

        Files.delete(plain);
        byte[] noise = new byte[2 << 20];
        new Random(1).nextBytes(noise);
        write(IdxWriter.TRAIN_IMAGES + ".gz", IdxWriter.gzip(joined(header, noise)));
        assertFault(() -> Mnist.read(folder), ".gz", "heap", "-Xmx", "1907 MB");
        write(IdxWriter.TRAIN_IMAGES + ".gz", IdxWriter.gzip(header));
        assertFault(() -> Mnist.read(folder), "truncated: expected 2000000016 bytes", "found 16");
    }

    @Test
    void aLineThatDoesNotEndIsRefused() throws Exception {
        for (String begin : new String[] {"", ROWS, "1,\"2"}) {
            Path file = write(
                    "line.csv.gz",
                    IdxWriter.gzip((begin + "1".repeat(40_000_000)).getBytes(StandardCharsets.US_ASCII)));
            int line = 1 + (int) begin.chars().filter(c -> c == '\n').count();
            assertFault(() -> table(file), "line.csv.gz", "at most 1048576 bytes in line " + line, "found more");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 7, 8, 9})
    void aCutGzipTrailerIsAFault(int lost) throws Exception {
        Path table = write("table.csv.gz", cut(ROWS, lost));
        assertFault(() -> table(table), "table.csv.gz", "truncated");
        Path music = write("music.json.gz", cut(PIECES, lost));
        assertFault(() -> PianoRolls.read(music), "music.json.gz", "truncated");
        for (String name : new String[] {IdxWriter.TRAIN_IMAGES, IdxWriter.TRAIN_LABELS}) {
            IdxWriter.writeSet(folder, 25, 7);
            byte[] zipped = IdxWriter.gzip(Files.readAllBytes(folder.resolve(name)));
            Files.delete(folder.resolve(name));
            Path file = write(name + ".gz", Arrays.copyOf(zipped, zipped.length - lost));
            assertFault(() -> Mnist.read(folder), name + ".gz", "truncated");
            Files.delete(file);
        }
    }

    @Test
    void aGzipTrailerThatDoesNotFitIsAFault() throws Exception {
        byte[] zipped = IdxWriter.gzip(IdxWriter.labels(25));
        Files.delete(folder.resolve(IdxWriter.TRAIN_LABELS));
        for (int i = 1; i <= 8; i++) {
            byte[] damaged = zipped.clone();
            damaged[zipped.length - i] ^= 1;
            write(IdxWriter.TRAIN_LABELS + ".gz", damaged);
            assertFault(() -> Mnist.read(folder), IdxWriter.TRAIN_LABELS + ".gz", "damaged", "trailer");
        }
    }

    private static byte[] cut(String text, int lost) throws IOException {
        byte[] zipped = IdxWriter.gzip(text.getBytes(StandardCharsets.UTF_8));
        return Arrays.copyOf(zipped, zipped.length - lost);
    }

    /** Many lengths: the end lies before, at and behind the end of the reader's buffer. */
    @Test
    void whatFollowsGzipDataIsAFaultUnlessItIsGzipData() throws Exception {
        byte[] rows = IdxWriter.gzip(ROWS.getBytes(StandardCharsets.UTF_8));
        for (int more = 1; more < 40; more++) {
            Path file = write("table.csv.gz", joined(rows, new byte[more]));
            assertFault(() -> table(file), "table.csv.gz", "expected its end after " + rows.length + " bytes");
        }
        for (int length = (1 << 16) - 40; length < (1 << 16) + 40; length++) {
            byte[] noise = new byte[length];
            new Random(length).nextBytes(noise);
            byte[] zipped = IdxWriter.gzip(noise);
            assertThat(readWhole(zipped)).isEqualTo(length);
            assertThat(readWhole(joined(zipped, zipped))).isEqualTo(2 * length);
            assertThatThrownBy(() -> readWhole(joined(zipped, new byte[] {31})))
                    .hasMessageContaining("expected its end");
            assertThatThrownBy(() -> readWhole(joined(zipped, zipped, new byte[9])))
                    .hasMessageContaining("expected its end after " + 2 * zipped.length + " bytes");
        }
    }

    private int readWhole(byte[] zipped) throws IOException {
        try (DataFile file = DataFile.open(write("any.gz", zipped))) {
            return file.stream().readAllBytes().length;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"}", " {}", "[]", "1", " x", "\u0000", "\n\n,"})
    void aPianoFileEndsWithItsLastBrace(String more) throws Exception {
        Path file = Files.writeString(folder.resolve("music.json"), PIECES + more);
        assertFault(() -> PianoRolls.read(file), "music.json", "line ");
        Files.writeString(file, PIECES + " \n\t ");
        assertThat(PianoRolls.read(file).size()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x00, 0x80, 0xc3, 0xe0, 0xf0, 0xff})
    void oneMalformedByteOfAPianoFileIsAFault(int malformed) throws Exception {
        byte[] valid = PIECES.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < valid.length; i++) {
            byte[] bytes = valid.clone();
            bytes[i] = (byte) malformed;
            Path file = write("music.json", bytes);
            assertFault(() -> PianoRolls.read(file), "music.json");
        }
    }

    @Test
    void whatAPianoFileHasTooMuchOfIsRefused() throws Exception {
        Path file = folder.resolve("music.json");
        Files.writeString(file, "{\"train\": [[[60], [" + "1".repeat(3_000_000) + "]]]}");
        assertFault(() -> PianoRolls.read(file), "MIDI pitch", "found '1111", "...'");
        Files.writeString(file, "{\"train\": " + "[".repeat(100_000));
        assertFault(() -> PianoRolls.read(file), "MIDI pitch", "found '['");
        Files.writeString(file, "{\"" + "p".repeat(100_000) + "\": [7]}");
        assertFault(() -> PianoRolls.read(file), "expected piece 0 of \"ppp", "p...\"");
        StringBuilder parts = new StringBuilder("{");
        for (int i = 0; i < 1000; i++) {
            parts.append("\"part").append(i).append("\": [],");
        }
        Files.writeString(file, parts + "\"train\": []}");
        assertFault(() -> PianoRolls.read(file), "at most 100 lists", "found 'part100'");
    }

    @Test
    void classesThatAreNoUtf8AreAFault() throws Exception {
        Path file = Files.writeString(
                folder.resolve("table.csv"), ROWS.replace(",2\n", ",gr\u00fcn\n"), StandardCharsets.ISO_8859_1);
        assertFault(() -> table(file), "table.csv", "UTF-8", "line 5", "column 3");
    }

    @Test
    void longCellsAreQuotedInPart() throws Exception {
        Path file = Files.writeString(folder.resolve("table.csv"), ROWS + "x".repeat(500_000) + ",1,1\n");
        assertFault(() -> table(file), "expected a number in line 6, column 1, found 'xxx", "x...'");
    }

    private static ImageSet table(Path file) throws IOException {
        return CsvTable.read(file, 0.2, 1, CsvTable.Missing.ERROR);
    }

    private Path write(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        Arrays.stream(parts).forEach(all::writeBytes);
        return all.toByteArray();
    }

    private static void assertFault(Callable<?> read, String... parts) throws Exception {
        assertThatThrownBy(read::call).isInstanceOf(DataFileException.class).hasMessageContainingAll(parts);
        assertThat(Bounds.hold("", read)).isFalse();
    }
}
