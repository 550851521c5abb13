package io.dl4jext.experiments.evidence.chapter;

import io.dl4jext.experiments.evidence.cell.Cell;
import io.dl4jext.experiments.evidence.claim.AgainstEach;
import io.dl4jext.experiments.evidence.claim.Claim;
import io.dl4jext.experiments.evidence.claim.Difference;
import io.dl4jext.experiments.evidence.claim.Difference.Unit;
import io.dl4jext.experiments.evidence.claim.Finding;
import io.dl4jext.experiments.evidence.claim.PerSeed;
import io.dl4jext.experiments.evidence.claim.Question;
import io.dl4jext.experiments.evidence.page.DotPlot;
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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One network on one data set with batch sizes that stay, that change on schedule and that controllers choose, a cell
 * for each seed: command {@code dynamic-sampling}. Of each seed a scheduled training is also measured, in a run of its
 * own, so that C̄_K and L_K are had of all without a price in time.
 */
final class SamplingPlan {

    private static final String CONSTANT = "s\\d+";
    private static final String DYNAMIC = "s\\d+-to-\\d+";
    private static final String MULTI_STEP = "-MS";
    private static final String GROWING = "s32-to-512";
    private static final String SHRINKING = "s512-to-32";
    private static final double CONFIDENCE = 0.95;

    /** The network whose training times the paper has. */
    private static final String TIMED = "resnet";

    /** An error difference below it counts as none. */
    private static final double MARGIN = 0.005;

    private static final double FASTER = 0.95;
    private static final double SIMILAR = 1.1;

    private final String id;
    private final String title;
    private final String paperData;
    private final String paperNetwork;
    private final String reference;
    private final String dynamic;
    private final List<Cell> cells = new ArrayList<>();

    /**
     * A plan.
     *
     * @param id of its cells, such as {@code mlp-mnist}
     * @param title for a reader, such as "mlp on MNIST"
     * @param paperData whose numbers of the paper stand beside
     * @param paperNetwork with which network it has errors of them
     * @param reference the constant size that is the best in the paper
     * @param dynamic the schedule that it compares; that with -MS goes with it
     * @param seeds 1 to n
     * @param minutes of one seed
     * @param arguments of the command, {@code --seeds} left out
     */
    SamplingPlan(
            String id,
            String title,
            String paperData,
            String paperNetwork,
            String reference,
            String dynamic,
            int seeds,
            double minutes,
            List<String> arguments) {
        this.id = id;
        this.title = title;
        this.paperData = paperData;
        this.paperNetwork = paperNetwork;
        this.reference = reference;
        this.dynamic = dynamic;
        for (int seed = 1; seed <= seeds; seed++) {
            List<String> all = new ArrayList<>(List.of("dynamic-sampling"));
            all.addAll(arguments);
            all.addAll(List.of("--seeds", seed + ",")); // with a comma it is the seed, without their number
            cells.add(new Cell("sampling-" + id + "-seed" + seed, minutes, all).alone());
        }
    }

    List<Cell> cells() {
        return cells;
    }

    /** The trainings of a policy whose error and time count: those without a listener, where there are such. */
    private static List<Row> counting(List<Row> rows, String policy) {
        List<Row> own = of(rows, policy, row -> true);
        boolean scheduled = own.stream().anyMatch(row -> !row.isTrue("measured"));
        return scheduled ? of(rows, policy, row -> !row.isTrue("measured")) : own;
    }

    private static List<Row> measured(List<Row> rows, String policy) {
        return of(rows, policy, row -> row.isTrue("measured"));
    }

    private static List<Row> of(List<Row> rows, String policy, Predicate<Row> which) {
        return rows.stream()
                .filter(row -> row.text("policy").equals(policy) && which.test(row))
                .collect(Collectors.toList());
    }

    private static PerSeed values(String name, List<Row> rows, String column) {
        return PerSeed.of(
                name, rows, row -> row.whole("seed"), row -> row.isTrue("diverged") ? Double.NaN : row.number(column));
    }

    private static PerSeed errors(List<Row> rows, String policy) {
        return values(policy, counting(rows, policy), "test_error");
    }

    private static PerSeed seconds(List<Row> rows, String policy) {
        return values(policy, counting(rows, policy), "seconds");
    }

    private static PerSeed plane(List<Row> rows, String policy, String column) {
        return values(policy, measured(rows, policy), column);
    }

    private Claim claim(String text, String source) {
        return new Claim(text + " (" + title + ")", source);
    }

    /**
     * The policy of a kind with the lowest error, as the paper compares the best of each.
     *
     * @param otherwise where none was run, or none came to its end with each seed
     */
    private static String best(List<Row> rows, String kind, String otherwise) {
        return policies(rows, kind)
                .min(Comparator.comparingDouble(
                        policy -> errors(rows, policy).sample().mean()))
                .orElse(otherwise);
    }

