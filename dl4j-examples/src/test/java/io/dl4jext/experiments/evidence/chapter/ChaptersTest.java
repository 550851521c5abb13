package io.dl4jext.experiments.evidence.chapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.experiments.engine.Progress;
import io.dl4jext.experiments.evidence.MadeUp;
import io.dl4jext.experiments.evidence.cell.Campaign;
import io.dl4jext.experiments.evidence.cell.Cell;
import io.dl4jext.experiments.evidence.cell.CellState;
import io.dl4jext.experiments.evidence.cell.DataFolder;
import io.dl4jext.experiments.evidence.cell.DataSet;
import io.dl4jext.experiments.evidence.cell.Scale;
import io.dl4jext.experiments.evidence.claim.Finding;
import io.dl4jext.experiments.evidence.claim.Verdict;
import io.dl4jext.experiments.evidence.page.HtmlPage;
import io.dl4jext.experiments.evidence.page.MarkdownPage;
import io.dl4jext.experiments.optimisers.PaperNumbers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The chapters on made-up results: each verdict on both sides, and where cells are missing. */
class ChaptersTest {

    private static final Chapter PAPER_1 = new Paper1Chapter();
    private static final Chapter PAPERS_3_AND_5 = new Papers3And5Chapter();

    /** Of the rates that LeNet is trained with at the standard scale. */
    private static final double LARGEST = 0.05;

    @TempDir
    Path folder;

    private final MadeUp madeUp = new MadeUp();
    private DataFolder data;
    private int campaigns;

    @BeforeEach
    void allData() throws IOException {
        data = MadeUpData.in(Files.createDirectory(folder.resolve("data")));
        madeUp.implicit.loss = Paper4ChapterTest::asFaganAndIyengar;
    }

    private Map<Cell, CellState> states(Chapter chapter, Scale scale) throws IOException {
        Path own = Files.createDirectories(folder.resolve("campaign" + campaigns++));
        Campaign campaign = new Campaign(own, chapter.cells(scale, data), data, false, cell -> true);
        campaign.run(madeUp, 1, Progress.silent(), () -> {});
        return campaign.states();
    }

    private Map<String, Finding> findings(Chapter chapter, Scale scale) throws IOException {
        return byClaim(ChapterPage.of(chapter, scale, data, states(chapter, scale)));
    }

    private static Map<String, Finding> byClaim(ChapterPage page) {
        Map<String, Finding> findings = new LinkedHashMap<>();
        page.findings().forEach(finding -> findings.put(finding.claim().text(), finding));
        assertThat(findings).as("each claim once").hasSameSizeAs(page.findings());
        return findings;
    }

    private static Verdict of(Map<String, Finding> findings, String claim) {
        assertThat(findings).containsKey(claim);
        return findings.get(claim).verdict();
    }

    @Test
    void asThePaperSaysEverythingOfItIsReproduced() throws IOException {
        assertThat(findings(PAPER_1, Scale.STANDARD).values())
                .allSatisfy(finding ->
                        assertThat(finding.verdict()).as(finding.toString()).isEqualTo(Verdict.REPRODUCED));
    }

    /** At the full scale the larger networks' grids have a cell for each batch size; they count together. */
    @Test
    void aGridInSeveralCellsCountsWhenAllAreDone() throws IOException {
        Map<Cell, CellState> states = states(PAPER_1, Scale.FULL);
        String claim = "C̄_K grows with the batch size (resnet8, CIFAR-10)";
        ChapterPage all = ChapterPage.of(PAPER_1, Scale.FULL, data, states);
        assertThat(byClaim(all).get(claim).statistics()).contains("18 trainings");
        assertThat(all.findings())
                .allSatisfy(finding ->
                        assertThat(finding.verdict()).as(finding.toString()).isEqualTo(Verdict.REPRODUCED));
        states.replaceAll(
                (cell, state) -> cell.name().equals("fisher-resnet8-cifar10-b256-seed1") ? CellState.notYet() : state);
        ChapterPage part = ChapterPage.of(PAPER_1, Scale.FULL, data, states);
        assertThat(byClaim(part).get(claim).toString()).endsWith("not run: fisher-resnet8-cifar10-*");
        assertThat(new MarkdownPage(part.page()).markdown())
                .contains("5 of 6 cells done.")
                .contains("6 of 6 cells done.");
    }

