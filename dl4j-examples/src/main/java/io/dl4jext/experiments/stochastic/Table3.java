package io.dl4jext.experiments.stochastic;

import io.dl4jext.experiments.engine.Run;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.report.TextTable;
import io.dl4jext.experiments.statistics.Sample;
import io.dl4jext.experiments.statistics.Significance;
import io.dl4jext.experiments.stochastic.MethodTrial.Setting;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * The paper's Table 3: the validation accuracies (%) of values of α and λ, mean of the last tenth of the epochs and
 * maximum, with batches of 16 on all of CIFAR-10, ten trials each. And whether trainings here rank them alike.
 */
public enum Table3 {
    ALPHA_MINUS_01(-0.1, 0, 92.09, 92.44, 94.85, 95.13),
    ALPHA_0(0, 0, 92.17, 92.48, 94.86, 95.11),
    /** The second part's λ = 0 too. */
    ALPHA_01(0.1, 0, 92.18, 92.52, 94.95, 95.27),
    ALPHA_1(1, 0, 91.78, 92.28, 94.79, 95.08),
    LAMBDA_MINUS_2(0.1, -2, 92.35, 92.85, 95.06, 95.40),
    LAMBDA_MINUS_4(0.1, -4, 92.38, 92.88, 95.05, 95.60),
    LAMBDA_MINUS_8(0.1, -8, 92.46, 92.74, 95.15, 95.46);

    public static final List<Table3> ALPHAS = List.of(ALPHA_MINUS_01, ALPHA_0, ALPHA_01, ALPHA_1);
    public static final List<Table3> LAMBDAS = List.of(ALPHA_01, LAMBDA_MINUS_2, LAMBDA_MINUS_4, LAMBDA_MINUS_8);

    public final double alpha;
    public final double lambda;
    /** Means of the last tenth of the epochs. */
    public final double vgg11;

    final double vgg11Maximum;
    public final double resNet18;
    final double resNet18Maximum;

    Table3(double alpha, double lambda, double vgg11, double vgg11Maximum, double resNet18, double resNet18Maximum) {
        this.alpha = alpha;
        this.lambda = lambda;
        this.vgg11 = vgg11;
        this.vgg11Maximum = vgg11Maximum;
        this.resNet18 = resNet18;
        this.resNet18Maximum = resNet18Maximum;
    }

    /** What its trainings are called in the files of a sweep. */
    public String method() {
        return Variant.nameOf(alpha, lambda);
    }

    /**
     * A table and two lines for each setting.
     *
     * @param runs of variants with all these values, the seeds in the same order for each
     * @param maxima whether every epoch was measured
     */
    static String text(List<Setting> settings, List<Run<MethodTrial>> runs, boolean maxima) {
        return settings.stream()
                        .map(setting -> text(Run.of(runs, trial -> trial.setting == setting), maxima))
                        .collect(Collectors.joining("\n"))
                + "Rank correlation: Spearman's between the accuracies of a seed here and the paper's means, mean over the seeds;"
                + " 1 is the paper's order, -1 the reverse.\np: whether its mean may be 0, t-test over the seeds,"
                + " two-sided.\n";
    }

    private static String text(List<Run<MethodTrial>> runs, boolean maxima) {
        TextTable<Table3> table = new TextTable<>(List.of(values()))
                .column("alpha", row -> Numbers.plain(row.alpha))
                .column("lambda", row -> Numbers.plain(row.lambda))
                .column("here", row -> row.here(runs, MethodTrial::lastAccuracy));
        if (maxima) {
            table.column("maximum", row -> row.here(runs, MethodTrial::maximumAccuracy));
        }
        table.column("paper: VGG11", row -> Numbers.format("%.2f", row.vgg11))
                .column("maximum", row -> Numbers.format("%.2f", row.vgg11Maximum))
                .column("ResNet18", row -> Numbers.format("%.2f", row.resNet18))
                .column("maximum", row -> Numbers.format("%.2f", row.resNet18Maximum));
        return "The paper's Table 3, accuracy % (" + runs.get(0).trial.setting + ")\n" + table
                + order("alpha, lambda = 0", ALPHAS, runs)
                + order("lambda, alpha = 0.1", LAMBDAS, runs);
    }

    private String here(List<Run<MethodTrial>> runs, ToDoubleFunction<Run<MethodTrial>> accuracy) {
        return Numbers.outcome(Sample.of(of(runs), accuracy), Numbers::percent);
    }

    private List<Run<MethodTrial>> of(List<Run<MethodTrial>> runs) {
        return Run.of(runs, trial -> trial.variant.has(alpha, lambda));
    }

    private static String order(String what, List<Table3> rows, List<Run<MethodTrial>> runs) {
        return "order in " + what + ": rank correlation with VGG11 "
                + correlation(correlations(rows, runs, row -> row.vgg11)) + "; with ResNet18 "
                + correlation(correlations(rows, runs, row -> row.resNet18)) + "\n";
    }

    private static String correlation(Sample perSeed) {
        double p = Significance.paired(perSeed, new Sample(new double[perSeed.size()]));
        return Numbers.spread(perSeed, value -> Numbers.format("%.2f", value)) + " (p " + Numbers.p(p) + ")";
    }

    /** One for each seed; NaN where a training diverged or all have the same accuracy. */
    static Sample correlations(List<Table3> rows, List<Run<MethodTrial>> runs, Function<Table3, Double> paper) {
        double[][] here = rows.stream()
                .map(row -> Sample.of(row.of(runs), MethodTrial::lastAccuracy).values())
                .toArray(double[][]::new);
        Sample there = Sample.of(rows, paper::apply);
        double[] perSeed = new double[here[0].length];
        Arrays.setAll(perSeed, seed -> {
            Sample accuracies =
                    new Sample(Arrays.stream(here).mapToDouble(row -> row[seed]).toArray());
            return accuracies.notFinite() > 0 ? Double.NaN : Significance.spearman(accuracies, there);
        });
        return new Sample(perSeed);
    }
}
