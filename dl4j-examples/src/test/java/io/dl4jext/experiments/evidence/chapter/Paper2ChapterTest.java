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
import io.dl4jext.experiments.evidence.page.MarkdownPage;
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

/** The chapter on made-up results: each verdict on both sides. */
class Paper2ChapterTest {

    private static final Chapter CHAPTER = new Paper2Chapter();
    private static final String LOWER = "the stochastic batch size has a lower test error than ";
    private static final String STANDARD = " (vgg, CIFAR-10, batch 16, 1,500 images)";

    @TempDir
    Path folder;

    private final MadeUp madeUp = new MadeUp();
    private DataFolder data;

    @BeforeEach
    void allData() throws IOException {
        data = MadeUpData.in(Files.createDirectory(folder.resolve("data")));
    }

    private Map<Cell, CellState> states(Scale scale) throws IOException {
        Campaign campaign = new Campaign(
                Files.createDirectories(folder.resolve("campaign")),
                CHAPTER.cells(scale, data),
                data,
                false,
                cell -> true);
        campaign.run(madeUp, 1, Progress.silent(), () -> {});
        return campaign.states();
    }

    private ChapterPage page(Scale scale) throws IOException {
        return ChapterPage.of(CHAPTER, scale, data, states(scale));
    }

    private static Map<String, Finding> byClaim(ChapterPage page) {
        Map<String, Finding> findings = new LinkedHashMap<>();
        page.findings().forEach(finding -> findings.put(finding.claim().text(), finding));
        assertThat(findings).as("each claim once").hasSameSizeAs(page.findings());
        return findings;
    }

    private static List<String> otherThan(Verdict verdict, ChapterPage page) {
        return page.findings().stream()
                .filter(finding -> finding.verdict() != verdict)
                .map(Finding::toString)
                .collect(Collectors.toList());
    }

    @Test
    void asThePaperSaysEverythingIsReproduced() throws IOException {
        ChapterPage page = page(Scale.FULL);
        assertThat(otherThan(Verdict.REPRODUCED, page)).isEmpty();
        assertThat(byClaim(page).keySet())
                .contains(
                        LOWER + "SGD (vgg-quarter, CIFAR-10, batch 128, 6,250 images)",
                        LOWER + "p = ½ for all (vgg, CIFAR-10, batch 16, 6,250 images)",
                        LOWER + "Entropy-SGD (vgg, CIFAR-10, batch 128, 1,500 images)",
                        "the gain over SGD grows as the images become fewer (vgg, CIFAR-10, batch 16)",
                        "the accuracies rank by α as in the paper (vgg, CIFAR-10)",
                        "the accuracies rank by λ as in the paper (vgg, CIFAR-10)");
    }

    @Test
    void theOppositeIsNotReproduced() throws IOException {
        madeUp.stochastic.accuracy =
                (method, ratio, seed) -> method.equals("stochastic-batch") ? 0.80 + ratio / 10 : 0.86;
        madeUp.stochastic.swept =
                method -> method.equals("a=1,l=0") ? 0.93 : method.endsWith("l=0") ? 0.92 : 0.92 + number(method) / 100;
        assertThat(otherThan(Verdict.NOT_REPRODUCED, page(Scale.FULL))).isEmpty();
    }

    /** λ, which is below 0. */
    private static double number(String method) {
        return Double.parseDouble(method.substring(method.lastIndexOf('=') + 1));
    }