    /** The paper's errors are of the same network where it has them, its times of the one that it tells them of. */
    @Test
    void policiesStandBesideThePapersOwnNetwork() throws IOException {
        String page = new MarkdownPage(ChapterPage.of(PAPER_1, Scale.FULL, data, states(PAPER_1, Scale.FULL))
                        .page())
                .markdown();
        assertThat(page)
                .contains("paper (mlp): error %", "paper (resnet): error %", "paper (resnet): time")
                .containsPattern("\\| s16 \\| [^|]+ \\| 1\\.35 ± 0\\.05 \\|")
                .containsPattern("\\| s32 \\| [^|]+ \\| 4\\.78 ± 0\\.05 \\|")
                .doesNotContain("0.36 ± 0.02");
    }

    /** The best of each kind, among those that come to an end with every seed. */
    @Test
    void theBestPoliciesAreHeldAgainstTheBestConstantSize() throws IOException {
        madeUp.error = (policy, seed) -> policy.equals("s16") && seed == 2
                ? Double.NaN
                : Map.of("s16", 0.01, "s32", 0.02, "s512", 0.09, "s32-to-512", 0.03, "s16-to-64-MS", 0.035)
                        .getOrDefault(policy, 0.04);
        madeUp.seconds = (policy, seed) ->
                Map.of("s32", 10, "s32-to-512", 11, "s16-to-64-MS", 12).getOrDefault(policy, 1);
        List<Finding> against = findings(PAPER_1, Scale.STANDARD).values().stream()
                .filter(finding -> finding.claim().source().equals("Table 1"))
                .collect(Collectors.toList());
        assertThat(against).hasSize(4).allSatisfy(finding -> {
            assertThat(finding.claim().text()).contains(" the best constant size (");
            assertThat(finding.verdict()).isEqualTo(Verdict.NOT_REPRODUCED);
            boolean steps = finding.claim().text().contains("-MS");
            assertThat(finding.reason())
                    .startsWith(
                            finding.claim().text().contains("time")
                                    ? steps ? "1.20 times s32" : "1.10 times s32"
                                    : steps ? "+1.5" : "+1.0");
        });
        String page = new MarkdownPage(ChapterPage.of(PAPER_1, Scale.STANDARD, data, states(PAPER_1, Scale.STANDARD))
                        .page())
                .markdown();
        assertThat(page).contains("p against s32", "time / s32", "paper (resnet): time / s16");
    }

    /** Of s32 no higher error is shown than of s16, and it takes half of the time: which is the best hangs on chance. */
    @Test
    void whatMayBeTheBestConstantSizeIsHeldAgainstToo() throws IOException {
        double[] chance = {0, 0.006, -0.004, 0.005, -0.005, 0.003};
        madeUp.error = (policy, seed) -> policy.equals("s32")
                ? 0.02 + chance[(int) seed]
                : Map.of("s16", 0.02, "s512", 0.09).getOrDefault(policy, 0.01);
        madeUp.seconds = (policy, seed) -> Map.of("s16", 20.0, "s32", 10.0).getOrDefault(policy, 15.1 + 0.1 * seed);
        Map<String, Finding> findings = findings(PAPER_1, Scale.STANDARD);
        for (String kind : List.of("dynamic", "-MS")) {
            assertThat(findings.get("the best " + kind
                            + " policy takes at most 0.95 of the time of the best constant size (mlp, MNIST)"))
                    .satisfies(finding -> {
                        assertThat(finding.verdict()).isEqualTo(Verdict.NOT_TESTABLE_HERE);
                        assertThat(finding.reason())
                                .isEqualTo(
                                        "it hangs on which is the best constant size: 0.77 times s16, 1.54 times s32");
                    });
            assertThat(findings.get("the best " + kind
                                    + " policy loses no accuracy against the best constant size (mlp, MNIST)")
                            .verdict())
                    .isEqualTo(Verdict.REPRODUCED);
        }
        String page = new MarkdownPage(ChapterPage.of(PAPER_1, Scale.STANDARD, data, states(PAPER_1, Scale.STANDARD))
                        .page())
                .markdown();
        assertThat(page).contains("Of s32 no higher error is shown");
    }

