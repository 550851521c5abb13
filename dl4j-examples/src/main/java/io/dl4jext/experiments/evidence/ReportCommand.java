package io.dl4jext.experiments.evidence;

import io.dl4jext.experiments.command.WritingCommand;
import io.dl4jext.experiments.engine.Progress;
import io.dl4jext.experiments.engine.ResultFolder;
import io.dl4jext.experiments.engine.UserError;
import io.dl4jext.experiments.evidence.cell.Campaign;
import io.dl4jext.experiments.evidence.cell.Cell;
import io.dl4jext.experiments.evidence.cell.CellRunner;
import io.dl4jext.experiments.evidence.cell.DataFolder;
import io.dl4jext.experiments.evidence.cell.DataRead;
import io.dl4jext.experiments.evidence.cell.DataSet;
import io.dl4jext.experiments.evidence.cell.JvmRunner;
import io.dl4jext.experiments.evidence.cell.Scale;
import io.dl4jext.experiments.evidence.chapter.Chapter;
import io.dl4jext.experiments.evidence.chapter.ChapterPage;
import io.dl4jext.experiments.evidence.chapter.Chapters;
import io.dl4jext.experiments.evidence.claim.Finding;
import io.dl4jext.experiments.report.Numbers;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code report}: the papers' experiments, all of them, and what becomes of their claims. */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Runs the experiments of the papers, one after the other, each in a process of its own, and writes a page"
                    + " (report.html, and Markdown with its pictures in the folder markdown): a verdict for every claim of the"
                    + " papers with the statistics behind it, our numbers beside theirs, and the command of each cell.",
            "A report that was broken off goes on when it is called again with the same --output: what has come to its end"
                    + " is kept, by its arguments, data files and versions.",
            "Exit code 1 if a cell failed."
        })
public final class ReportCommand implements WritingCommand {

