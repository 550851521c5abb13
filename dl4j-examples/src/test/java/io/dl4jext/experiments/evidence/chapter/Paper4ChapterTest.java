package io.dl4jext.experiments.evidence.chapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.experiments.engine.Progress;
import io.dl4jext.experiments.evidence.MadeUp;
import io.dl4jext.experiments.evidence.cell.Campaign;
import io.dl4jext.experiments.evidence.cell.Cell;
import io.dl4jext.experiments.evidence.cell.CellState;
import io.dl4jext.experiments.evidence.cell.DataFolder;
import io.dl4jext.experiments.evidence.cell.Scale;
import io.dl4jext.experiments.evidence.claim.Finding;
import io.dl4jext.experiments.evidence.claim.Verdict;
import io.dl4jext.experiments.evidence.page.MarkdownPage;
import io.dl4jext.experiments.report.CsvRows.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The chapter on made-up results: each verdict on both sides, and rates that are not known. */
class Paper4ChapterTest {

    private static final Chapter CHAPTER = new Paper4Chapter();

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

    /** The paper's losses on the UCI tables; else implicit training's are a little lower. */
    static double asFaganAndIyengar(String data, String method, double rate, long seed) {
        try {
            return PaperTable.read("paper-4-uci-losses.csv").stream()
                    .filter(row -> row.text("data").equals(data) && row.number("learning_rate") == rate)
                    .mapToDouble(row -> row.number("explicit"))
                    .findFirst()
                    .orElse(method.startsWith("explicit") ? 0.31 : 0.30);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Map<Cell, CellState> states(Scale scale) throws IOException {
        Path own = Files.createDirectories(folder.resolve("campaign" + campaigns++));
        Campaign campaign = new Campaign(own, CHAPTER.cells(scale, data), data, false, cell -> true);
        campaign.run(madeUp, 1, Progress.silent(), () -> {});
        return campaign.states();
    }

    private Map<String, Finding> findings(Scale scale) throws IOException {
        return byClaim(ChapterPage.of(CHAPTER, scale, data, states(scale)));
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
    void asThePaperSaysEverythingIsReproduced() throws IOException {
        for (Scale scale : List.of(Scale.STANDARD, Scale.FULL)) {
            assertThat(findings(scale).values())
                    .allSatisfy(finding ->
                            assertThat(finding.verdict()).as(finding.toString()).isEqualTo(Verdict.REPRODUCED));
        }
    }

    @Test
    void theOppositeIsNotReproduced() throws IOException {
        madeUp.implicit.highestRate = (variant, seed) -> variant.equals("explicit") ? 1 : 0.8;
        madeUp.implicit.loss = (data, method, rate, seed) -> method.startsWith("explicit") ? 0.9 : 1.1;
        madeUp.implicit.testAccuracy = (variant, seed) -> variant.equals("explicit") ? 0.81 : 0.80;
        assertThat(findings(Scale.STANDARD).values())
                .allSatisfy(finding ->
                        assertThat(finding.verdict()).as(finding.toString()).isEqualTo(Verdict.NOT_REPRODUCED));
    }

    /** A rate that is a lower bound, and one that there is not. */
    @Test
    void ratesThatAreNotKnownDecideNothing() throws IOException {
        String claim =
                "JSB Chorales: implicit training (mean of steps) is stable at rates 1.2 times as high as explicit's or higher";
        madeUp.implicit.isLowerBound = variant -> variant.equals("implicit");
        Finding open = findings(Scale.STANDARD).get(claim);
        assertThat(open.verdict()).isEqualTo(Verdict.NOT_TESTABLE_HERE);
        assertThat(open.reason()).isEqualTo("no unstable rate was found for one of the two with 4 of 4 seeds");
        madeUp.implicit.isLowerBound = variant -> false;
        madeUp.implicit.highestRate = (variant, seed) -> variant.equals("implicit") && seed == 2 ? Double.NaN : 1;
        Finding none = findings(Scale.STANDARD).get(claim);
        assertThat(none.verdict()).isEqualTo(Verdict.NOT_REPRODUCED);
        assertThat(none.reason()).isEqualTo("implicit, mean of steps is stable at no rate with 1 of 4 seeds");
        madeUp.implicit.highestRate = (variant, seed) -> variant.equals("explicit") && seed == 3 ? Double.NaN : 1;
        assertThat(of(findings(Scale.STANDARD), claim)).isEqualTo(Verdict.NOT_TESTABLE_HERE);
        madeUp.implicit.highestRate = (variant, seed) -> variant.equals("explicit") ? 1 : 1 + 0.15 * seed;
        Finding between = findings(Scale.STANDARD).get(claim);
        assertThat(between.verdict()).isEqualTo(Verdict.NOT_TESTABLE_HERE);
        assertThat(between.reason()).startsWith("not decided by 4 seeds: 1.3");
    }

    /** In full the tables' highest stable rates are searched for, and stand with the others'. */
    @Test
    void ratesOfUciTablesAreSearchedForInFull() throws IOException {
        for (Scale scale : List.of(Scale.STANDARD, Scale.FULL)) {
            String page = new MarkdownPage(
                            ChapterPage.of(CHAPTER, scale, data, states(scale)).page())
                    .markdown();
            assertThat(page.contains("| UCI, yeast | implicit, b/B |")).isEqualTo(scale == Scale.FULL);
        }
    }

    /** The claim over all tables stands on the ratio of each table, and only where the rates are searched for. */
    @Test
    void ratesOfAllUciTablesTogether() throws IOException {
        String claim =
                "UCI tables: over all of them implicit training (mean of steps) is stable at higher rates than explicit;"
                        + " the paper does not claim it, from its losses follow 1.03 times";
        Finding higher = findings(Scale.FULL).get(claim);
        assertThat(higher.verdict()).isEqualTo(Verdict.REPRODUCED);
        assertThat(higher.statistics()).contains("6 tables");
        madeUp.implicit.highestRate = (variant, seed) -> variant.equals("explicit") ? 1 : 0.9;
        assertThat(of(findings(Scale.FULL), claim)).isEqualTo(Verdict.NOT_REPRODUCED);
        assertThat(findings(Scale.STANDARD)).doesNotContainKey(claim);
    }

    /**
     * A folder without one of the paper's tables and with one that is none of them: what is said of all tables is said
     * of those that are there.
     */
    @Test
    void otherTablesOfTheFolderAreTakenInFullAndMissingOnesAreSkipped() throws IOException {
        Path uci = folder.resolve("data").resolve("uci");
        Files.delete(uci.resolve("yeast.csv.gz"));
        Files.writeString(uci.resolve("Wine_Quality.csv.gz"), "x");
        data = DataFolder.at(folder.resolve("data"));
        for (Scale scale : Scale.values()) {
            boolean full = scale == Scale.FULL;
            List<String> tables = CHAPTER.cells(scale, data).stream()
                    .map(Cell::name)
                    .filter(name -> name.startsWith("implicit-uci-"))
                    .collect(Collectors.toList());
            assertThat(tables).startsWith("implicit-uci-car");
            assertThat(tables.contains("implicit-uci-yeast")).isEqualTo(scale.decides());
            assertThat(tables.contains("implicit-uci-wine-quality")).isEqualTo(full);
            ChapterPage page = ChapterPage.of(CHAPTER, scale, data, states(scale));
            String text = new MarkdownPage(page.page()).markdown();
            assertThat(text.contains("UCI, wine-quality")).isEqualTo(full);
            assertThat(text.contains("UCI sets (yeast.csv) is missing, so that"))
                    .isEqualTo(scale.decides());
            assertThat(text.contains("| implicit-uci-yeast | **skipped: no data** |"))
                    .isEqualTo(scale.decides());
            assertThat(byClaim(page).keySet()).noneMatch(claim -> claim.contains("wine-quality"));
        }
        for (Scale scale : List.of(Scale.STANDARD, Scale.FULL)) {
            findings(scale).forEach((claim, finding) -> {
                boolean skipped = claim.startsWith("yeast: ");
                assertThat(finding.verdict())
                        .as(finding.toString())
                        .isEqualTo(skipped ? Verdict.NOT_RUN : Verdict.REPRODUCED);
                if (claim.startsWith("UCI tables: ")) {
                    assertThat(finding.statistics()).contains(scale == Scale.FULL ? "6 tables" : "4 tables");
                }
            });
        }
    }

    /** A table that is there, but has not been run, leaves what is said of all undecided. */
    @Test
    void aTableThatIsStillToBeRunIsNotLeftOut() throws IOException {
        Map<Cell, CellState> states = states(Scale.FULL);
        states.replaceAll((cell, state) -> cell.name().equals("implicit-uci-car") ? CellState.notYet() : state);
        byClaim(ChapterPage.of(CHAPTER, Scale.FULL, data, states))
                .forEach((claim, finding) -> assertThat(finding.verdict() == Verdict.NOT_RUN)
                        .as(finding.toString())
                        .isEqualTo(claim.startsWith("UCI tables: ") || claim.startsWith("car: ")));
    }

    /** One that cannot be read keeps all of them undecided: it is to be known which. */
    @Test
    void aTableThatFailedIsNamedWhereItKeepsSomethingUndecided() throws IOException {
        Map<Cell, CellState> states = states(Scale.FULL);
        states.replaceAll(
                (cell, state) -> cell.name().equals("implicit-uci-car") ? CellState.failed("exit code 2") : state);
        byClaim(ChapterPage.of(CHAPTER, Scale.FULL, data, states))
                .forEach((claim, finding) -> assertThat(finding.reason().endsWith(" (failed: implicit-uci-car)"))
                        .as(finding.toString())
                        .isEqualTo(claim.startsWith("UCI tables: ") || claim.startsWith("car: ")));
    }

    /** Packed and unpacked it is one table; names that only a cell's name makes alike are two, as are .csv and .data. */
    @Test
    void tablesOfLikeNamesStayApart() throws IOException {
        Path uci = folder.resolve("data").resolve("uci");
        for (String file : List.of(
                "Wine.csv", "Wine.csv.gz", "wine.csv", "wine.data", "wine.data.gz", "red wine.csv", "red_wine.csv")) {
            Files.writeString(uci.resolve(file), "x");
        }
        assertThat(CHAPTER.cells(Scale.FULL, DataFolder.at(folder.resolve("data"))).stream()
                        .filter(cell -> cell.name().contains("wine"))
                        .map(cell -> cell.name() + " " + cell.arguments().get(3)))
                .containsExactly(
                        "implicit-uci-red-wine {UCI}/red wine.csv",
                        "implicit-uci-red-wine-2 {UCI}/red_wine.csv",
                        "implicit-uci-wine {UCI}/Wine.csv",
                        "implicit-uci-wine-2 {UCI}/wine.csv",
                        "implicit-uci-wine-3 {UCI}/wine.data");
    }

    @Test
    void withoutTheFolderThePapersTablesAreNamed() throws IOException {
        assertThat(CHAPTER.cells(Scale.FULL, DataFolder.none()).stream().map(Cell::name))
                .contains("implicit-uci-letter", "implicit-uci-car");
    }

    /** A method that loses while its best rate is the lowest or the highest tried may be better at one beyond. */
    @Test
    void aLossAtTheEdgeOfTheRatesDecidesNothing() throws IOException {
        String claim =
                "MNIST autoencoder: at its best rate implicit training (mean of steps) reaches as low a loss as explicit";
        madeUp.implicit.loss = (data, method, rate, seed) ->
                method.equals("implicit") ? 1.1 + rate / 1000 : 1 + Math.abs(rate - 20) / 1000;
        Finding falling = findings(Scale.STANDARD).get(claim);
        assertThat(falling.verdict()).isEqualTo(Verdict.NOT_TESTABLE_HERE);
        assertThat(falling.reason())
                .startsWith(
                        "with 4 seeds implicit, mean of steps has its lowest loss at the lowest or highest rate tried");
        madeUp.implicit.loss =
                (data, method, rate, seed) -> (method.equals("implicit") ? 1.1 : 1) + Math.abs(rate - 20) / 1000;
        assertThat(of(findings(Scale.STANDARD), claim)).isEqualTo(Verdict.NOT_REPRODUCED);
        madeUp.implicit.loss = (data, method, rate, seed) ->
                method.equals("implicit") ? 0.9 + Math.abs(rate - 20) / 1000 : 1 - rate / 1000;
        assertThat(findings(Scale.STANDARD).get(claim).reason())
                .startsWith("with 4 seeds explicit has its lowest loss");
    }

    /** Beyond rate 1 the paper's trainings are chaos, of which it has one seed: a claim of its own. */
    @Test
    void lossesOfUciTablesAreHeldAgainstThePapersUpToRateOneAndAbove() throws IOException {
        List<Row> paper = PaperTable.read("paper-4-uci-losses.csv");
        madeUp.implicit.loss = (data, method, rate, seed) -> paper.stream()
                .filter(row -> row.text("data").equals(data) && row.number("learning_rate") == rate)
                .mapToDouble(row -> row.number("explicit") * (rate > 1 ? 1.2 : 1))
                .findFirst()
                .orElse(1);
        String claim = "car: explicit training's losses are the paper's, at rates ";
        Map<String, Finding> full = findings(Scale.FULL);
        assertThat(of(full, claim + "up to 1")).isEqualTo(Verdict.REPRODUCED);
        assertThat(of(full, claim + "above 1")).isEqualTo(Verdict.NOT_REPRODUCED);
        assertThat(full.get(claim + "above 1").statistics())
                .contains("rate 3", "rate 50", "±: for one more training, as the paper's number is of one")
                .doesNotContain("rate 0.5");
        assertThat(findings(Scale.STANDARD)).containsKey(claim + "up to 1").doesNotContainKey(claim + "above 1");
    }

    /** What the seeds that are done say is told, but is no verdict. */
    @Test
    void oneSeedOfSeveralIsToldAsNotRun() throws IOException {
        Map<Cell, CellState> states = states(Scale.STANDARD);
        states.replaceAll((cell, state) -> cell.name().matches(".*-seed[2-9]") ? CellState.notYet() : state);
        byClaim(ChapterPage.of(CHAPTER, Scale.STANDARD, data, states)).forEach((claim, finding) -> {
            if (!claim.contains("losses are the paper's")
                    && !claim.startsWith("UCI")) { // one cell has all seeds of a table
                assertThat(finding.verdict()).as(finding.toString()).isEqualTo(Verdict.NOT_RUN);
                assertThat(finding.reason()).startsWith("not run: implicit-").contains("-seed2; ", "-seed4 (so far: ");
            }
        });
    }

    /** Without clipping lower at the best rate, but not everywhere; and a training that diverges is not lower. */
    @Test
    void clippedMusicIsComparedRateByRate() throws IOException {
        madeUp.implicit.loss =
                (data, method, rate, seed) -> method.startsWith("explicit-clip") ? 11 : rate < 0.3 ? 10 : Double.NaN;
        Map<String, Finding> findings = findings(Scale.STANDARD);
        String end = " loss by implicit training without clipping (mean of steps) than explicit training clipped at 8";
        assertThat(of(findings, "music: a lower lowest" + end)).isEqualTo(Verdict.REPRODUCED);
        Finding everywhere = findings.get("music: at every rate an equal or lower" + end);
        assertThat(everywhere.verdict()).isEqualTo(Verdict.NOT_REPRODUCED);
        assertThat(everywhere.reason())
                .startsWith("rate 0.3: implicit, mean of steps diverged with 4 of 4 seeds; rate 0.6: ");
    }

    /** Clipped training that is best at the highest rate may be better still at a higher one. */
    @Test
    void clippedMusicIsNotBeatenAtTheEdgeOfItsRates() throws IOException {
        madeUp.implicit.loss = (data, method, rate, seed) ->
                method.equals("implicit") ? 0.5 + Math.abs(rate - 0.2) / 100 : 1 - rate / 10;
        Finding lowest = findings(Scale.STANDARD)
                .get("music: a lower lowest loss by implicit training without clipping (mean of steps) than explicit"
                        + " training clipped at 8");
        assertThat(lowest.verdict()).isEqualTo(Verdict.NOT_TESTABLE_HERE);
        assertThat(lowest.reason())
                .startsWith("with 4 seeds explicit-clip-8 has its lowest loss at the lowest or highest");
    }
}
