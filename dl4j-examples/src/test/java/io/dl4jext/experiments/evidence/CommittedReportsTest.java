package io.dl4jext.experiments.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.experiments.evidence.cell.Campaign;
import io.dl4jext.experiments.evidence.cell.Cell;
import io.dl4jext.experiments.evidence.cell.CellState;
import io.dl4jext.experiments.evidence.cell.DataFolder;
import io.dl4jext.experiments.evidence.cell.DataRead;
import io.dl4jext.experiments.evidence.cell.Scale;
import io.dl4jext.experiments.evidence.chapter.Chapter;
import io.dl4jext.experiments.evidence.chapter.Chapters;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/**
 * Each of docs/standard and docs/full is a report that anyone can go on with, and its pages are what the report makes
 * of its cells.
 */
class CommittedReportsTest {

    private static final Path DOCS = Path.of("..", "docs");
    private static final Map<String, String> FOLDERS =
            Map.of("MNIST", "mnist", "CIFAR-10", "cifar10", "JSB Chorales", "jsb", "UCI sets", "uci");

    @TempDir
    Path folder;

    /** The folder of a scale that is committed. */
    private static Path report(Scale scale) {
        return DOCS.resolve(scale.toString());
    }

    private Campaign campaign(Scale scale, DataFolder data) throws IOException {
        List<Cell> plan = new ArrayList<>();
        for (Chapter chapter : Chapters.all()) {
            plan.addAll(chapter.cells(scale, data));
        }
        return new Campaign(report(scale), plan, data, true, cell -> true);
    }

    /**
     * Files of the names and sizes in {@code done.json}, packed where the cell's command has them so, with nothing in
     * them; the chorales even where no cell tells of them yet.
     */
    private DataFolder dataAsTold(Scale scale) throws IOException {
        Path data = Files.createDirectory(folder.resolve("data"));
        packed(Files.createDirectory(data.resolve("jsb")).resolve("jsb-chorales.json.gz"), 1);
        for (Path cell : cells(scale)) {
            JsonNode done =
                    new ObjectMapper().readTree(cell.resolve("done.json").toFile());
            String command = done.get("command").asText();
            JsonNode sets = done.get("data");
            for (String title : FOLDERS.keySet()) {
                Path files = Files.createDirectories(data.resolve(FOLDERS.get(title)));
                if (sets.has(title)) {
                    sets.get(title).fields().forEachRemaining(file -> {
                        String packed = file.getKey() + ".gz";
                        long size = file.getValue().asLong();
                        if (command.contains("/" + packed + " ")) {
                            packed(files.resolve(packed), size);
                        } else {
                            empty(files.resolve(file.getKey()), size);
                        }
                    });
                }
            }
        }
        return DataFolder.at(data);
    }

    private static void packed(Path file, long size) {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(new byte[Math.toIntExact(size)]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void empty(Path file, long size) {
        try (RandomAccessFile made = new RandomAccessFile(file.toFile(), "rw")) {
            made.setLength(size);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> cells(Scale scale) throws IOException {
        try (Stream<Path> all = Files.list(report(scale).resolve("cells"))) {
            return all.filter(cell -> Files.exists(cell.resolve("done.json"))).collect(Collectors.toList());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"STANDARD", "FULL"})
    void everyCellIsOneOfThePlan(Scale scale) throws IOException {
        Campaign campaign = campaign(scale, dataAsTold(scale));
        assertThat(campaign.others()).isZero();
        assertThat(campaign.states().values().stream().filter(state -> state.kind() == CellState.Kind.DONE))
                .hasSameSizeAs(cells(scale))
                .isNotEmpty();
    }

    /** Else nobody could go on with it. */
    @ParameterizedTest
    @EnumSource(names = {"STANDARD", "FULL"})
    void allCellsHaveReadTheSameData(Scale scale) throws IOException {
        DataRead read = DataRead.of(report(scale).resolve("cells"));
        assertThat(read.missing(dataAsTold(scale))).isEmpty();
        assertThat(read.missing(DataFolder.none())).isNotEmpty();
    }

    @Test
    void ofTheStandardScaleNoneIsMissing() throws IOException {
        assertThat(campaign(Scale.STANDARD, dataAsTold(Scale.STANDARD)).states().values())
                .allMatch(state -> state.kind() == CellState.Kind.DONE);
    }

    @ParameterizedTest
    @EnumSource(names = {"STANDARD", "FULL"})
    void thePagesAreWhatTheReportMakesOfThem(Scale scale) throws IOException {
        DataFolder data = dataAsTold(scale);
        new ReportFiles(folder, scale, data, Chapters.all())
                .write(campaign(scale, data).states());
        assertThat(pages(report(scale))).isEqualTo(pages(folder));
    }

    @ParameterizedTest
    @EnumSource(names = {"STANDARD", "FULL"})
    void nothingTellsOfTheMachineThatRanThem(Scale scale) throws IOException {
        try (Stream<Path> all = Files.walk(report(scale))) {
            for (Path file : all.filter(Files::isRegularFile).collect(Collectors.toList())) {
                assertThat(Files.readString(file))
                        .as(file.toString())
                        .doesNotContain("/tmp", "/home", "/root", "/work");
            }
        }
    }

    /** The day on which they were written left out. */
    private static Map<String, String> pages(Path report) throws IOException {
        Map<String, String> pages = new TreeMap<>();
        try (Stream<Path> all = Files.list(report.resolve(ReportFiles.MARKDOWN))) {
            for (Path page : all.collect(Collectors.toList())) {
                pages.put(
                        page.getFileName().toString(),
                        Files.readString(page).replaceAll("page of \\d{4}-\\d\\d-\\d\\d\\.", ""));
            }
        }
        return pages;
    }

    @ParameterizedTest
    @EnumSource(names = {"STANDARD", "FULL"})
    void theSummaryLinksToThem(Scale scale) throws IOException {
        String summary = Files.readString(DOCS.resolve("evidence.md"));
        assertThat(pages(report(scale)).keySet().stream().filter(page -> page.endsWith(".md")))
                .isNotEmpty()
                .allSatisfy(page -> assertThat(summary).contains("(" + scale + "/markdown/" + page + ")"));
    }
}
