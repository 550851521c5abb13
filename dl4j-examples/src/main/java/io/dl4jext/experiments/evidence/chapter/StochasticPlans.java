package io.dl4jext.experiments.evidence.chapter;

import io.dl4jext.experiments.evidence.claim.Claim;
import io.dl4jext.experiments.evidence.claim.Difference;
import io.dl4jext.experiments.evidence.claim.Difference.Unit;
import io.dl4jext.experiments.evidence.claim.Finding;
import io.dl4jext.experiments.evidence.claim.PerSeed;
import io.dl4jext.experiments.evidence.claim.Question;
import io.dl4jext.experiments.evidence.page.DotPlot;
import io.dl4jext.experiments.evidence.page.LinePlot;
import io.dl4jext.experiments.evidence.page.Page;
import io.dl4jext.experiments.evidence.page.Table;
import io.dl4jext.experiments.evidence.page.TextKind;
import io.dl4jext.experiments.report.CsvRows.Row;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.statistics.Sample;
import io.dl4jext.experiments.statistics.Significance;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The stochastic batch size against the other methods, in all plans of a scale: the paper's Tables 4 and 5. */
final class StochasticPlans {

    private static final double CONFIDENCE = 0.95;
    private static final String PAPER = "paper-2-vgg11.csv";
    private static final String WHOLE = "cifar10 1";
    private static final String EIGHTH = "cifar10 1/8";
    private static final int EIGHTH_IMAGES = 6_250;

    /** Data and ratio, and what a reader calls them. */
    private static final Map<String, String> PAPER_DATA = new LinkedHashMap<>();

    static {
        PAPER_DATA.put(WHOLE, "CIFAR-10, 50,000 images");
        PAPER_DATA.put("cifar10 1/2", "25,000");
        PAPER_DATA.put("cifar10 1/4", "12,500");
        PAPER_DATA.put(EIGHTH, "6,250");
        PAPER_DATA.put("stl10 1", "STL-10");
    }

    private static final String NAME = "the stochastic batch size has a lower test error than ";

    private final List<StochasticPlan> plans;

    StochasticPlans(List<StochasticPlan> plans) {
        this.plans = List.copyOf(plans);
    }

    List<Finding> findings(Results results) throws IOException {
        List<Finding> findings = new ArrayList<>();
        findings.addAll(against(results, StochasticPlan.SGD, "SGD", "Table 4"));
        findings.addAll(against(
                results, StochasticPlan.HALF, "p = ½ for all", "a control of ours; Table 3: 92.38 against 92.17 %"));
        List<Question> others = new ArrayList<>();
        List<String> tooShort = new ArrayList<>();
        for (StochasticPlan plan : plans) {
            boolean compares = plans.stream().noneMatch(StochasticPlans::compares) || compares(plan);
            for (Map.Entry<String, String> other : StochasticPlan.COMPETITORS.entrySet()) {
                if (compares) {
                    others.add(question(results, plan, other.getKey(), other.getValue(), "Table 5"));
                    tooShort.add(plan.tooShort(results, other.getKey()));
                }
            }
        }
        findings.addAll(decided(others, tooShort));
        findings.addAll(growth(results));
        return findings;
    }

    /** Whether it has what the paper compares with in Table 5; where no plan has, all are to be named as not run. */
    private static boolean compares(StochasticPlan plan) {
        return plan.methods().stream().anyMatch(StochasticPlan.COMPETITORS::containsKey);
    }

    private List<Finding> against(Results results, String method, String called, String source) throws IOException {
        List<Question> questions = new ArrayList<>();
        List<String> tooShort = new ArrayList<>();
        for (StochasticPlan plan : plans) {
            questions.add(question(results, plan, method, called, source));
            tooShort.add(plan.tooShort(results, method));
        }
        return decided(questions, tooShort);
    }

    private static Question question(Results results, StochasticPlan plan, String method, String called, String source)
            throws IOException {
        return Difference.below(
                new Claim(NAME + called + " (" + plan.title() + ")", source),
                plan.errors(results, StochasticPlan.STOCHASTIC),
                plan.errors(results, method),
                Unit.ERROR);
    }

    /** No verdict comes from trainings that were too short. */
    private static List<Finding> decided(List<Question> questions, List<String> tooShort) {
        List<Finding> findings = new ArrayList<>();
        List<Finding> all = Question.together(questions);
        for (int i = 0; i < all.size(); i++) {
            String reason = tooShort.get(i);
            findings.add(reason.isEmpty() ? all.get(i) : all.get(i).undecided(reason));
        }
        return findings;
    }