    /**
     * The constant sizes that may be the best: that with the lowest error, and those of which no higher one is shown.
     *
     * @param best the first of them
     */
    private static List<String> mayBeBest(List<Row> rows, String best) {
        PerSeed lowest = errors(rows, best);
        return Stream.concat(
                        Stream.of(best),
                        policies(rows, CONSTANT)
                                .filter(policy -> !policy.equals(best))
                                .filter(policy -> !(Significance.below(
                                                lowest.minus(errors(rows, policy), policy)
                                                        .sample(),
                                                0)
                                        < Significance.LEVEL)))
                .collect(Collectors.toList());
    }

    /** The policies of a kind that came to their end with every seed. */
    private static Stream<String> policies(List<Row> rows, String kind) {
        return rows.stream()
                .map(row -> row.text("policy"))
                .filter(Pattern.compile(kind).asMatchPredicate())
                .distinct()
                .filter(policy -> errors(rows, policy).diverged() == 0);
    }

    /** A claim of the best constant size, held against each that may be it. */
    private AgainstEach against(List<String> sizes, String text, BiFunction<Claim, String, Difference> difference) {
        Claim claim = claim(text + " the best constant size", "Table 1");
        return new AgainstEach(
                claim,
                "the best constant size",
                sizes.stream().map(size -> difference.apply(claim, size)).collect(Collectors.toList()));
    }

    List<Finding> findings(Results results) throws IOException {
        List<Row> rows = results.rows(cells, "runs.csv");
        String steps = dynamic + MULTI_STEP;
        List<String> sizes = mayBeBest(rows, best(rows, CONSTANT, reference));
        String bestDynamic = best(rows, DYNAMIC, dynamic);
        String bestSteps = best(rows, DYNAMIC + MULTI_STEP, steps);
        List<Finding> findings = new ArrayList<>();
        findings.addAll(Question.together(List.of(
                against(
                        sizes,
                        "the best dynamic policy takes at most 0.95 of the time of",
                        (claim, size) ->
                                Difference.atMost(claim, seconds(rows, bestDynamic), seconds(rows, size), FASTER)),
                against(
                        sizes,
                        "the best -MS policy takes at most 0.95 of the time of",
                        (claim, size) ->
                                Difference.atMost(claim, seconds(rows, bestSteps), seconds(rows, size), FASTER)),
                Difference.same(
                        claim(steps + " takes as long as " + dynamic + ", within a tenth", "section 4.3"),
                        seconds(rows, steps),
                        seconds(rows, dynamic),
                        SIMILAR))));
        findings.addAll(Question.together(List.of(
                against(
                        sizes,
                        "the best dynamic policy loses no accuracy against",
                        (claim, size) ->
                                Difference.noWorse(claim, errors(rows, bestDynamic), errors(rows, size), MARGIN)),
                against(
                        sizes,
                        "the best -MS policy loses no accuracy against",
                        (claim, size) ->
                                Difference.noWorse(claim, errors(rows, bestSteps), errors(rows, size), MARGIN)),
                Difference.noWorse(
                        claim(steps + " loses no accuracy against " + dynamic, "section 4.3"),
                        errors(rows, steps),
                        errors(rows, dynamic),
                        MARGIN),
                Difference.below(
                        claim(GROWING + " ends with a lower error than " + SHRINKING, "section 4.3"),
                        errors(rows, GROWING),
                        errors(rows, SHRINKING),
                        Unit.ERROR))));
        String condition = "average_condition_number";
        String energy = "cumulative_energy";
        findings.addAll(Question.together(List.of(
                Difference.below(
                        claim("C̄_K of " + GROWING + " leaves that of s32", "section 4.3"),
                        plane(rows, "s32", condition).map(Math::log),
                        plane(rows, GROWING, condition).map(Math::log),
                        Unit.RATIO),
                Difference.below(
                        claim("C̄_K of " + GROWING + " stays below that of s512", "section 4.3"),
                        plane(rows, GROWING, condition).map(Math::log),
                        plane(rows, "s512", condition).map(Math::log),
                        Unit.RATIO),
                Difference.same(
                        claim(GROWING + " and " + SHRINKING + " end with the same C̄_K, within a tenth", "section 4.3"),
                        plane(rows, GROWING, condition),
                        plane(rows, SHRINKING, condition),
                        SIMILAR),
                Difference.below(
                        claim(steps + " ends with a smaller L_K than " + dynamic, "section 4.3"),
                        plane(rows, steps, energy).map(Math::log),
                        plane(rows, dynamic, energy).map(Math::log),
                        Unit.RATIO),
                Difference.below(
                        claim(GROWING + MULTI_STEP + " ends with a smaller L_K than " + GROWING, "section 4.3"),
                        plane(rows, GROWING + MULTI_STEP, energy).map(Math::log),
                        plane(rows, GROWING, energy).map(Math::log),
                        Unit.RATIO))));
        return Finding.ofAll(results.missing(cells), findings);
    }

    /** What one policy came to. */
    private static final class Line {

        final String policy;
        final Sample errors;
        final Sample seconds;
        final Sample sizes;
        final double p;
        final double time;
        final double condition;
        final double energy;
        final String paperError;
        final double paperTime;