    @Test
    void theOppositeIsNotReproduced() throws IOException {
        madeUp.condition = (size, rate, seed) -> 1e4 / Math.pow(size, 0.3) / rate;
        madeUp.energy = (size, rate, seed) -> size * size / rate;
        madeUp.error = (policy, seed) ->
                policy.equals("s16") ? 0.01 : policy.equals("s512-to-32") ? 0.02 : policy.endsWith("-MS") ? 0.05 : 0.03;
        madeUp.seconds = (policy, seed) -> policy.equals("s16") ? 10 : policy.endsWith("-MS") ? 15 : 11;
        madeUp.policyCondition = (policy, seed) ->
                policy.equals("s32") ? 1000 : policy.equals("s512") ? 700 : policy.startsWith("s32-to") ? 900 : 500;
        madeUp.policyEnergy = (policy, seed) -> policy.endsWith("-MS") ? 120 : 100;
        Map<String, Finding> findings = findings(PAPER_1, Scale.STANDARD);
        assertThat(findings.values().stream()
                        .filter(finding -> finding.verdict() != Verdict.NOT_REPRODUCED)
                        .map(Finding::toString))
                .isEmpty();
    }

    @Test
    void aRateThatDivergesIsLeftOut() throws IOException {
        madeUp.divergedRate = name -> name.startsWith("s16-") ? 0.05 : Double.NaN;
        Map<String, Finding> findings = findings(PAPER_1, Scale.STANDARD);
        Finding grows = findings.get("C̄_K grows with the batch size (lenet, CIFAR-10)");
        assertThat(grows.verdict()).isEqualTo(Verdict.REPRODUCED);
        assertThat(grows.statistics()).contains("11 trainings");
        assertThat(of(findings, "C̄_K goes by the batch size more than by the rate (lenet, CIFAR-10)"))
                .isEqualTo(Verdict.REPRODUCED);
    }

    @Test
    void withoutItsCellsNothingIsReproduced() throws IOException {
        for (Chapter chapter : Chapters.all()) {
            for (Scale scale : Scale.values()) {
                Map<Cell, CellState> none = new LinkedHashMap<>();
                chapter.cells(scale, data).forEach(cell -> none.put(cell, CellState.notYet()));
                ChapterPage page = ChapterPage.of(chapter, scale, data, none);
                assertThat(page.findings())
                        .isNotEmpty()
                        .allSatisfy(finding -> assertThat(finding.verdict())
                                .as(finding.toString())
                                .isEqualTo(Verdict.NOT_RUN));
            }
        }
    }

    /** Where each seed is a cell, a missing one leaves as little decided as if all of them were. */
    @Test
    void nothingIsDecidedBeforeAllSeedsAreDone() throws IOException {
        madeUp.accuracy = (name, seed) -> asThere(name);
        Map<String, Long> groups = new LinkedHashMap<>();
        for (Chapter chapter : Chapters.all()) {
            for (Scale scale : List.of(Scale.STANDARD, Scale.FULL)) {
                Map<Cell, CellState> all = states(chapter, scale);
                Map<String, List<Cell>> seeds = all.keySet().stream()
                        .filter(cell -> cell.name().matches(".*-seed\\d+"))
                        .collect(Collectors.groupingBy(cell -> cell.name().replaceAll("\\d+$", "")));
                seeds.values().removeIf(cells -> cells.size() < 2);
                for (List<Cell> cells : seeds.values()) {
                    List<String> none = notRun(chapter, scale, all, cells);
                    assertThat(notRun(chapter, scale, all, cells.subList(1, 2)))
                            .as(cells + " " + scale)
                            .isEqualTo(none)
                            .hasSizeGreaterThan(
                                    notRun(chapter, scale, all, List.of()).size());
                    groups.merge(cells.get(0).name(), 1L, Long::sum);
                }
            }
        }
        assertThat(groups.keySet())
                .contains(
                        "fisher-mlp-mnist-seed1",
                        "sampling-lenet-cifar10-seed1",
                        "nakamura-sweep-vgg-seed1",
                        "yotkov-m10-seed1",
                        "implicit-music-seed1",
                        "implicit-music-clip-seed1");
    }

    @Test
    void aSettingWithSomeOfItsSeedsTellsHowMany() throws IOException {
        Map<Cell, CellState> states = states(PAPERS_3_AND_5, Scale.FULL);
        states.replaceAll((cell, state) -> cell.name().equals("yotkov-m10-seed2") ? CellState.notYet() : state);
        Finding table = byClaim(ChapterPage.of(PAPERS_3_AND_5, Scale.FULL, data, states))
                .get("the accuracies of Yotkov's Table 1, batches of 10");
        assertThat(table.reason()).startsWith("not run: sgd 0.1, m 10 (2 of 3 cells are); ");
    }

