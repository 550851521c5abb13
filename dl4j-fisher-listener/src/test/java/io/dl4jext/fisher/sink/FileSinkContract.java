package io.dl4jext.fisher.sink;

import static io.dl4jext.fisher.FisherMeasurements.measurement;
import static io.dl4jext.fisher.FisherMeasurements.summary;
import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.FisherMeasurement;
import io.dl4jext.fisher.FisherSink;
import io.dl4jext.fisher.FisherSummary;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What every sink that writes a file keeps to. */
abstract class FileSinkContract {

    static final FisherMeasurement FIRST = measurement(0, 3, 0.1, 1.0 / 3, 4, 1);
    static final FisherSummary AFTER_FIRST = summary(1, 2, 0.5);
    static final FisherMeasurement SECOND = measurement(1, 13, 1e-7, 1234567.875, 1e10, 3, 0);
    static final FisherSummary AFTER_SECOND = summary(2, 28868.5, 1e6 / 7);

    @TempDir
    Path folder;

    private Locale locale;

    abstract FisherSink create(Path path) throws IOException;

    abstract FisherSink appending(Path path) throws IOException;

    /** The iterations of all measurements in a file, parsed as its users would. */
    abstract List<Integer> iterations(Path path) throws IOException;

    @BeforeEach
    void germanLocale() {
        locale = Locale.getDefault();
        Locale.setDefault(Locale.GERMANY);
    }

    @AfterEach
    void formerLocale() {
        Locale.setDefault(locale);
    }

    final Path written() throws IOException {
        Path path = folder.resolve("run");
        try (FisherSink sink = create(path)) {
            sink.accept(FIRST, AFTER_FIRST);
            sink.accept(SECOND, AFTER_SECOND);
        }
        return path;
    }

    @Test
    void eachMeasurementIsOneLine() throws IOException {
        assertThat(iterations(written())).containsExactly(3, 13);
    }

    @Test
    void anInterruptedRunsFileIsWholeUpToItsLastMeasurement() throws IOException {
        Path path = folder.resolve("run");
        try (FisherSink sink = create(path)) {
            assertThat(iterations(path)).isEmpty();
            sink.accept(FIRST, AFTER_FIRST);
            assertThat(iterations(path)).containsExactly(3);
            sink.accept(SECOND, AFTER_SECOND);
            assertThat(iterations(path)).containsExactly(3, 13);
            assertThat(Files.readString(path)).endsWith("\n");
        }
    }

    @Test
    void anInterruptOfTheTrainingThreadDoesNotEndTheFile() throws IOException {
        Path path = folder.resolve("run");
        try (FisherSink sink = create(path)) {
            Thread.currentThread().interrupt();
            sink.accept(FIRST, AFTER_FIRST);
            assertThat(Thread.interrupted()).isTrue();
            sink.accept(SECOND, AFTER_SECOND);
        } finally {
            Thread.interrupted();
        }
        assertThat(iterations(path)).containsExactly(3, 13);
    }

    @Test
    void missingFoldersAreMade() throws IOException {
        Path path = folder.resolve("a/b/run");
        try (FisherSink sink = create(path)) {
            sink.accept(FIRST, AFTER_FIRST);
        }
        assertThat(iterations(path)).containsExactly(3);
    }

    @Test
    void aFileThatHoldsSomethingIsRefusedAndLeftAsItIs() throws IOException {
        Path path = folder.resolve("run");
        Files.writeString(path, "dear data\n");
        assertThatThrownBy(() -> create(path))
                .isInstanceOf(FileAlreadyExistsException.class)
                .hasMessageContaining(path.toString())
                .hasMessageContaining("10 bytes")
                .hasMessageContaining("appending");
        assertThat(path).hasContent("dear data\n");
    }

    @Test
    void anEmptyFileIsTaken() throws IOException {
        Path path = Files.createFile(folder.resolve("run"));
        try (FisherSink sink = create(path)) {
            sink.accept(FIRST, AFTER_FIRST);
        }
        assertThat(iterations(path)).containsExactly(3);
    }

    private static FisherHistory history(FisherMeasurement... measurements) {
        return FisherHistory.of(measurements);
    }

    @Test
    void rowsAfterTheResumedIterationAreDoneAgain() throws IOException {
        Path path = written();
        try (FisherSink sink = appending(path)) {
            sink.resumeAt(10, history(FIRST));
            sink.accept(SECOND, AFTER_SECOND);
        }
        assertThat(iterations(path)).containsExactly(3, 13);
        assertThat(Files.readString(path)).contains("done");
    }

    @Test
    void rowsThatAFileHasLostAreWritten() throws IOException {
        Path path = written();
        FisherMeasurement third = measurement(1, 20, 0.1, 1, 2);
        FisherMeasurement fourth = measurement(1, 30, 0.1, 1, 2);
        try (FisherSink sink = appending(path)) {
            sink.resumeAt(31, history(FIRST, SECOND, third, fourth));
        }
        assertThat(iterations(path)).containsExactly(3, 13, 20, 30);
    }

    @Test
    void allRowsOfAFileThatIsGoneAreWritten() throws IOException {
        Path path = folder.resolve("run");
        try (FisherSink sink = appending(path)) {
            sink.resumeAt(14, history(FIRST, SECOND));
        }
        assertThat(iterations(path)).containsExactly(3, 13);
    }