    @Test
    void whatStandardDoesNotRunIsNamed() throws IOException {
        Map<String, Finding> findings = byClaim(page(Scale.STANDARD));
        Finding gain = findings.get(LOWER + "SGD" + STANDARD);
        assertThat(gain.verdict()).isEqualTo(Verdict.REPRODUCED);
        assertThat(gain.reason()).isEqualTo("-5.70 points of error against sgd");
        assertThat(gain.statistics())
                .contains("10 seeds", "looked at alone, so many seeds find a true difference of 0.0")
                .endsWith(" points with a probability of 80 %");
        assertThat(findings.get(LOWER + "p = ½ for all" + STANDARD).verdict()).isEqualTo(Verdict.REPRODUCED);
        List<String> notRun = findings.values().stream()
                .filter(finding -> finding.verdict() == Verdict.NOT_RUN)
                .map(finding -> finding.claim().text() + ": " + finding.reason())
                .collect(Collectors.toList());
        assertThat(notRun)
                .containsExactlyInAnyOrder(
                        "the gain over SGD grows as the images become fewer (vgg, CIFAR-10, batch 16): not run:"
                                + " the gain with another number of images",
                        "the gain over SGD grows as the images become fewer (vgg, CIFAR-10, batch 128): not run:"
                                + " the gain with another number of images");
        assertThat(findings.keySet())
                .contains(
                        LOWER + "Entropy-SGD" + STANDARD,
                        LOWER + "p = ½ for all (vgg, CIFAR-10, batch 128, 1,500 images)",
                        "the accuracies rank by λ as in the paper (vgg, CIFAR-10)");
    }

    @Test
    void noDifferenceIsNotDecided() throws IOException {
        madeUp.stochastic.accuracy =
                (method, ratio, seed) -> 0.5 + 0.02 * Math.sin(seed * (method.equals("sgd") ? 3 : 5));
        assertThat(byClaim(page(Scale.STANDARD)).get(LOWER + "SGD" + STANDARD).verdict())
                .isEqualTo(Verdict.NOT_TESTABLE_HERE);
    }

    @Test
    void whatDivergesIsNotBetter() throws IOException {
        madeUp.stochastic.accuracy = (method, ratio, seed) ->
                method.equals("stochastic-batch") && seed == 3 ? Double.NaN : method.equals("sgd") ? 0.5 : 0.9;
        Finding finding = byClaim(page(Scale.STANDARD)).get(LOWER + "SGD" + STANDARD);
        assertThat(finding.verdict()).isEqualTo(Verdict.NOT_REPRODUCED);
        assertThat(finding.reason()).isEqualTo("stochastic-batch diverged with 1 of 10 seeds");
    }

    @Test
    void tooShortATrainingDecidesNothing() throws IOException {
        madeUp.stochastic.trainingLoss = method -> 1.16;
        Finding finding = byClaim(page(Scale.STANDARD)).get(LOWER + "SGD" + STANDARD);
        assertThat(finding.verdict()).isEqualTo(Verdict.NOT_TESTABLE_HERE);
        assertThat(finding.reason())
                .startsWith("trained too little: the training loss of SGD ends at 1.16, the limit is 1.15");
    }

    /** It is no merit to be better than a method that has not begun to learn. */
    @Test
    void aMethodThatIsTrainedTooLittleIsNoYardstick() throws IOException {
        madeUp.stochastic.trainingLoss = method -> method.equals("depth-dropout") ? 1.98 : 0.1;
        Map<String, Finding> findings = byClaim(page(Scale.STANDARD));
        Finding finding = findings.get(LOWER + "depth (\"adaptive\") dropout" + STANDARD);
        assertThat(finding.verdict()).isEqualTo(Verdict.NOT_TESTABLE_HERE);
        assertThat(finding.reason())
                .startsWith("trained too little: the training loss of depth (\"adaptive\") dropout ends at 1.98, the");
        assertThat(findings.get(LOWER + "dropout" + STANDARD).verdict()).isEqualTo(Verdict.REPRODUCED);
        assertThat(findings.get(LOWER + "SGD" + STANDARD).verdict()).isEqualTo(Verdict.REPRODUCED);
    }

    /** Trainings at other rates, which are worse here, are in the files too. */
    @Test
    void onlyTheChosenRateCounts() throws IOException {
        String text = new MarkdownPage(page(Scale.STANDARD).page()).markdown();
        assertThat(text)
                .containsPattern("batch 16, 1,500 images \\| sgd \\| 0.1 \\| 86.00 ± 0.00 \\|")
                .containsPattern(
                        "\\| stochastic-batch \\| 0.1 \\| 91.70 ± 0.00 \\| \\+5.70 ± 0.00 \\| .<0.0001 \\| 0.0\\d \\| \\+0.35 \\|")
                .contains("| 128 | +0.37 | +0.32 | +0.66 | +1.51 | +2.77 |");
    }

