package io.dl4jext.experiments.evidence.chapter;

import io.dl4jext.experiments.evidence.cell.Cell;
import io.dl4jext.experiments.evidence.cell.CellState;
import io.dl4jext.experiments.evidence.cell.DataFolder;
import io.dl4jext.experiments.evidence.cell.Done;
import io.dl4jext.experiments.evidence.cell.Scale;
import io.dl4jext.experiments.evidence.claim.Finding;
import io.dl4jext.experiments.evidence.claim.Verdict;
import io.dl4jext.experiments.evidence.page.Page;
import io.dl4jext.experiments.evidence.page.Table;
import io.dl4jext.experiments.evidence.page.Table.Kind;
import io.dl4jext.experiments.evidence.page.TextKind;
import io.dl4jext.experiments.report.Numbers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A chapter with what all chapters have: the verdicts first, then what was done otherwise, what it shows, how it was
 * run. Immutable.
 */
public final class ChapterPage {

    private static final String SMOKE = "the smoke scale trains too little for a verdict";

    private final Chapter chapter;
    private final List<Finding> findings;
    private final Page page;

    private ChapterPage(Chapter chapter, List<Finding> findings, Page page) {
        this.chapter = chapter;
        this.findings = findings;
        this.page = page;
    }

    /**
     * The chapter as it stands.
     *
     * @param states of all cells of the report
     */
    public static ChapterPage of(Chapter chapter, Scale scale, DataFolder data, Map<Cell, CellState> states)
            throws IOException {
        Map<Cell, CellState> own = new LinkedHashMap<>();
        chapter.cells(scale, data).forEach(cell -> own.put(cell, states.get(cell)));
        Contents contents = chapter.contents(new Results(scale, data, own));
        List<Finding> findings = contents.findings().stream()
                .map(finding -> scale.decides() ? finding : finding.undecided(SMOKE))
                .collect(Collectors.toList());
        Page page = new Page()
                .chapter(number(chapter) + ": " + chapter.title())
                .text(TextKind.HEADLINE, Finding.headline(findings))
                .text(Finding.counts(findings))
                .text(TextKind.SMALL, chapter.source())
                .text(TextKind.NOTE, chapter.differences(scale));
        missing(page, data.missing(chapter.data(), own.keySet()));
        failed(page, own);
        page.section("Claims and verdicts")
                .table(Table.of("Each claim with its verdict, and why", findings)
                        .name("claim", finding -> finding.claim().text())
                        .column(Kind.VERDICT, "verdict", Finding::verdict)
                        .text("because", Finding::reason)
                        .text("statistics", Finding::statistics)
                        .text("in the paper", finding -> finding.claim().source())
                        .make())
                .add(contents.page());
        runs(page, own, data);
        return new ChapterPage(chapter, findings, page);
    }

    /** "Paper 1", "Papers 3 and 5". */
    static String number(Chapter chapter) {
        List<Integer> papers = chapter.papers();
        return (papers.size() == 1 ? "Paper " : "Papers ")
                + papers.stream().map(String::valueOf).collect(Collectors.joining(" and "));
    }

    private static void missing(Page page, Map<String, String> missing) {
        missing.forEach((what, howToGet) -> page.text(
                TextKind.NOTE,
                what
                        + " is missing, so that what needs it is skipped or done with the program's own data. With --data-dir DIR: "
                        + howToGet + "."));
    }

    private static void failed(Page page, Map<Cell, CellState> states) {
        states.forEach((cell, state) -> {
            if (state.kind() == CellState.Kind.FAILED) {
                page.text(TextKind.NOTE, "The cell " + cell + " failed:").lines(state.fault());
            }
        });
    }

    /** State, time and command of each cell, and what it ran with. */
    private static void runs(Page page, Map<Cell, CellState> states, DataFolder data) {
        page.section("How it was run");
        page.table(Table.of("Cells, with DIR for the folder of the data sets", states.keySet())
                .name("cell", cell -> cell)
                .column(Kind.VERDICT, "state", cell -> states.get(cell).kind())
                .number(
                        "minutes",
                        cell -> states.get(cell)
                                .done()
                                .map(done -> Numbers.format("%.1f", done.seconds() / 60))
                                .orElse("-"))
                .number("as a rule", cell -> Numbers.format("%.1f", cell.minutes()))
                .number(
                        "began (UTC)",
                        cell -> states.get(cell)
                                .done()
                                .map(done -> done.started().replace('T', ' ').replaceFirst(":\\d+Z$", ""))
                                .orElse("-"))
                .column(
                        Kind.CODE,
                        "command",
                        cell -> states.get(cell)
                                .done()
                                .map(Done::command)
                                .orElseGet(() -> Cell.typed(data.shown(cell.arguments()))))
                .make());
        List<Done> done = new ArrayList<>();
        states.values().forEach(state -> state.done().ifPresent(done::add));
        Map<String, String> surroundings = new LinkedHashMap<>();
        surroundings.putAll(together(done, Done::versions));
        surroundings.putAll(together(done, Done::hardware));
        page.table(Table.of("What the cells ran with and on", surroundings.entrySet())
                .name("", Map.Entry::getKey)
                .text("", Map.Entry::getValue)
                .make());
    }

    /** By name the value, or all different ones. */
    private static Map<String, String> together(List<Done> done, Function<Done, Map<String, String>> values) {
        Map<String, Set<String>> all = new LinkedHashMap<>();
        for (Done one : done) {
            values.apply(one)
                    .forEach((name, value) -> all.computeIfAbsent(name, any -> new LinkedHashSet<>())
                            .add(value));
        }
        Map<String, String> joined = new LinkedHashMap<>();
        all.forEach((name, different) -> joined.put(name, String.join("; ", different)));
        return joined;
    }

    /** How its file is called, without the ending. */
    public String fileName() {
        return (chapter.papers().size() == 1 ? "paper-" : "papers-")
                + chapter.papers().stream().map(String::valueOf).collect(Collectors.joining("-"));
    }

    /** What it is called in a list. */
    public String name() {
        return number(chapter);
    }

    public Page page() {
        return page;
    }

    public List<Finding> findings() {
        return findings;
    }

    /** The first line of all together: what does not hold, by paper. */
    public static String headline(Collection<ChapterPage> pages) {
        String failed = pages.stream()
                .filter(one -> one.findings.stream().anyMatch(finding -> finding.verdict() == Verdict.NOT_REPRODUCED))
                .map(one -> one.name() + ": " + Finding.failed(one.findings))
                .collect(Collectors.joining(". "));
        return failed.isEmpty() ? Finding.headline(findings(pages)) : "Not reproduced here: " + failed + ".";
    }

    /** The findings of all. */
    public static List<Finding> findings(Collection<ChapterPage> pages) {
        return pages.stream().flatMap(one -> one.findings.stream()).collect(Collectors.toList());
    }
}