    @Test
    void aFileThatIsNotContinuedBeginsWhereTheTrainingGoesOn() throws IOException {
        Path path = folder.resolve("run");
        try (FisherSink sink = create(path)) {
            sink.resumeAt(10, history(FIRST));
            sink.accept(SECOND, AFTER_SECOND);
        }
        assertThat(iterations(path)).containsExactly(13);
    }

    @Test
    void rowsThatAreHeldNoMoreAreSaidToBeMissing() throws IOException {
        Path late = folder.resolve("late.csv");
        try (FisherSink sink = new CsvSink(late)) {
            sink.accept(SECOND, AFTER_SECOND);
        }
        FisherHistory fromTheSecondOn = FisherHistory.read(late);
        Path path = folder.resolve("run");
        assertThat(warnings(() -> {
                    try (FisherSink sink = appending(path)) {
                        sink.resumeAt(14, fromTheSecondOn);
                    }
                }))
                .singleElement(as(InstanceOfAssertFactories.STRING))
                .contains(path.toString(), "from iteration 0 on");
        assertThat(iterations(path)).containsExactly(13);
        assertThat(warnings(() -> {
                    try (FisherSink sink = appending(path)) {
                        sink.resumeAt(20, fromTheSecondOn);
                    }
                }))
                .isEmpty();
    }

    private interface Action {

        void run() throws IOException;
    }

    private static List<String> warnings(Action action) throws IOException {
        Logger logger = (Logger) LoggerFactory.getLogger(FisherSink.class);
        ListAppender<ILoggingEvent> appender = new ListAppender<>();
        appender.start();
        logger.addAppender(appender);
        try {
            action.run();
        } finally {
            logger.detachAppender(appender);
        }
        return appender.list.stream().map(ILoggingEvent::getFormattedMessage).collect(Collectors.toList());
    }

    @Test
    void appendingContinuesAFile() throws IOException {
        Path path = written();
        String before = Files.readString(path);
        try (FisherSink sink = appending(path)) {
            sink.accept(measurement(2, 23, 0.1, 1, 1), AFTER_SECOND);
        }
        assertThat(Files.readString(path)).startsWith(before);
        assertThat(iterations(path)).containsExactly(3, 13, 23);
    }

    @Test
    void appendingStartsAFileWhereThereIsNone() throws IOException {
        List<Path> paths = new ArrayList<>();
        paths.add(folder.resolve("a/none"));
        paths.add(Files.createFile(folder.resolve("empty")));
        for (Path path : paths) {
            try (FisherSink sink = appending(path)) {
                sink.accept(FIRST, AFTER_FIRST);
            }
            assertThat(iterations(path)).as(path.toString()).containsExactly(3);
        }
    }

    @Test
    void appendingRefusesAnotherKindOfFile() throws IOException {
        Path path = folder.resolve("run");
        Files.writeString(path, "x;y\n1;2\n");
        assertThatThrownBy(() -> appending(path))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("expected")
                .hasMessageContaining("x;y");
        assertThat(path).hasContent("x;y\n1;2\n");
    }

    @Test
    void appendingSetsACutOffLineAside() throws IOException {
        Path path = written();
        String whole = Files.readString(path);
        for (int lost : new int[] {2, 10, 25}) {
            String cutOff = whole.substring(0, whole.length() - lost);
            Files.writeString(path, cutOff);
            try (FisherSink sink = appending(path)) {
                sink.accept(measurement(2, 23, 0.1, 1, 1), AFTER_SECOND);
            }
            assertThat(iterations(path)).as("%d bytes lost", lost).containsExactly(3, 23);
            String unfinished = cutOff.substring(cutOff.lastIndexOf('\n') + 1);
            assertThat(Files.readString(path).replace("\\\"", "\"")).contains(unfinished);
        }
    }

    @Test
    void appendingSetsAVeryLongCutOffLineAside() throws IOException {
        Path path = written();
        Files.writeString(path, "1,".repeat(20_000), StandardOpenOption.APPEND);
        try (FisherSink sink = appending(path)) {
            sink.accept(measurement(2, 23, 0.1, 1, 1), AFTER_SECOND);
        }
        assertThat(iterations(path)).containsExactly(3, 13, 23);
    }

    @Test
    void afterCloseNothingIsTaken() throws IOException {
        Path path = folder.resolve("run");
        FisherSink sink = create(path);
        sink.close();
        sink.close();
        assertThatThrownBy(() -> sink.accept(FIRST, AFTER_FIRST))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("closed")
                .hasMessageContaining(path.toString());
        assertThat(iterations(path)).isEmpty();
    }

    @Test
    void aFolderIsRefused() {
        assertThatThrownBy(() -> create(folder)).isInstanceOf(IOException.class).hasMessageContaining("folder");
        assertThatThrownBy(() -> appending(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("folder");
    }

    @Test
    void aFullDiskIsReported() {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "a device that is always full, on Linux");
        assertThatThrownBy(() -> create(full)).isInstanceOf(IOException.class).hasMessageContaining("/dev/full");
    }

    @Test
    void noPathIsRefused() {
        assertThatThrownBy(() -> create(null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("null");
        assertThatThrownBy(() -> appending(null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("null");
    }
}
