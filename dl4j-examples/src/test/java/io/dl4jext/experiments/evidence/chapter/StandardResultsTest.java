package io.dl4jext.experiments.evidence.chapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.experiments.evidence.cell.Cell;
import io.dl4jext.experiments.evidence.cell.CellState;
import io.dl4jext.experiments.evidence.cell.DataFolder;
import io.dl4jext.experiments.evidence.cell.Scale;
import io.dl4jext.experiments.evidence.claim.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The pages in docs/standard are those of the report as it is now: its claims, its cells, its commands. */
class StandardResultsTest {

    private static final Path PAGES = Path.of("..", "docs", "standard");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)]+)\\)");

    @TempDir
    Path folder;

    private DataFolder data;

    @BeforeEach
    void allData() throws IOException {
        data = MadeUpData.in(folder);
    }

    private static Stream<Chapter> chapters() {
        return Chapters.all().stream();
    }

    private ChapterPage notRun(Chapter chapter) throws IOException {
        Map<Cell, CellState> states = new LinkedHashMap<>();
        chapter.cells(Scale.STANDARD, data).forEach(cell -> states.put(cell, CellState.notYet()));
        return ChapterPage.of(chapter, Scale.STANDARD, data, states);
    }

    /** As it is read. */
    private static String text(ChapterPage page) throws IOException {
        return Files.readString(PAGES.resolve(page.fileName() + ".md")).replace("\\", "");
    }

    @ParameterizedTest
    @MethodSource("chapters")
    void everyClaimAndEveryCellIsThere(Chapter chapter) throws IOException {
        ChapterPage page = notRun(chapter);
        String text = text(page);
        List<Finding> findings = page.findings();
        assertThat(findings)
                .isNotEmpty()
                .allSatisfy(finding ->
                        assertThat(text).contains("| " + finding.claim().text() + " | "));
        assertThat(chapter.cells(Scale.STANDARD, data))
                .isNotEmpty()
                .allSatisfy(cell -> assertThat(text)
                        .containsPattern("\\| " + Pattern.quote(cell.name()) + " \\| .*"
                                + Pattern.quote("`" + Cell.typed(data.shown(cell.arguments())) + "`")));
        assertThat(text).contains("\n> " + chapter.differences(Scale.STANDARD).substring(0, 40));
    }

    @ParameterizedTest
    @MethodSource("chapters")
    void everyFigureIsThereAndNoPlaceOfThisMachine(Chapter chapter) throws IOException {
        String text = text(notRun(chapter));
        Matcher link = LINK.matcher(text);
        int figures = 0;
        while (link.find()) {
            assertThat(PAGES.resolve(link.group(1))).exists();
            figures++;
        }
        assertThat(figures).isPositive();
        assertThat(text).doesNotContain("/tmp", "/home", "/root", "/work");
    }

    @Test
    void theSummaryLinksToThem() throws IOException {
        String summary = Files.readString(PAGES.resolveSibling("evidence.md"));
        for (Chapter chapter : Chapters.all()) {
            assertThat(summary).contains("(standard/" + notRun(chapter).fileName() + ".md)");
        }
    }
}
