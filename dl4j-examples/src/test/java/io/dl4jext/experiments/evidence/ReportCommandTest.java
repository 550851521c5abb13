package io.dl4jext.experiments.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dl4jext.experiments.command.EnumName;
import io.dl4jext.experiments.engine.ResultFolder;
import io.dl4jext.experiments.engine.UserError;
import io.dl4jext.experiments.evidence.cell.Cell;
import io.dl4jext.experiments.evidence.cell.CellRunner;
import io.dl4jext.experiments.evidence.cell.DataFolder;
import io.dl4jext.experiments.evidence.cell.DataSet;
import io.dl4jext.experiments.evidence.cell.JvmRunner;
import io.dl4jext.experiments.evidence.cell.Scale;
import io.dl4jext.experiments.evidence.chapter.Chapter;
import io.dl4jext.experiments.evidence.chapter.Chapters;
import io.dl4jext.experiments.evidence.chapter.Contents;
import io.dl4jext.experiments.evidence.chapter.Results;
import io.dl4jext.experiments.evidence.claim.Checked;
import io.dl4jext.experiments.evidence.claim.Claim;
import io.dl4jext.experiments.evidence.claim.Question;
import io.dl4jext.experiments.evidence.page.Page;
import io.dl4jext.experiments.report.CsvRows.Row;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ReportCommandTest {

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final MadeUp madeUp = new MadeUp();

    private int run(List<Chapter> chapters, CellRunner runner, String... arguments) {
        ReportCommand command = new ReportCommand(chapters, runner);
        CommandLine commandLine = new CommandLine(command);
        EnumName.registerAll(commandLine);
        commandLine.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        commandLine.setExecutionExceptionHandler((e, failed, parsed) -> {
            if (!(e instanceof UserError)) {
                throw e;
            }
            failed.getErr().println(e.getMessage());
            return 2;
        });
        try {
            return commandLine.execute(arguments);
        } finally {
            if (command.folder() != null) {
                ResultFolder.release(command.folder());
            }
        }
    }

    private int smoke(CellRunner runner, String... more) {
        String[] arguments = new String[more.length + 2];
        arguments[0] = "--output";
        arguments[1] = folder.resolve("out").toString();
        System.arraycopy(more, 0, arguments, 2, more.length);
        return run(Chapters.all(), runner, arguments);
    }

    @Test
    void theSmokeScaleFromTheCommandLineToThePages() throws IOException {
        assertThat(smoke(madeUp)).as(err.toString()).isZero();
        Path output = folder.resolve("out");
        assertThat(out.toString())
                .contains(
                        "missing: CIFAR-10; with --data-dir DIR: the binary version of",
                        "No claim has been decided here.")
                .contains("Written to " + output + ": cells, markdown, report.html");
        assertThat(err.toString()).contains("sampling-mlp-mnist-seed1: done in 0.0 min (");
        String html = Files.readString(output.resolve("report.html"));
        assertThat(html)
                .contains("<h1>Papers rerun: smoke scale</h1>\n<p class=\"headline\">No claim has been decided here.")
                .contains("href=\"#chapter-3\">Papers 3 and 5<", "id=\"chapter-3\"", "<svg", "C̄_K");
        assertThat(output.resolve("markdown").resolve("paper-1.md"))
                .content()
                .contains("(fisher-mlp-mnist-condition.svg)");
        assertThat(output.resolve("markdown").resolve("fisher-mlp-mnist-condition.svg"))
                .exists();
        assertThat(output.resolve("markdown").resolve("papers-3-5.md")).exists();
    }

    @Test
    void aTableThatIsMissingIsNamedWithHowToGetIt() throws IOException {
        Path data = folder.resolve("data");
        Files.writeString(Files.createDirectories(data.resolve("uci")).resolve("yeast.csv"), "x");
        assertThat(smoke(madeUp, "--data-dir", data.toString(), "--chapters", "4"))
                .isZero();
        assertThat(out.toString())
                .contains("missing: UCI sets (car.csv); with --data-dir DIR: tables of numbers, label last");
        assertThat(madeUp.calls).noneMatch(call -> call.contains("uci"));
    }

    @Test
    void goesOnInTheSameFolder() throws IOException {
        assertThat(smoke(madeUp, "--chapters", "1")).isZero();
        int first = madeUp.calls.size();
        assertThat(first).isGreaterThan(1);
        assertThat(smoke(madeUp)).isZero();
        assertThat(madeUp.calls).doesNotHaveDuplicates().hasSizeGreaterThan(first);
        int second = madeUp.calls.size();
        Path page = folder.resolve("out").resolve("report.html");
        Files.delete(page);
        assertThat(smoke(madeUp)).isZero();
        assertThat(madeUp.calls).hasSize(second);
        assertThat(out.toString()).contains(" cells, 0 to run; results in ");
        assertThat(page).exists();
    }

    /** The scale and the chapters that it has need not be typed again, and nothing that it has is lost. */
    @Test
    void aReportStaysWhatItIs() throws IOException {
        Path page = folder.resolve("out").resolve("report.html");
        assertThat(smoke(madeUp, "--scale", "standard", "--chapters", "1")).isZero();
        assertThat(smoke(madeUp, "--chapters", "3", "--cells", "gradient-check"))
                .as(err.toString())
                .isZero();
        assertThat(madeUp.calls.stream().map(call -> call.get(0)))
                .contains("fisher", "gradient-check")
                .doesNotContain("optimisers", "implicit");
        assertThat(Files.readString(page))
                .contains("standard scale", ">Paper 1<", ">Papers 3 and 5<")
                .doesNotContain(">Paper 4<");
        int so = madeUp.calls.size();
        assertThat(smoke(madeUp, "--chapters", "1")).isZero();
        assertThat(madeUp.calls)
                .as("chapter 3 is not run, though some of it is left")
                .hasSize(so);
        assertThat(Files.readString(page)).contains(">Paper 1<", ">Papers 3 and 5<");
        String before = Files.readString(page);
        assertThat(smoke(madeUp, "--scale", "smoke")).isEqualTo(2);
        assertThat(err.toString())
                .contains("--scale: expected standard, which the report in " + folder.resolve("out")
                        + " is of, got smoke");
        assertThat(Files.readString(page)).isEqualTo(before);
        Path scope = folder.resolve("out").resolve("cells").resolve("scope.txt");
        assertThat(scope).hasContent("scale standard\npapers 1,3,5");
        Files.writeString(scope, "scale huge\n");
        assertThat(smoke(madeUp)).isEqualTo(2);
        assertThat(err.toString()).contains(scope + ": expected lines such as 'scale standard'", ", got 'huge' and ''");
        Files.delete(scope);
        assertThat(smoke(madeUp)).as("begun by an earlier version").isEqualTo(2);
        assertThat(err.toString()).contains("--scale: expected that of the report in ", ", got none");
        assertThat(smoke(madeUp, "--scale", "standard", "--chapters", "1")).isZero();
    }

    @Test
    void aReportThatWasKilledAsItWroteItsScopeIsNoEarlierVersions() throws IOException {
        Path cells = Files.createDirectories(folder.resolve("out").resolve("cells"));
        Files.writeString(cells.resolve("scope.txt.new"), "scale");
        assertThat(smoke(madeUp, "--cells", "gradient-check"))
                .as(err.toString())
                .isZero();
        assertThat(cells.resolve("scope.txt")).content().startsWith("scale smoke");
        assertThat(cells.resolve("scope.txt.new")).doesNotExist();
    }

    /** Where the data were missing, for instance. */
    @Test
    void goesOnWithAReportOfWhichNothingCouldBeRun() {
        assertThat(smoke(madeUp, "--cells", "implicit-uci-car")).isZero();
        assertThat(madeUp.calls).isEmpty();
        assertThat(smoke(madeUp, "--cells", "gradient-check"))
                .as(err.toString())
                .isZero();
        assertThat(madeUp.calls).hasSize(1);
    }

    /** Of a file that is missing, and of one that cannot be read; done.json is as an earlier version has written it. */
    @Test
    void aCellWithADamagedFileIsNamedAndRunAnewAndTheOthersStay() throws IOException {
        assertThat(smoke(madeUp, "--chapters", "3")).isZero();
        int so = madeUp.calls.size();
        Path missing = table("gradient-check-", "errors.csv");
        Path torn = table("yotkov-", "runs.csv");
        Files.delete(missing);
        Files.write(torn, new byte[] {'a', ',', (byte) 0xff, '\n'});
        assertThat(smoke(madeUp, "--chapters", "3", "--cells", "gradient-check"))
                .as(err.toString())
                .isZero();
        assertThat(err.toString())
                .contains("cell gradient-check counts as not run: " + missing
                        + ": expected a file, found nothing there; it is run anew")
                .containsPattern(
                        "cell yotkov-\\S+ counts as not run: \\Q" + torn
                                + "\\E: expected text in UTF-8, found other bytes; put the file back, or run it anew by --cells yotkov-");
        assertThat(madeUp.calls).hasSize(so + 1);
        assertThat(madeUp.calls.get(so)).startsWith("gradient-check");
        assertThat(missing).exists();
        assertThat(Files.readString(folder.resolve("out").resolve("report.html")))
                .contains(">done<", ">not yet run<");
        assertThat(smoke(madeUp, "--chapters", "3")).isZero();
        assertThat(madeUp.calls).hasSize(so + 2);
    }

    /** The earliest versions did not write closer.csv; a version that did says in done.json that it was there. */
    @Test
    void pairsOfGradientsThatAreGoneAreNamed() throws IOException {
        assertThat(smoke(madeUp, "--cells", "gradient-check")).isZero();
        Path done = files("done.json").get(0);
        Path pairs = files("closer.csv").get(0);
        Files.delete(pairs);
        assertThat(smoke(madeUp, "--cells", "gradient-check")).isZero();
        assertThat(err.toString())
                .contains("cell gradient-check counts as not run: " + pairs
                        + ": expected a file, found nothing there; it is run anew");
        assertThat(madeUp.calls).hasSize(2);
        Files.delete(table("gradient-check-", "closer.csv"));
        assertThat(done).content().doesNotContain("closer.csv");
        assertThat(smoke(madeUp, "--cells", "gradient-check")).isZero();
        assertThat(madeUp.calls).hasSize(2);
        assertThat(Files.readString(folder.resolve("out").resolve("report.html")))
                .contains("not run: gradient-check (closer.csv missing)");
    }

    private List<Path> files(String name) throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("out").resolve("cells"))) {
            return files.filter(file -> file.endsWith(name)).collect(Collectors.toList());
        }
    }

    /** One that a page is made of; done.json is left without its digest. */
    private Path table(String cell, String name) throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("out").resolve("cells"))) {
            Path table = files.filter(
                            file -> file.endsWith(name) && file.toString().contains(cell))
                    .findFirst()
                    .orElseThrow();
            Path done = table.getParent().resolveSibling("done.json");
            Files.writeString(done, Files.readString(done).replaceFirst("(?s),\\s*\"tables\" : \\{.*?\\}", ""));
            return table;
        }
    }

    /** Its pages would be replaced by such as say nothing of what the data have told. */
    @Test
    void aReportIsNotGoneOnWithWithoutItsData() throws IOException {
        Path data = folder.resolve("data");
        Files.writeString(Files.createDirectories(data.resolve("jsb")).resolve("jsb-chorales.json"), "{}");
        assertThat(smoke(madeUp, "--data-dir", data.toString(), "--chapters", "4"))
                .as(err.toString())
                .isZero();
        assertThat(madeUp.calls).anyMatch(call -> call.contains("music"));
        int so = madeUp.calls.size();
        Path output = folder.resolve("out");
        String page = Files.readString(output.resolve("report.html"));
        assertThat(smoke(madeUp, "--cells", "gradient-check")).isEqualTo(2);
        assertThat(err.toString())
                .contains("--data-dir: expected a folder with JSB Chorales, which cells of the report in " + output
                        + " have read, got none");
        Path others = Files.createDirectories(folder.resolve("others"));
        assertThat(smoke(madeUp, "--data-dir", others.toString())).isEqualTo(2);
        assertThat(err.toString()).contains(" have read, got " + others);
        assertThat(madeUp.calls).hasSize(so);
        assertThat(Files.readString(output.resolve("report.html"))).isEqualTo(page);
        assertThat(smoke(madeUp, "--data-dir", data.toString(), "--cells", "gradient-check"))
                .as(err.toString())
                .isZero();
    }

    /** Nor with a part of a set, or with another file in a file's place. */
    @Test
    void aReportIsNotGoneOnWithUnlessItsFilesAreThoseItsCellsHaveRead() throws IOException {
        Path data = folder.resolve("data");
        Path music =
                Files.writeString(Files.createDirectories(data.resolve("jsb")).resolve("jsb-chorales.json"), "{ }");
        Path uci = Files.createDirectories(data.resolve("uci"));
        Path car = Files.writeString(uci.resolve("car.csv"), "1,2\n");
        assertThat(smoke(madeUp, "--data-dir", data.toString(), "--chapters", "4"))
                .as(err.toString())
                .isZero();
        assertThat(madeUp.calls).anyMatch(call -> call.contains("music")).anyMatch(call -> call.contains("uci"));
        int so = madeUp.calls.size();
        Path output = folder.resolve("out");
        String page = Files.readString(output.resolve("report.html"));
        Files.move(car, uci.resolve("yeast.csv"));
        Files.writeString(music, "{}");
        assertThat(smoke(madeUp, "--data-dir", data.toString(), "--cells", "gradient-check"))
                .isEqualTo(2);
        assertThat(err.toString())
                .contains("--data-dir: expected a folder with JSB Chorales (jsb-chorales.json of 3 bytes when unpacked,"
                        + " not 2), UCI sets (car.csv), which cells of the report in " + output + " have read, got "
                        + data);
        assertThat(madeUp.calls).hasSize(so);
        assertThat(Files.readString(output.resolve("report.html"))).isEqualTo(page);
        Files.writeString(music, "[ ]");
        Files.writeString(car, "1,2\n");
        assertThat(smoke(madeUp, "--data-dir", data.toString(), "--chapters", "4"))
                .as("one more table: " + err)
                .isZero();
        assertThat(madeUp.calls).hasSize(so);
    }

    /** Without MNIST the program's own images serve: with it these cells would be others, and the pages say nothing of them. */
    @Test
    void dataThatWouldReplaceCellsAreRefused() throws IOException {
        Path data = folder.resolve("data");
        Path mnist = Files.createDirectories(data.resolve("mnist"));
        Files.writeString(Files.createDirectories(data.resolve("jsb")).resolve("jsb-chorales.json"), "{}");
        assertThat(smoke(madeUp, "--chapters", "4")).as(err.toString()).isZero();
        int so = madeUp.calls.size();
        Path output = folder.resolve("out");
        String page = Files.readString(output.resolve("report.html"));
        for (String name : List.of("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")) {
            Files.writeString(mnist.resolve(name + "-ubyte"), "x");
        }
        assertThat(smoke(madeUp, "--data-dir", data.toString(), "--chapters", "4"))
                .isEqualTo(2);
        assertThat(err.toString())
                .contains("--data-dir: expected a folder without MNIST, in whose absence cells of the report in "
                        + output + " were run in another way (with it, begin another report), got " + data);
        assertThat(madeUp.calls).hasSize(so);
        assertThat(Files.readString(output.resolve("report.html"))).isEqualTo(page);

        Files.delete(mnist.resolve("t10k-labels-idx1-ubyte"));
        assertThat(smoke(madeUp, "--data-dir", data.toString(), "--chapters", "4"))
                .as("music is more, in the place of nothing: " + err)
                .isZero();
        assertThat(madeUp.calls).hasSizeGreaterThan(so);
    }

    @Test
    void howManyCellsOfOtherVersionsAreNotTakenIsSaid() throws IOException {
        assertThat(smoke(madeUp, "--chapters", "3")).isZero();
        int so = madeUp.calls.size();
        for (Path done : files("done.json")) {
            Files.writeString(done, Files.readString(done).replaceFirst("\"key\" : \"[0-9a-f]+\"", "\"key\" : \"0\""));
        }
        String line = so + " cells not taken that another version of this program or of DL4J has finished;"
                + " --any-version takes such";
        assertThat(smoke(madeUp, "--chapters", "3", "--any-version")).isZero();
        assertThat(madeUp.calls).hasSize(so);
        assertThat(out.toString()).doesNotContain("not taken");
        assertThat(smoke(madeUp, "--chapters", "3", "--cells", "gradient-check"))
                .isZero();
        assertThat(out.toString()).contains(line);
    }

    @Test
    void aFailedCellIsNamedTheOthersGoOnAndTheExitCodeTells() throws IOException {
        CellRunner failing = (arguments, share, log, meanwhile) -> {
            if (arguments.get(0).equals("gradient-check")) {
                Files.writeString(log, "error: something <b>went</b> wrong\n");
                return 1;
            }
            return madeUp.run(arguments, share, log, meanwhile);
        };
        assertThat(smoke(failing)).isEqualTo(1);
        assertThat(err.toString())
                .contains("gradient-check: FAILED in", "cell gradient-check failed: exit code 1", "<b>went</b> wrong");
        assertThat(madeUp.calls).anyMatch(call -> call.get(0).equals("optimisers"));
        assertThat(Files.readString(folder.resolve("out").resolve("report.html")))
                .contains("The cell gradient-check failed:", "something &lt;b&gt;went&lt;/b&gt; wrong", "is-failed");
        assertThat(smoke(madeUp)).as("run again").isZero();
    }

    @Test
    void pagesAreWrittenAsTheCellsComeIn() {
        CellRunner looking = (arguments, share, log, meanwhile) -> {
            if (!madeUp.calls.isEmpty()) {
                assertThat(Files.readString(folder.resolve("out").resolve("report.html")))
                        .contains(">done<", ">not yet run<");
            }
            return madeUp.run(arguments, share, log, meanwhile);
        };
        assertThat(smoke(looking)).isZero();
    }

    /** As the files of each cell say; those of dynamic sampling are about their times. */
    @Test
    void twoCellsAtATimeButThoseWhoseTimesDecideAlone() throws IOException {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "one processor");
        assertThat(smoke(new MadeUp(), "--chapters", "1", "--jobs", "2")).isZero();
        Map<String, String> shares = new TreeMap<>();
        try (Stream<Path> cells = Files.list(folder.resolve("out").resolve("cells"))) {
            for (Path cell : cells.filter(Files::isDirectory).collect(Collectors.toList())) {
                String done = Files.readString(cell.resolve("done.json"));
                shares.put(
                        cell.getFileName().toString().replaceFirst("-[0-9a-f]+$", ""),
                        done.replaceFirst("(?s).*\"cells at a time\" : \"(\\d+)\".*", "$1"));
            }
        }
        assertThat(shares).containsEntry("sampling-mlp-mnist-seed1", "1").containsEntry("fisher-mlp-mnist-seed1", "2");
    }

    @Test
    void theListRunsNothing() {
        assertThat(run(Chapters.all(), madeUp, "--list", "--scale", "standard")).isZero();
        assertThat(madeUp.calls).isEmpty();
        assertThat(out.toString())
                .containsPattern("yotkov-paired +\\d+\\.\\d min  java -jar dl4j-examples.jar optimisers --no-tables");
    }

    @Test
    void runsTheCellsThatAreNamedAndKeepsTheOthersOnThePage() throws IOException {
        assertThat(smoke(madeUp, "--cells", "gradient-check")).isZero();
        assertThat(madeUp.calls).hasSize(1).allMatch(call -> call.get(0).equals("gradient-check"));
        assertThat(smoke(madeUp, "--cells", "sampling-*-seed1,*smoke")).isZero();
        assertThat(madeUp.calls.subList(1, madeUp.calls.size()).stream().map(call -> call.get(0)))
                .containsOnly("dynamic-sampling", "optimisers");
        assertThat(Files.readString(folder.resolve("out").resolve("report.html")))
                .contains(">done<", ">not yet run<");
        int so = madeUp.calls.size();
        assertThat(smoke(madeUp)).isZero();
        assertThat(madeUp.calls).doesNotHaveDuplicates().hasSizeGreaterThan(so);
    }

    @Test
    void theListIsOfTheCellsThatAreNamed() {
        assertThat(run(Chapters.all(), madeUp, "--list", "--cells", "gradient*"))
                .isZero();
        assertThat(out.toString().lines()).hasSize(1).allMatch(line -> line.startsWith("gradient-check "));
    }

    @Test
    void whatTheUserCanPutRight() throws IOException {
        assertThat(smoke(madeUp, "--cells", "gradient-check,gradient")).isEqualTo(2);
        assertThat(err.toString())
                .contains("--cells: expected names out of --list, * for any characters, got gradient");
        assertThat(smoke(madeUp, "--chapters", "1,9")).isEqualTo(2);
        assertThat(err.toString()).contains("--chapters: expected papers out of [1, 2, 3, 4, 5], got 9");
        assertThat(smoke(madeUp, "--jobs", "0")).isEqualTo(2);
        assertThat(smoke(madeUp, "--jobs", "99999")).isEqualTo(2);
        int processors = Runtime.getRuntime().availableProcessors();
        assertThat(err.toString())
                .contains("--jobs: expected 1 to " + processors + ", the processors here, got 0", ", got 99999");
        assertThat(smoke(madeUp, "--scale", "huge")).isEqualTo(2);
        assertThat(err.toString()).contains("expected one of smoke, standard, full, got 'huge'");
        assertThat(smoke(madeUp, "--data-dir", folder.resolve("absent").toString()))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--data-dir: expected a folder with data sets, got ");
        Files.createDirectories(folder.resolve("out"));
        Files.writeString(folder.resolve("out").resolve("mine.txt"), "not a report");
        assertThat(smoke(madeUp)).isEqualTo(2);
        assertThat(err.toString()).contains("--output: expected a new or an empty folder");
        assertThat(madeUp.calls).isEmpty();
    }

    /** One cell that is small enough for a test, in a process of its own. */
    private static final class OneCell implements Chapter {

        static final Cell CELL = new Cell(
                "tiny",
                0.1,
                List.of(
                        "fisher",
                        "--limit",
                        "60",
                        "--batch-sizes",
                        "10,20",
                        "--learning-rates",
                        "0.1",
                        "--epochs",
                        "1"));

        @Override
        public List<Integer> papers() {
            return List.of(7);
        }

        @Override
        public String title() {
            return "A chapter";
        }

        @Override
        public String source() {
            return "Somebody";
        }

        @Override
        public String differences(Scale scale) {
            return "None.";
        }

        @Override
        public List<DataSet> data() {
            return List.of();
        }

        @Override
        public List<Cell> cells(Scale scale, DataFolder data) {
            return List.of(CELL);
        }

        @Override
        public Contents contents(Results results) throws IOException {
            List<Row> rows = results.rows(List.of(CELL), "summary.csv");
            return new Contents(
                    Question.together(List.of(new Checked(
                            new Claim("errors are shares", "nowhere"),
                            rows.isEmpty() ? null : rows.stream().allMatch(row -> row.number("test_error") <= 1),
                            rows.size() + " trainings",
                            "tiny"))),
                    new Page().text("what was measured"));
        }
    }

    @Test
    void oneRealCell() throws IOException {
        Path output = folder.resolve("out");
        int code = run(List.of(new OneCell()), new JvmRunner(), "--scale", "standard", "--output", output.toString());
        assertThat(code).as(out + "\n" + err).isZero();
        assertThat(out.toString()).contains("1 claim: 1 reproduced.");
        String html = Files.readString(output.resolve("report.html"));
        assertThat(html)
                .contains(">errors are shares<", ">2 trainings<", "what was measured")
                .contains("java -jar dl4j-examples.jar fisher --limit 60 --batch-sizes 10,20")
                .contains(System.getProperty("java.version"));
        assertThat(run(List.of(new OneCell()), madeUp, "--scale", "standard", "--output", output.toString()))
                .isZero();
        assertThat(madeUp.calls).as("it is done").isEmpty();
    }
}
