package io.dl4jext.experiments.evidence.chapter;

import io.dl4jext.experiments.evidence.claim.RateRatios;
import io.dl4jext.experiments.evidence.claim.StableRates;
import io.dl4jext.experiments.evidence.page.DotPlot;
import io.dl4jext.experiments.evidence.page.Table;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.statistics.GeometricMean;
import java.util.ArrayList;
import java.util.List;

/** A line of the table of highest stable rates: one method in one experiment. */
final class RateLine {

    private static final double CONFIDENCE = 0.95;

    private final String experiment;
    private final String method;
    private final StableRates rates;
    private final RateRatios ratios;
    private final long again;
    private final String paper;

    private RateLine(String experiment, String method, RateRuns runs, String paper) {
        this.experiment = experiment;
        this.method = method;
        this.rates = runs.stable(method);
        this.ratios = rates.over(runs.stable(Form.EXPLICIT));
        this.again = runs.stableAgain(method);
        this.paper = paper;
    }

    /**
     * The lines of an experiment; none where it was not run.
     *
     * @param paper what the paper says of the ratio
     */
    static List<RateLine> of(String experiment, RateRuns runs, String paper) {
        List<RateLine> lines = new ArrayList<>();
        for (String method : Form.methods()) {
            if (!runs.stable(method).isEmpty()) {
                lines.add(new RateLine(experiment, method, runs, paper));
            }
        }
        return lines;
    }

    private boolean isReference() {
        return method.equals(Form.EXPLICIT);
    }

    private String mean() {
        if (rates.none() == rates.seeds()) {
            return "none";
        }
        GeometricMean mean = new GeometricMean(rates.finite(), CONFIDENCE);
        String unknown = rates.none() > 0 ? ", none with " + rates.none() : "";
        return rates.bounds() > 0
                ? "at least " + Numbers.format("%.3g", mean.value()) + unknown
                : Numbers.format("%.3g", mean.value())
                        + (mean.size() > 1
                                ? " (" + Numbers.format("%.3g", mean.low()) + " to "
                                        + Numbers.format("%.3g", mean.high()) + ")"
                                : "")
                        + unknown;
    }

    static Table table(List<RateLine> lines) {
        return Table.of("Highest stable learning rates", lines)
                .name("experiment", line -> line.experiment)
                .text("method", line -> Form.named(line.method))
                .number("highest stable rate", RateLine::mean)
                .number("times explicit", line -> line.isReference() ? "" : line.ratios)
                .number("paper", line -> line.isReference() ? "" : line.paper)
                .number("seeds", line -> line.rates.seeds())
                .number("stable again above", line -> line.again == 0 ? "" : line.again)
                .make();
    }

    /** The ratios that are known, with their intervals. */
    static DotPlot plot(List<RateLine> lines) {
        DotPlot plot = new DotPlot(
                        "implicit-rates",
                        "Highest stable rates of implicit training, as multiples of explicit training's",
                        "times explicit")
                .reference(1);
        for (RateLine line : lines) {
            if (!line.isReference() && line.ratios.areKnown()) {
                GeometricMean mean = line.ratios.mean();
                plot.row(
                        line.experiment + ", " + Form.named(line.method).replace("implicit, ", ""),
                        mean.value(),
                        mean.low(),
                        mean.high(),
                        Double.NaN);
            }
        }
        return plot;
    }
}