    private static final String CELLS = "cells";
    private static final String NAMES = "names out of --list, * for any characters";

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--scale",
            paramLabel = "SCALE",
            description =
                    "How much is run: ${COMPLETION-CANDIDATES}. smoke takes minutes and decides nothing, standard hours"
                            + " on two cores, full days. Default: that of the report in --output, smoke for a new one.")
    private Scale scale;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description =
                    "Folder with data sets: mnist, cifar10, jsb, uci. Cells whose set is missing are skipped, and named;"
                            + " MNIST's first images come with the program.")
    private Path directory;

    @Option(
            names = "--chapters",
            split = ",",
            paramLabel = "N",
            description =
                    "Runs only the cells of these papers, by their number in the project's README; others that the report in --output"
                            + " has stay on its page. Default: all that there are.")
    private List<Integer> papers;

    @Option(
            names = "--cells",
            split = ",",
            paramLabel = "NAME",
            description =
                    "Runs only these cells, such as 'implicit-music*' (--list tells their names); what others of the report have"
                            + " measured before stands on the page all the same. Default: all.")
    private List<String> names;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "Folder for the results: new, empty, or that of a report to go on with. Default:"
                    + " results/report-SCALE-TIMESTAMP.")
    private Path output;

    @Option(
            names = "--any-version",
            description =
                    "Also take cells in that folder that another version of this program or of DL4J has finished; the page says"
                            + " which versions there are.")
    private boolean anyVersion;

    @Option(
            names = "--jobs",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "Runs so many cells at a time, each with its part of the processors; those whose times decide something are"
                            + " run alone all the same. Default: ${DEFAULT-VALUE}.")
    private int jobs;

    @Option(names = "--list", description = "Only tell which cells there are and how long they take as a rule.")
    private boolean list;

    private final CellRunner runner;
    private final List<Chapter> all;
    private Path folder;

    public ReportCommand() {
        this(Chapters.all(), new JvmRunner());
    }

    ReportCommand(List<Chapter> chapters, CellRunner runner) {
        this.all = chapters;
        this.runner = runner;
    }

    @Override
    public Path folder() {
        return folder;
    }

    @Override
    public Integer call() throws IOException {
        int processors = Runtime.getRuntime().availableProcessors();
        UserError.require(
                jobs >= 1 && jobs <= processors, "--jobs", "1 to " + processors + ", the processors here", jobs);
        List<Chapter> chosen = chosen();
        Path cells = output == null ? null : output.resolve(CELLS);
        Scope scope = Scope.of(cells, scale, papers(chosen));
        scale = scope.scale();
        List<Chapter> chapters =
                all.stream().filter(chapter -> scope.has(chapter.papers())).collect(Collectors.toList());
        DataFolder data = directory == null ? DataFolder.none() : DataFolder.at(directory);
        List<Cell> plan = cells(chapters, data);
        Predicate<Cell> wanted = wanted(cells(chosen, data));
        if (list) {
            plan.stream()
                    .filter(wanted)
                    .forEach(cell -> out().println(String.format(
                            Locale.ROOT,
                            "%-28s %6.1f min  %s",
                            cell,
                            cell.minutes(),
                            Cell.typed(data.shown(cell.arguments())))));
            out().flush();
            return 0;
        }
        requireData(data, chapters);
        folder = claimed();
        scope.write(folder.resolve(CELLS));
        Campaign campaign = new Campaign(folder, plan, data, anyVersion, wanted);
        ReportFiles files = new ReportFiles(folder, scale, data, chapters);
        // Before hours of work, too, so that a file that cannot be read is told at once.
        List<ChapterPage> pages = write(files, campaign);
        begin(campaign, chapters, data);
        if (!campaign.left().isEmpty()) {
            run(campaign, files);
            pages = write(files, campaign);
        }
        return end(campaign, pages);
    }

    /** Refuses to replace the pages of a report by such as leave out what its data have told. */
    private void requireData(DataFolder data, List<Chapter> chapters) throws IOException {
        if (output == null) {
            return;
        }
        DataRead read = DataRead.of(output.resolve(CELLS));
        List<String> missing = read.missing(data);
        UserError.require(
                missing.isEmpty(),
                "--data-dir",
                "a folder with " + String.join(", ", missing) + ", which cells of the report in " + output
                        + " have read",
                directory == null ? "none" : directory);
        List<String> replacing = read.replacing(data, some -> cells(chapters, some));
        UserError.require(
                replacing.isEmpty(),
                "--data-dir",
                "a folder without " + String.join(", ", replacing) + ", in whose absence cells of the report in "
                        + output + " were run in another way (with it, begin another report)",
                directory);
    }

    /** The pages, without the cells whose files turn out to be damaged. */
    private List<ChapterPage> write(ReportFiles files, Campaign campaign) throws IOException {
        while (true) {
            try {
                List<ChapterPage> pages = files.write(campaign.states());
                campaign.damages().forEach(err()::println);
                err().flush();
                return pages;
            } catch (FileSystemException e) {
                takeBack(campaign, e);
            } catch (UncheckedIOException e) {
                if (!(e.getCause() instanceof FileSystemException)) {
                    throw e;
                }
                takeBack(campaign, (FileSystemException) e.getCause());
            }
        }
    }

    private static void takeBack(Campaign campaign, FileSystemException fault) throws FileSystemException {
        String problem = fault instanceof NoSuchFileException
                ? fault.getFile() + ": expected a file, found nothing there"
                : fault.getMessage();
        if (fault.getFile() == null || !campaign.takeBack(fault.getFile(), problem)) {
            throw fault;
        }
    }

    private List<Cell> cells(List<Chapter> chapters, DataFolder data) {
        return chapters.stream()
                .flatMap(chapter -> chapter.cells(scale, data).stream())
                .collect(Collectors.toList());
    }

    private static Set<Integer> papers(List<Chapter> chapters) {
        return chapters.stream().flatMap(chapter -> chapter.papers().stream()).collect(Collectors.toSet());
    }

    private List<Chapter> chosen() {
        if (papers == null) {
            return all;
        }
        Set<Integer> known = new TreeSet<>(papers(all));
        String expected = "papers out of " + known;
        for (int paper : papers) {
            UserError.require(known.contains(paper), "--chapters", expected, paper);
        }
        return all.stream()
                .filter(chapter -> chapter.papers().stream().anyMatch(papers::contains))
                .collect(Collectors.toList());
    }

    /** @param plan of the chapters that are chosen */
    private Predicate<Cell> wanted(List<Cell> plan) {
        Set<String> chosen = new HashSet<>();
        for (String name : names == null ? List.of("*") : names) {
            List<Cell> named = plan.stream().filter(named(name)).collect(Collectors.toList());
            UserError.require(!named.isEmpty(), "--cells", NAMES, name);
            named.forEach(cell -> chosen.add(cell.name()));
        }
        return cell -> chosen.contains(cell.name());
    }

    private static Predicate<Cell> named(String name) {
        Pattern pattern = Pattern.compile(
                Arrays.stream(name.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")));
        return cell -> pattern.matcher(cell.name()).matches();
    }

    /** The folder of a report to go on with, or a new one. */
    private Path claimed() throws IOException {
        if (output != null && Files.isDirectory(output.resolve(CELLS))) {
            ResultFolder.claim(output);
            return output;
        }
        Path created = ResultFolder.create(output, "report-" + scale);
        Files.createDirectory(created.resolve(CELLS)); // a report is known by it, also where every cell is skipped
        return created;
    }

    private void begin(Campaign campaign, List<Chapter> chapters, DataFolder data) throws IOException {
        Set<DataSet> wanted = EnumSet.noneOf(DataSet.class);
        chapters.forEach(chapter -> wanted.addAll(chapter.data()));
        int left = campaign.left().size();
        double minutes = campaign.left().stream().mapToDouble(Cell::minutes).sum();
        out().println(Numbers.count(campaign.states().size(), "cell") + ", " + left + " to run"
                + (left == 0 ? "" : Numbers.format(", about %.0f minutes on two cores", Math.ceil(minutes)))
                + "; results in "
                + folder);
        data.missing(wanted, campaign.states().keySet())
                .forEach((what, howToGet) -> out().println("missing: " + what + "; with --data-dir DIR: " + howToGet));
        int others = campaign.others();
        if (others > 0) {
            out().println(Numbers.count(others, "cell")
                    + " there of other chapters, settings, data or versions stay as they are");
        }
        int ofOtherVersions = campaign.ofOtherVersions();
        if (ofOtherVersions > 0) {
            out().println(
                            Numbers.count(ofOtherVersions, "cell")
                                    + " not taken that another version of this program or of DL4J has finished; --any-version takes such");
        }
        out().flush();
    }

    private void run(Campaign campaign, ReportFiles files) throws IOException {
        String goOn = "Interrupted. The cells that are done are kept; go on with: " + command();
        Thread farewell = new Thread(() -> {
            err().println("\n" + goOn);
            err().flush();
        });
        Runtime.getRuntime().addShutdownHook(farewell);
        try (Progress progress = Progress.of(spec.name(), campaign.work(), err())) {
            campaign.run(runner, jobs, progress, () -> write(files, campaign));
        } finally {
            try {
                Runtime.getRuntime().removeShutdownHook(farewell);
            } catch (IllegalStateException e) {
                // Java is going down already: the hook has its say.
            }
        }
    }

    /** This call, with its folder. */
    private String command() {
        List<String> arguments = new ArrayList<>(List.of(spec.name(), "--scale", scale.toString()));
        if (directory != null) {
            arguments.addAll(List.of("--data-dir", directory.toString()));
        }
        if (papers != null) {
            arguments.addAll(
                    List.of("--chapters", papers.stream().map(String::valueOf).collect(Collectors.joining(","))));
        }
        if (names != null) {
            arguments.addAll(List.of("--cells", String.join(",", names)));
        }
        if (jobs > 1) {
            arguments.addAll(List.of("--jobs", String.valueOf(jobs)));
        }
        if (anyVersion) {
            arguments.add("--any-version");
        }
        arguments.addAll(List.of("--output", folder.toString()));
        return Cell.typed(arguments);
    }

    private int end(Campaign campaign, List<ChapterPage> pages) throws IOException {
        out().println();
        out().println(ChapterPage.headline(pages));
        out().println(Finding.counts(ChapterPage.findings(pages)));
        campaign.states().forEach((cell, state) -> {
            if (!state.fault().isEmpty()) {
                err().println("cell " + cell + " failed: " + state.fault());
            }
        });
        out().println("Written to " + folder + ": " + ResultFolder.names(folder));
        out().flush();
        err().flush();
        return campaign.failed().isEmpty() ? 0 : 1;
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private PrintWriter err() {
        return spec.commandLine().getErr();
    }
}
