package io.dl4jext.experiments.evidence;

import io.dl4jext.experiments.evidence.cell.Cell;
import io.dl4jext.experiments.evidence.cell.CellState;
import io.dl4jext.experiments.evidence.cell.DataFolder;
import io.dl4jext.experiments.evidence.cell.Scale;
import io.dl4jext.experiments.evidence.chapter.Chapter;
import io.dl4jext.experiments.evidence.chapter.ChapterPage;
import io.dl4jext.experiments.evidence.claim.Finding;
import io.dl4jext.experiments.evidence.page.HtmlPage;
import io.dl4jext.experiments.evidence.page.MarkdownPage;
import io.dl4jext.experiments.evidence.page.Page;
import io.dl4jext.experiments.evidence.page.TextKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** {@code report.html} and, in the folder {@code markdown}, a page for each chapter with its figures. */
final class ReportFiles {

    static final String HTML = "report.html";
    static final String MARKDOWN = "markdown";

    private final Path folder;
    private final Scale scale;
    private final DataFolder data;
    private final List<Chapter> chapters;

    ReportFiles(Path folder, Scale scale, DataFolder data, List<Chapter> chapters) {
        this.folder = folder;
        this.scale = scale;
        this.data = data;
        this.chapters = List.copyOf(chapters);
    }

    /** Writes all of it as the cells stand; gives the chapters. */
    List<ChapterPage> write(Map<Cell, CellState> states) throws IOException {
        List<ChapterPage> pages = new ArrayList<>();
        for (Chapter chapter : chapters) {
            pages.add(ChapterPage.of(chapter, scale, data, states));
        }
        HtmlPage html = new HtmlPage("Papers rerun: " + scale + " scale").front(front(pages, states));
        for (ChapterPage page : pages) {
            html.chapter(page.name(), page.page());
        }
        write(folder.resolve(HTML), html.html());
        Path markdown = Files.createDirectories(folder.resolve(MARKDOWN));
        for (ChapterPage page : pages) {
            MarkdownPage text = new MarkdownPage(new Page().add(page.page()).text(TextKind.SMALL, dated(states)));
            write(markdown.resolve(page.fileName() + ".md"), text.markdown());
            for (Map.Entry<String, String> file : text.files().entrySet()) {
                write(markdown.resolve(file.getKey()), file.getValue());
            }
        }
        return pages;
    }

    private Page front(List<ChapterPage> pages, Map<Cell, CellState> states) {
        return new Page()
                .text(TextKind.HEADLINE, ChapterPage.headline(pages))
                .text(Finding.counts(ChapterPage.findings(pages)))
                .text(TextKind.SMALL, dated(states));
    }

    private String dated(Map<Cell, CellState> states) {
        Map<CellState.Kind, Long> counts =
                states.values().stream().collect(Collectors.groupingBy(CellState::kind, Collectors.counting()));
        StringBuilder text = new StringBuilder(
                "Command report, " + scale + " scale, page of " + LocalDate.now(ZoneOffset.UTC) + ". Cells: ");
        String separator = "";
        for (CellState.Kind kind : CellState.Kind.values()) {
            if (counts.containsKey(kind)) {
                text.append(separator).append(counts.get(kind)).append(' ').append(kind);
                separator = ", ";
            }
        }
        return text.append('.').toString();
    }

    /** A file of that name is replaced in one step, so that nobody reads half of one. */
    static void write(Path file, String text) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(fresh, text);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