    private List<String> notRun(Chapter chapter, Scale scale, Map<Cell, CellState> all, List<Cell> without)
            throws IOException {
        Map<Cell, CellState> states = new LinkedHashMap<>(all);
        without.forEach(cell -> states.put(cell, CellState.notYet()));
        return ChapterPage.of(chapter, scale, data, states).findings().stream()
                .filter(finding -> finding.verdict() == Verdict.NOT_RUN)
                .map(finding -> finding.claim().text())
                .collect(Collectors.toList());
    }

    /** Of two papers the first line says which claim is whose. */
    @Test
    void theFirstLineOfAllNamesThePapers() throws IOException {
        madeUp.energy = (size, rate, seed) -> size / rate;
        madeUp.accuracy = (name, seed) -> asThere(name);
        List<ChapterPage> pages = new ArrayList<>();
        for (Chapter chapter : Chapters.all()) {
            pages.add(ChapterPage.of(chapter, Scale.STANDARD, data, states(chapter, Scale.STANDARD)));
        }
        assertThat(ChapterPage.headline(pages))
                .startsWith("Not reproduced here: Paper 1: L_K falls with the batch size (mlp, MNIST); ")
                .contains(". Papers 3 and 5: gradients and differences agree to 3e-40 % on average at h = 1e-8.");
    }

    /** Whatever single cell is missing, what is left is never reproduced by less. */
    @Test
    @Tag("slow")
    void withoutOneCellItsClaimsAreNotReproduced() throws IOException {
        for (Chapter chapter : Chapters.all()) {
            Map<Cell, CellState> all = states(chapter, Scale.STANDARD);
            Map<String, Finding> whole = byClaim(ChapterPage.of(chapter, Scale.STANDARD, data, all));
            for (Cell cell : all.keySet()) {
                Map<Cell, CellState> without = new LinkedHashMap<>(all);
                without.put(cell, CellState.failed("it failed"));
                ChapterPage page = ChapterPage.of(chapter, Scale.STANDARD, data, without);
                Map<String, Finding> rest = byClaim(page);
                assertThat(rest).containsOnlyKeys(whole.keySet());
                rest.forEach((claim, finding) -> {
                    if (finding.verdict() == Verdict.REPRODUCED) {
                        assertThat(whole.get(claim).verdict()).as(claim).isEqualTo(Verdict.REPRODUCED);
                    }
                });
                if (cell.name().startsWith("yotkov")) {
                    assertThat(new MarkdownPage(page.page()).markdown())
                            .contains("The cell " + cell + " failed:", "it failed");
                }
            }
        }
    }

