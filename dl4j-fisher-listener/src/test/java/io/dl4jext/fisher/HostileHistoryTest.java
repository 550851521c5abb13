package io.dl4jext.fisher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.dl4jext.fisher.sink.CsvSink;
import io.dl4jext.fisher.sink.JsonLinesSink;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Callable;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;

/**
 * Files of the sinks that others changed: what was measured comes back, or a fault that names file and line; soon and
 * in little memory.
 */
@Tag("once")
class HostileHistoryTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final long MOST_BYTES = 64 << 20;

    /** Far from what it takes: not a measurement, but an end of what does not end. */
    private static final Duration LONGEST = Duration.ofSeconds(20);

    private Path folder;
    private Path csv;
    private Path jsonLines;

    @BeforeProperty
    void writeFiles() throws IOException {
        folder = Files.createTempDirectory("hostile");
        csv = folder.resolve("run.csv");
        jsonLines = folder.resolve("run.jsonl");
        try (CsvSink rows = new CsvSink(csv);
                JsonLinesSink objects = new JsonLinesSink(jsonLines)) {
            for (int i = 0; i < 6; i++) {
                FisherMeasurement measurement = FisherMeasurements.measurement(0, 3 * i, 0.1, 1.0 / (i + 1), 4, 1 + i);
                FisherSummary summary = new FisherSummary(i + 1, 3 * i + 1, 2 + 6 * i, 2, 0.5 * i);
                rows.accept(measurement, summary);
                objects.accept(measurement, summary);
            }
        }
    }

    @AfterProperty
    void deleteFiles() throws IOException {
        Files.delete(csv);
        Files.delete(jsonLines);
        Files.delete(folder);
    }

    @Property(tries = 3000, shrinking = ShrinkingMode.OFF)
    void tables(@ForAll long seed) throws Exception {
        mutated(csv, seed);
    }

    @Property(tries = 3000, shrinking = ShrinkingMode.OFF)
    void objects(@ForAll long seed) throws Exception {
        mutated(jsonLines, seed);
    }

    private void mutated(Path file, long seed) throws Exception {
        byte[] valid = Files.readAllBytes(file);
        Files.write(file, Mutant.of(valid, new Random(seed)));
        hold(file, () -> FisherHistory.read(file));
        hold(file, () -> Beacon.read(file));
        hold(file, () -> {
            (file == csv ? CsvSink.appending(file) : JsonLinesSink.appending(file)).close();
            return null;
        });
        Files.write(file, valid);
    }

    /** @return whether it was read */
    private static boolean hold(Path file, Callable<?> read) throws Exception {
        long start = System.nanoTime();
        long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
        boolean whole = true;
        try {
            read.call();
        } catch (IOException | IllegalArgumentException e) {
            // A beacon that is one file's, but of no use, is an argument.
            assertThat(e.getMessage()).contains(file.toString()).doesNotContain("\n");
            assertThat(e.getMessage().length()).isLessThan(1200);
            whole = false;
        }
        long allocated = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
        assertThat(allocated).as("bytes allocated").isLessThan(MOST_BYTES);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONGEST);
        return whole;
    }

    @Example
    void aRowOfAnotherWidthIsRefused() throws Exception {
        String text = Files.readString(csv);
        int last = text.lastIndexOf('\n', text.length() - 2) + 1;
        int number = (int) text.lines().count();
        for (String row : new String[] {text.substring(last).replaceFirst(",", ""), "1," + text.substring(last), "1"}) {
            Files.writeString(csv, text.substring(0, last) + row.strip() + "\n");
            assertFault(csv, "line " + number + ": expected a row of 25 columns, as the header has, got ");
        }
    }

    @Example
    void anOpenQuoteIsRefused() throws Exception {
        String text = Files.readString(csv);
        int last = text.lastIndexOf('\n', text.length() - 2) + 1;
        Files.writeString(csv, text.substring(0, last) + "\"" + text.substring(last));
        assertFault(csv, "expected a number as epoch, got '\"0'");
        Files.writeString(csv, text.replace("epoch,", "\"epoch,"));
        assertFault(csv, "expected the header row", "without epoch");
    }

    @Example
    void malformedUtf8IsRefused() throws Exception {
        for (Path file : new Path[] {csv, jsonLines}) {
            byte[] bytes = Files.readAllBytes(file);
            bytes[5] = (byte) 0xff;
            Files.write(file, bytes);
            assertFault(file, "line 1: expected UTF-8, got something else after 5 bytes");
        }
    }

    @Example
    void twoObjectsInALineAreRefused() throws Exception {
        String text = Files.readString(jsonLines);
        Files.writeString(jsonLines, text.replace("}\n{\"epoch\"", "}{\"epoch\""));
        assertFault(jsonLines, "expected a JSON object, got '{");
    }

    @Example
    void anEndlessLineIsRefused() throws Exception {
        for (Path file : new Path[] {csv, jsonLines}) {
            int line = 1 + (int) Files.readString(file).lines().count();
            try (OutputStream more = Files.newOutputStream(file, StandardOpenOption.APPEND)) {
                byte[] ones = "1".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
                for (int i = 0; i < 64; i++) {
                    more.write(ones);
                }
            }
            assertFault(file, "line " + line + ": expected at most 16777216 bytes, got more");
            assertThatThrownBy(() -> (file == csv ? CsvSink.appending(file) : JsonLinesSink.appending(file)).close())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining("expected a last line of at most 16777216 bytes, got 67108864");
        }
    }

    @Example
    void deepAndLongJsonIsRefused() throws Exception {
        String text = Files.readString(jsonLines);
        for (String value : new String[] {"[".repeat(200_000), "1".repeat(2_000_000), "{\"a\":".repeat(100_000)}) {
            Files.writeString(jsonLines, text + "{\"epoch\":" + value + "\n");
            assertFault(jsonLines, "expected a JSON object, got '{\"epoch\":");
            Files.writeString(jsonLines, text.replace("\"loss\":1.0", "\"loss\":" + value));
            assertFault(jsonLines, "line 2: expected a JSON object");
        }
        Files.writeString(jsonLines, text.replace("\"loss\":1.0", "\"loss\":\"" + "1".repeat(2_000_000) + "x\""));
        assertFault(jsonLines, "line 2: expected a number as loss, got '111");
    }

    @Example
    void aLongCellIsRefusedAtOnce() throws Exception {
        String text = Files.readString(csv);
        Files.writeString(csv, text + "1".repeat(60_000) + "x" + ",0".repeat(24) + "\n");
        assertFault(csv, "expected a number as epoch, got '111");
        Files.writeString(csv, text + "1".repeat(2_000_000) + "x" + ",0".repeat(24) + "\n");
        assertFault(csv, "expected a row of at most 65536 characters, got 2000049");
    }

    private static void assertFault(Path file, String... parts) {
        assertThatThrownBy(() -> FisherHistory.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContainingAll(parts)
                .hasMessageNotContaining("\n");
        assertThatThrownBy(() -> Beacon.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll(parts);
    }
}