    /** Of each network and batch size, the plan with the most images and that with the fewest. */
    private List<Finding> growth(Results results) throws IOException {
        List<Question> questions = new ArrayList<>();
        List<String> tooShort = new ArrayList<>();
        for (List<StochasticPlan> series : series().values()) {
            StochasticPlan fewest = series.get(0);
            StochasticPlan most = series.get(series.size() - 1);
            questions.add(Difference.below(
                    new Claim(
                            "the gain over SGD grows as the images become fewer (" + fewest.subject.network + ", "
                                    + fewest.subject.data + ", batch " + fewest.batchSize + ")",
                            "Table 4"),
                    series.size() > 1 ? most.gain(results) : PerSeed.none("the gain with another number of images"),
                    fewest.gain(results),
                    Unit.ACCURACY));
            String fewestTooShort = fewest.tooShort(results, StochasticPlan.SGD);
            tooShort.add(fewestTooShort.isEmpty() ? most.tooShort(results, StochasticPlan.SGD) : fewestTooShort);
        }
        return decided(questions, tooShort);
    }

    /** By network and batch size, from few images to many. */
    private Map<String, List<StochasticPlan>> series() {
        return plans.stream()
                .sorted(Comparator.comparingInt(plan -> plan.images))
                .collect(Collectors.groupingBy(
                        plan -> plan.subject.network + ", batch " + plan.batchSize,
                        LinkedHashMap::new,
                        Collectors.toList()));
    }

    Page page(Results results) throws IOException {
        List<Line> lines = lines(results);
        Page page = new Page();
        if (lines.isEmpty()) {
            return page;
        }
        page.section("Methods at their best rates");
        page.table(Table.of("Test accuracy, mean of the last tenth of the epochs", lines)
                .name("setting", line -> line.plan.title())
                .text("method", line -> line.method)
                .number("rate", line -> Numbers.plain(line.rate) + (line.edge ? " *" : ""))
                .number(
                        "accuracy %",
                        line -> Numbers.outcome(line.accuracies, Numbers::percent)
                                .replace("+-", "±"))
                .number("gain over SGD", Line::gain)
                .number("p", line -> Double.isNaN(line.p) ? "" : Numbers.p(line.p))
                .number("resolved", line -> Double.isNaN(line.p) ? "" : Numbers.format("%.2f", 100 * line.resolved))
                .number("paper: gain", line -> Double.isNaN(line.paper) ? "" : points(line.paper))
                .number("training loss", line -> Numbers.format("%.3f", line.loss))
                .number("seconds", line -> Numbers.format("%.1f", line.seconds))
                .number("seeds", line -> line.accuracies.size())
                .make());
        page.text(
                TextKind.SMALL,
                "Accuracy: mean ± standard deviation over the seeds, at the rate with the least validation error on the other half of the test"
                        + " images; * the least or the largest rate that was tried. Gain: in points, seed by seed, ± half of its 95 % interval. p: paired"
                        + " t-test with two sides, Holm's correction over the rows of the setting. Resolved: the true difference in points that so many seeds"
                        + " find with a probability of 80 %, by a test with one side, as the verdicts' are. Paper: VGG11 with all of its channels on all of CIFAR-10 (Table 5), and beside our 6,250"
                        + " images on as many (Table 4). Training loss: of the last epoch, with dropout where the method has it. Seconds: median of the"
                        + " training alone.");
        page.figure(differences(lines));
        rates(page, results);
        gains(page, results);
        return page;
    }

    private DotPlot differences(List<Line> lines) {
        DotPlot plot = new DotPlot(
                "nakamura-differences",
                "Gain over SGD of the same seed, and the paper's (VGG11)",
                "points of test accuracy");
        boolean single = lines.stream().map(line -> line.plan).distinct().count() == 1;
        for (Line line : lines) {
            if (!line.method.equals(StochasticPlan.SGD) && line.differences.notFinite() == 0) {
                plot.row(
                        single ? line.method : line.method + ", " + line.plan.id(),
                        100 * line.differences.mean(),
                        100 * line.differences.halfWidth(CONFIDENCE),
                        line.paper);
            }
        }
        return plot.reference(0);
    }

    /** Of each plan, the validation error at each rate: what was chosen, and how much hangs on it. */
    private void rates(Page page, Results results) throws IOException {
        page.section("Rates");
        for (StochasticPlan plan : plans) {
            LinePlot plot = new LinePlot(
                    "nakamura-rates-" + plan.id(),
                    "Validation error of the seeds that choose the rate: " + plan.title(),
                    "rate",
                    true,
                    "validation error %",
                    false);
            for (String method : plan.methods()) {
                List<Row> tried = plan.rates(results, method);
                if (!tried.isEmpty()) {
                    plot.line(
                            method,
                            Sample.of(tried, row -> row.number("learning_rate")).values(),
                            Sample.of(tried, row -> 100 * row.number("validation_error"))
                                    .values());
                }
            }
            page.figure(plot);
        }
    }