    /** The paper's accuracies, and what breaks there breaks here. */
    private static double asYotkov(String setting) {
        try {
            return PaperNumbers.rows().stream()
                    .filter(row -> row.name().equals(setting))
                    .mapToDouble(row -> row.accuracy)
                    .findFirst()
                    .orElse(0.97);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static double asDaza(String model) {
        try {
            return Double.parseDouble(PaperNumbers.modelsByName().get(model).accuracy);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static double asThere(String name) {
        return name.contains(",") ? asYotkov(name) : asDaza(name);
    }

    @Test
    void asThePapersSayInFull() throws IOException {
        madeUp.accuracy = (name, seed) -> asThere(name);
        Map<String, Finding> findings = findings(PAPERS_3_AND_5, Scale.FULL);
        List<String> otherwise = findings.values().stream()
                .filter(finding -> finding.verdict() != Verdict.REPRODUCED)
                .map(finding -> finding.claim().text() + ": " + finding.verdict())
                .collect(Collectors.toList());
        // Batches of one are trained with once; a double does not tell 3e-40 %; and the VGG has a quarter of its
        // channels.
        assertThat(otherwise)
                .containsExactly(
                        "the accuracies of Yotkov's Table 1, batches of 1: not testable here",
                        "the accuracies of Yotkov's Table 2, batches of 1: not testable here",
                        "the accuracies of Yotkov's Table 3, batches of 1: not testable here",
                        "the accuracies of Yotkov's Table 4, batches of 1: not testable here",
                        "the accuracies of Yotkov's Table 5, batches of 1: not testable here",
                        "SGD breaks at rate 0.1 with batches of 1, not with 10: not testable here",
                        "gradients and differences agree to 3e-40 % on average at h = 1e-8: not reproduced",
                        "vgg reaches 77.0 %: not testable here",
                        "vgg-plain reaches 73.8 %: not testable here");
    }

    @Test
    void batchesOfOneAreMissingInStandard() throws IOException {
        madeUp.accuracy = (name, seed) -> asThere(name);
        Map<String, Finding> findings = findings(PAPERS_3_AND_5, Scale.STANDARD);
        Finding table = findings.get("the accuracies of Yotkov's Table 1, batches of 1");
        assertThat(table.verdict()).isEqualTo(Verdict.NOT_RUN);
        assertThat(table.reason()).startsWith("not run: sgd 0.1, m 1; ");
        assertThat(of(findings, "the accuracies of Yotkov's Table 1, batches of 100"))
                .isEqualTo(Verdict.REPRODUCED);
        assertThat(of(findings, "SGD breaks at rate 0.1 with batches of 1, not with 10"))
                .isEqualTo(Verdict.NOT_RUN);
        assertThat(of(findings, "vgg reaches 77.0 %")).isEqualTo(Verdict.NOT_TESTABLE_HERE);
        assertThat(of(findings, "batch normalisation improves the VGG")).isEqualTo(Verdict.REPRODUCED);
    }

    @Test
    void otherAccuraciesAreNotReproduced() throws IOException {
        madeUp.accuracy = (name, seed) -> 1.02 - asThere(name);
        madeUp.difference = kind -> kind.equals("central") ? 1e-6 : 1e-7;
        Map<String, Finding> findings = findings(PAPERS_3_AND_5, Scale.FULL);
        assertThat(findings.values().stream()
                        .filter(finding -> finding.verdict() == Verdict.REPRODUCED)
                        .map(Finding::toString))
                .isEmpty();
        assertThat(of(findings, "AdaGrad breaks at rate 0.01 with batches of 100, not with 10"))
                .isEqualTo(Verdict.NOT_REPRODUCED);
        assertThat(of(findings, "mlp reaches 46.6 %")).isEqualTo(Verdict.NOT_REPRODUCED);
        assertThat(of(findings, "batch normalisation improves the VGG")).isEqualTo(Verdict.NOT_REPRODUCED);
        // It has a quarter of the channels.
        assertThat(of(findings, "the VGG reaches more than the deep perceptron"))
                .isEqualTo(Verdict.NOT_TESTABLE_HERE);
    }

    /** However good the numbers: the smoke scale gives no verdict. */
    @Test
    void smokeDecidesNothing() throws IOException {
        madeUp.accuracy = (name, seed) -> asThere(name);
        for (Chapter chapter : Chapters.all()) {
            assertThat(findings(chapter, Scale.SMOKE).values())
                    .allSatisfy(
                            finding -> assertThat(finding.verdict()).isIn(Verdict.NOT_RUN, Verdict.NOT_TESTABLE_HERE));
        }
    }

    @Test
    void cellsHaveNamesOfTheirOwnAndGrowWithTheScale() {
        double minutes = 0;
        for (Scale scale : Scale.values()) {
            List<Cell> all = new ArrayList<>();
            Chapters.all().forEach(chapter -> all.addAll(chapter.cells(scale, data)));
            Cell.requireDifferent(all);
            double sum = all.stream().mapToDouble(Cell::minutes).sum();
            assertThat(sum).as(scale.toString()).isGreaterThan(4 * minutes);
            minutes = sum;
        }
        assertThat(Chapters.all().stream().flatMap(chapter -> chapter.papers().stream()))
                .doesNotHaveDuplicates();
    }

    @Test
    void withoutMnistTheProgramsOwnImagesServe() throws IOException {
        DataFolder none = DataFolder.none();
        for (Scale scale : Scale.values()) {
            for (Chapter chapter : Chapters.all()) {
                List<Cell> cells = chapter.cells(scale, none);
                assertThat(cells).noneMatch(cell -> cell.data().contains(DataSet.MNIST));
                assertThat(cells).anyMatch(cell -> isOnImagesOfTheProgram(cell));
                assertThat(cells)
                        .filteredOn(cell -> isOnImagesOfTheProgram(cell))
                        .noneMatch(cell -> cell.arguments().contains("--limit")
                                && Integer.parseInt(cell.arguments()
                                                .get(cell.arguments().indexOf("--limit") + 1))
                                        > 6000);
            }
        }
        data = none;
        madeUp.accuracy = (name, seed) -> asThere(name);
        Map<String, Finding> findings = findings(PAPERS_3_AND_5, Scale.STANDARD);
        assertThat(of(findings, "the accuracies of Yotkov's Table 1, batches of 100"))
                .isEqualTo(Verdict.NOT_TESTABLE_HERE);
        assertThat(of(findings, "mlp reaches 46.6 %")).isEqualTo(Verdict.NOT_RUN);
        madeUp.accuracy = (name, seed) -> 0.95;
        assertThat(of(
                        findings(PAPERS_3_AND_5, Scale.STANDARD),
                        "AdaGrad breaks at rate 0.01 with batches of 100, not with 10"))
                .as("after a tenth of the paper's steps")
                .isEqualTo(Verdict.NOT_TESTABLE_HERE);
    }

    /** More rates at a grid's edge, fewer, or others, turn it: then neither is said. */
    @Test
    void whatASingleGridShowsHasToHoldInEachPartOfIt() throws IOException {
        String claim = "C̄_K goes by the batch size more than by the rate (lenet, CIFAR-10)";
        madeUp.condition = (size, rate, seed) -> 100 * size * (rate == LARGEST ? 60 : 1);
        Finding open = findings(PAPER_1, Scale.STANDARD).get(claim);
        assertThat(open.verdict()).isEqualTo(Verdict.NOT_TESTABLE_HERE);
        assertThat(open.reason()).startsWith("it hangs on which part of the grid is looked at: of the logarithm's");
        madeUp.condition = (size, rate, seed) -> 100 * size * (rate == LARGEST ? 1.1 : 1);
        assertThat(of(findings(PAPER_1, Scale.STANDARD), claim)).isEqualTo(Verdict.REPRODUCED);
        madeUp.condition = (size, rate, seed) -> 100 * Math.pow(size, 0.1) / rate;
        assertThat(of(findings(PAPER_1, Scale.STANDARD), claim)).isEqualTo(Verdict.NOT_REPRODUCED);
    }

    /** The command {@code implicit} has no option for them: it takes them where there is no {@code --data-dir}. */
    private static boolean isOnImagesOfTheProgram(Cell cell) {
        List<String> arguments = cell.arguments();
        return arguments.contains("mnist-subset")
                || arguments.get(0).equals("implicit")
                        && List.of("mnist", "autoencoder").contains(arguments.get(1));
    }

    @Test
    void missingDataAreNamedWithHowToGetThem() throws IOException {
        data = DataFolder.none();
        String page = new HtmlPage("t")
                .chapter(
                        "1",
                        ChapterPage.of(PAPER_1, Scale.SMOKE, data, states(PAPER_1, Scale.SMOKE))
                                .page())
                .html();
        assertThat(page)
                .contains("CIFAR-10 is missing", "data_batch_1.bin to data_batch_5.bin", "MNIST is missing")
                .contains(">skipped: no data<")
                .contains("(mlp, MNIST subset)");
    }

    @Test
    void aChapterShowsItsVerdictsTablesFiguresAndCommands() throws IOException {
        madeUp.accuracy = (name, seed) -> asThere(name);
        for (Chapter chapter : Chapters.all()) {
            MarkdownPage markdown =
                    new MarkdownPage(ChapterPage.of(chapter, Scale.STANDARD, data, states(chapter, Scale.STANDARD))
                            .page());
            String text = markdown.markdown();
            assertThat(text.lines()
                            .filter(line -> !line.isBlank())
                            .skip(1)
                            .findFirst()
                            .orElseThrow())
                    .as("the first line below the title")
                    .startsWith(chapter.papers().contains(3) ? "**Not reproduced here: " : "**Of the claims");
            assertThat(text)
                    .contains("**reproduced**", "## Claims and verdicts", "## How it was run", "processor", "dl4j")
                    .contains("`java -jar dl4j-examples.jar ", "--data-dir DIR/");
            assertThat(markdown.files()).hasSizeGreaterThan(1);
        }
    }
}
