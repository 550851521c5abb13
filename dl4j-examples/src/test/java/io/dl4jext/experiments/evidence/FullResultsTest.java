package io.dl4jext.experiments.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.experiments.evidence.cell.Campaign;
import io.dl4jext.experiments.evidence.cell.Cell;
import io.dl4jext.experiments.evidence.cell.CellState;
import io.dl4jext.experiments.evidence.cell.DataFolder;
import io.dl4jext.experiments.evidence.cell.Scale;
import io.dl4jext.experiments.evidence.chapter.Chapter;
import io.dl4jext.experiments.evidence.chapter.Chapters;
import java.io.IOException;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/** docs/full is a report that anyone can go on with, and its pages are what the report makes of its cells. */
class FullResultsTest {

    private static final Path REPORT = Path.of("..", "docs", "full");
    private static final Map<String, String> FOLDERS =
            Map.of("MNIST", "mnist", "CIFAR-10", "cifar10", "JSB Chorales", "jsb", "UCI sets", "uci");

    @TempDir
    Path folder;

    private DataFolder data;
    private Campaign campaign;

    @BeforeEach
    void asTheyWereRun() throws IOException {
        data = dataAsTold(Files.createDirectory(folder.resolve("data")));
        List<Cell> plan = new ArrayList<>();
        for (Chapter chapter : Chapters.all()) {
            plan.addAll(chapter.cells(Scale.FULL, data));
        }
        campaign = new Campaign(REPORT, plan, data, true, cell -> true);
    }

    /** Files of the names and sizes in {@code done.json}, with nothing in them; the chorales even where no cell tells of them yet. */
    private static DataFolder dataAsTold(Path folder) throws IOException {
        empty(Files.createDirectory(folder.resolve("jsb")).resolve("jsb-chorales.json.gz"), 1);
        for (Path cell : cells()) {
            JsonNode sets = new ObjectMapper()
                    .readTree(cell.resolve("done.json").toFile())
                    .get("data");
            for (String title : FOLDERS.keySet()) {
                Path files = Files.createDirectories(folder.resolve(FOLDERS.get(title)));
                if (sets.has(title)) {
                    sets.get(title)
                            .fields()
                            .forEachRemaining(file -> empty(
                                    files.resolve(file.getKey()),
                                    file.getValue().asLong()));
                }
            }
        }
        return DataFolder.at(folder);
    }

    private static void empty(Path file, long size) {
        try (RandomAccessFile made = new RandomAccessFile(file.toFile(), "rw")) {
            made.setLength(size);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> cells() throws IOException {
        try (Stream<Path> all = Files.list(REPORT.resolve("cells"))) {
            return all.filter(cell -> Files.exists(cell.resolve("done.json"))).collect(Collectors.toList());
        }
    }

    @Test
    void everyCellIsOneOfThePlan() throws IOException {
        assertThat(campaign.others()).isZero();
        assertThat(campaign.states().values().stream().filter(state -> state.kind() == CellState.Kind.DONE))
                .hasSameSizeAs(cells())
                .isNotEmpty();
    }

    @Test
    void thePagesAreWhatTheReportMakesOfThem() throws IOException {
        new ReportFiles(folder, Scale.FULL, data, Chapters.all()).write(campaign.states());
        assertThat(pages(REPORT)).isEqualTo(pages(folder));
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

    @Test
    void theSummaryLinksToThem() throws IOException {
        String summary = Files.readString(REPORT.resolveSibling("evidence.md"));
        assertThat(pages(REPORT).keySet().stream().filter(page -> page.endsWith(".md")))
                .isNotEmpty()
                .allSatisfy(page -> assertThat(summary).contains("(full/markdown/" + page + ")"));
    }
}