    @Test
    void theLeastAndTheLargestRateAreMarked() throws IOException {
        Subjects subjects = new Subjects();
        assertThat(subjects.text("0.1,0.05")).contains("| 0.05 \\* |");
        assertThat(subjects.text("0.05,0.1")).contains("| 0.1 \\* |");
        assertThat(subjects.text("0.2,0.1,0.05")).contains("| 0.1 |").doesNotContain("0.1 \\*");
    }

    @Test
    void oneSeedHasNoInterval() throws IOException {
        assertThat(new MarkdownPage(page(Scale.SMOKE).page()).markdown())
                .containsPattern(
                        "vgg, CIFAR-10, batch 16, 80 images \\| stochastic-batch \\| [^|]+ \\| 91.98 \\| \\+5.98 \\|")
                .doesNotContain("NaN");
    }

    /** A plan of its own with other rates. */
    private final class Subjects {

        private int calls;

        String text(String rates) throws IOException {
            StochasticPlan plan = new StochasticPlan(
                    new StochasticPlan.Subject("mlp", "MNIST subset", 6_000, "--data", "mnist-subset"),
                    16,
                    1_500,
                    List.of("sgd", "stochastic-batch"),
                    3,
                    1,
                    "--rates",
                    rates);
            Campaign campaign = new Campaign(
                    Files.createDirectories(folder.resolve("own" + calls++)), plan.cells(), data, false, cell -> true);
            campaign.run(madeUp, 1, Progress.silent(), () -> {});
            Results results = new Results(Scale.STANDARD, data, campaign.states());
            return new MarkdownPage(new StochasticPlans(List.of(plan)).page(results)).markdown();
        }
    }

    @Test
    void withoutCifar10ThePerceptronServes() throws IOException {
        data = DataFolder.none();
        for (Scale scale : Scale.values()) {
            assertThat(CHAPTER.cells(scale, data)).anyMatch(cell -> cell.data().isEmpty());
        }
        ChapterPage page = page(Scale.STANDARD);
        Map<String, Finding> findings = byClaim(page);
        String mlp = " (mlp, MNIST subset, batch 16, 1,500 images)";
        for (String other : List.of("SGD", "p = ½ for all", "dropout", "accelerated SGD")) {
            assertThat(findings.get(LOWER + other + mlp).verdict()).isEqualTo(Verdict.REPRODUCED);
        }
        assertThat(findings.get(LOWER + "SGD" + STANDARD).verdict()).isEqualTo(Verdict.NOT_RUN);
        assertThat(findings.get("the gain over SGD grows as the images become fewer (mlp, MNIST subset, batch 16)")
                        .verdict())
                .isEqualTo(Verdict.REPRODUCED);
        assertThat(new MarkdownPage(page.page()).markdown())
                .contains("CIFAR-10 is missing")
                .contains("mlp, MNIST subset, batch 16, 1,500 images | stochastic-batch |")
                .doesNotContain("+0.35");
    }

    @Test
    void cellsAreShortInStandardAndHaveSeedsEnough() {
        List<Cell> cells = CHAPTER.cells(Scale.STANDARD, data);
        assertThat(cells).isNotEmpty().allMatch(cell -> cell.minutes() <= 10);
        for (Scale scale : List.of(Scale.STANDARD, Scale.FULL)) {
            assertThat(CHAPTER.cells(scale, data)).allSatisfy(cell -> {
                String seeds = cell.arguments().get(cell.arguments().indexOf("--seeds") + 1);
                assertThat(seeds.endsWith(",") || Integer.parseInt(seeds) >= 8)
                        .as(cell + " " + cell.arguments())
                        .isTrue();
            });
        }
        assertThat(CHAPTER.cells(Scale.FULL, data).stream()
                        .filter(cell -> cell.arguments().contains("--sweep")))
                .hasSizeGreaterThanOrEqualTo(8);
        assertThat(CHAPTER.cells(Scale.SMOKE, data))
                .allMatch(cell -> cell.data().isEmpty() || data.has(DataSet.CIFAR10));
    }
}