        Line(String policy, List<Row> rows, String best, double p, String paperError, double paperTime) {
            this.policy = policy;
            errors = errors(rows, policy).sample();
            seconds = seconds(rows, policy).sample();
            sizes = Sample.of(counting(rows, policy), row -> row.number("mean_batch_size"));
            this.p = p;
            time = seconds.median() / seconds(rows, best).sample().median();
            condition = plane(rows, policy, "average_condition_number").sample().mean();
            energy = plane(rows, policy, "cumulative_energy").sample().mean();
            this.paperError = paperError;
            this.paperTime = paperTime;
        }
    }

    Page page(Results results) throws IOException {
        Page page = new Page();
        List<Row> rows = results.rows(cells, "runs.csv");
        if (rows.isEmpty()) {
            return page;
        }
        String best = best(rows, CONSTANT, reference);
        List<Line> lines = lines(rows, best);
        page.section("Dynamic sampling: " + title).text(TextKind.SMALL, Described.of(cells, results));
        page.table(Table.of("Policies and controllers, " + title, lines)
                .name("policy", line -> line.policy)
                .number(
                        "test error %",
                        line -> Numbers.outcome(line.errors, Numbers::percent).replace("+-", "±"))
                .number("paper (" + paperNetwork + "): error %", line -> line.paperError)
                .number(
                        "p against " + best,
                        line -> line.policy.equals(best) || Double.isNaN(line.p) ? "" : Numbers.p(line.p))
                .number("mean size", line -> Numbers.format("%.1f", line.sizes.mean()))
                .number("seconds", line -> Numbers.format("%.2f", line.seconds.median()))
                .number("time / " + best, line -> Numbers.format("%.2f", line.time))
                .number(
                        "paper (" + TIMED + "): time / " + reference,
                        line -> Double.isNaN(line.paperTime) ? "" : Numbers.format("%.2f", line.paperTime))
                .number("C̄_K", line -> Numbers.significant(line.condition))
                .number("L_K", line -> Numbers.significant(line.energy))
                .number("seeds", line -> line.errors.size())
                .make());
        page.text(
                TextKind.SMALL,
                "Test error: mean ± standard deviation over the seeds. " + best
                        + " is the constant size with the lowest, which the others are"
                        + " held against here (the paper's is " + reference
                        + ")." + others(mayBeBest(rows, best))
                        + " The claims take the best of each kind of those run, by these very errors: " + best + ", "
                        + best(rows, DYNAMIC, dynamic) + " and "
                        + best(rows, DYNAMIC + MULTI_STEP, dynamic + MULTI_STEP)
                        + ". p: paired t-test over the seeds, two-sided, Holm's"
                        + " correction over the rows. Seconds: median of the training alone. Controllers are timed with the Fisher"
                        + " listener, since they live on it; the others without it, and measured in a run of their own.");
        DotPlot plot = new DotPlot("sampling-" + id, "Test error of each policy: " + title, "test error %");
        for (Line line : lines) {
            if (line.errors.notFinite() == 0) {
                plot.row(line.policy, 100 * line.errors.mean(), 100 * line.errors.halfWidth(CONFIDENCE), Double.NaN);
            }
        }
        lines.stream()
                .filter(line -> line.policy.equals(best))
                .forEach(line -> plot.reference(100 * line.errors.mean()));
        return page.figure(plot);
    }

    /** The sizes that may be the best besides the first. */
    private static String others(List<String> sizes) {
        return sizes.size() == 1
                ? ""
                : " Of " + String.join(", ", sizes.subList(1, sizes.size()))
                        + " no higher error is shown (one-sided paired t-test), so what is claimed of the best constant size has to"
                        + " hold against each of them.";
    }

    private List<Line> lines(List<Row> rows, String best) throws IOException {
        Set<String> policies =
                rows.stream().map(row -> row.text("policy")).collect(Collectors.toCollection(LinkedHashSet::new));
        List<String> names = new ArrayList<>(policies);
        PerSeed base = errors(rows, best);
        double[] p = Significance.holm(names.stream()
                .mapToDouble(name -> name.equals(best) ? Double.NaN : Difference.paired(errors(rows, name), base))
                .toArray());
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            lines.add(new Line(
                    names.get(i), rows, best, p[i], paperError(names.get(i)), hours(names.get(i)) / hours(reference)));
        }
        return lines;
    }

    private String paperError(String policy) throws IOException {
        return paper(paperNetwork, policy)
                .map(row -> row.text("error") + " ± " + row.text("deviation"))
                .orElse("");
    }

    /** Of a training in the paper; NaN where it tells none. */
    private double hours(String policy) throws IOException {
        return paper(TIMED, policy)
                .filter(row -> !row.text("hours").isEmpty())
                .map(row -> row.number("hours"))
                .orElse(Double.NaN);
    }

    private Optional<Row> paper(String network, String policy) throws IOException {
        return PaperTable.read("paper-1-table-1.csv").stream()
                .filter(row -> row.text("data").equals(paperData)
                        && row.text("network").equals(network)
                        && row.text("policy").equals(policy))
                .findFirst();
    }
}