    /** The paper's gains by the share of the data, and ours by the number of images. */
    private void gains(Page page, Results results) throws IOException {
        page.section("Gain over SGD by batch size and number of images");
        List<Row> paper = PaperTable.read(PAPER);
        if (lines(results).stream().anyMatch(line -> isOfPaper(line.plan))) {
            Table.Maker<Integer> table = Table.of(
                            "The paper's gains in points, VGG11 (differences of its accuracies in Tables 4 and 5)",
                            List.of(16, 32, 64, 128))
                    .name("batch", batch -> batch);
            PAPER_DATA.forEach((data, title) ->
                    table.number(title, batch -> points(paperGain(paper, data, batch, StochasticPlan.STOCHASTIC))));
            page.table(table.make());
        }
        DotPlot plot = new DotPlot(
                "nakamura-gains",
                "Gain of the stochastic batch size over SGD; the paper's: VGG11 on 6,250 images of CIFAR-10",
                "points of test accuracy");
        for (StochasticPlan plan : plans) {
            PerSeed gain = plan.gain(results);
            if (!gain.isEmpty() && gain.diverged() == 0) {
                plot.row(
                        plan.title(),
                        100 * gain.sample().mean(),
                        100 * gain.sample().halfWidth(CONFIDENCE),
                        isOfPaper(plan)
                                ? paperGain(paper, EIGHTH, plan.batchSize, StochasticPlan.STOCHASTIC)
                                : Double.NaN);
            }
        }
        page.figure(plot.reference(0));
    }

    /** Whether the paper has numbers of something like it. */
    private static boolean isOfPaper(StochasticPlan plan) {
        return plan.subject.network.startsWith("vgg");
    }

    /** In points: on as many images, where the paper has that, or else on all of them; NaN where it has neither. */
    private static double paperGain(List<Row> paper, StochasticPlan plan, String method) {
        double gain = plan.images == EIGHTH_IMAGES ? paperGain(paper, EIGHTH, plan.batchSize, method) : Double.NaN;
        return Double.isNaN(gain) ? paperGain(paper, WHOLE, plan.batchSize, method) : gain;
    }

    /** In points; NaN where the paper has none. */
    private static double paperGain(List<Row> paper, String data, int batchSize, String method) {
        return paperAccuracy(paper, data, batchSize, method)
                - paperAccuracy(paper, data, batchSize, StochasticPlan.SGD);
    }

    private static double paperAccuracy(List<Row> paper, String data, int batchSize, String method) {
        return paper.stream()
                .filter(row -> (row.text("data") + " " + row.text("ratio")).equals(data)
                        && row.whole("batch_size") == batchSize
                        && row.text("method").equals(method))
                .mapToDouble(row -> row.number("accuracy"))
                .findFirst()
                .orElse(Double.NaN);
    }

    private static String points(double difference) {
        return Numbers.format("%+.2f", difference);
    }

    /** What one method came to in one plan. */
    private static final class Line {

        final StochasticPlan plan;
        final String method;
        final double rate;
        final boolean edge;
        final Sample accuracies;
        final Sample differences;
        final double p;
        final double resolved;
        final double paper;
        final double loss;
        final double seconds;

        Line(Results results, StochasticPlan plan, String method, double p, double paper) throws IOException {
            this.plan = plan;
            this.method = method;
            rate = plan.rate(results, method);
            edge = plan.isAtEdge(results, method);
            PerSeed errors = plan.errors(results, method);
            PerSeed base = plan.errors(results, StochasticPlan.SGD);
            accuracies = errors.map(error -> 1 - error).sample();
            differences = base.minus(errors, method).sample();
            this.p = p;
            resolved = Difference.resolved(errors, base);
            this.paper = paper;
            loss = plan.losses(results, method).sample().mean();
            seconds = plan.seconds(results, method).sample().median();
        }

        String gain() {
            if (method.equals(StochasticPlan.SGD)) {
                return "";
            }
            String mean = points(100 * differences.mean());
            return differences.size() < 2
                    ? mean
                    : mean + Numbers.format(" ± %.2f", 100 * differences.halfWidth(CONFIDENCE));
        }
    }

    private List<Line> lines(Results results) throws IOException {
        List<Row> paper = PaperTable.read(PAPER);
        List<Line> lines = new ArrayList<>();
        for (StochasticPlan plan : plans) {
            List<String> run = new ArrayList<>();
            for (String method : plan.methods()) {
                if (!plan.errors(results, method).isEmpty()) {
                    run.add(method);
                }
            }
            PerSeed base = plan.errors(results, StochasticPlan.SGD);
            double[] p = new double[run.size()];
            for (int i = 0; i < p.length; i++) {
                p[i] = run.get(i).equals(StochasticPlan.SGD)
                        ? Double.NaN
                        : Difference.paired(plan.errors(results, run.get(i)), base);
            }
            p = Significance.holm(p);
            for (int i = 0; i < p.length; i++) {
                boolean compared = isOfPaper(plan) && !run.get(i).equals(StochasticPlan.SGD);
                lines.add(new Line(
                        results, plan, run.get(i), p[i], compared ? paperGain(paper, plan, run.get(i)) : Double.NaN));
            }
        }
        return lines;
    }
}
