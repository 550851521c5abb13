package io.dl4jext.experiments.gradientcheck;

import io.dl4jext.experiments.report.Charts;
import io.dl4jext.experiments.report.LineChart;
import io.dl4jext.gradientcheck.Difference;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.knowm.xchart.CategoryChart;

/**
 * Two pictures: the median error against the step size, and the histogram of the errors at the usual step of each type.
 */
final class ErrorPictures {

    private static final int WIDTH = 620;
    private static final int HEIGHT = 440;

    /** Smaller medians, and exact zeros, are drawn here. */
    private static final double LOWEST = 1e-13;

    private final String title;
    private final List<List<Check>> sweeps;

    ErrorPictures(String title, List<List<Check>> sweeps) {
        this.title = title;
        this.sweeps = sweeps;
    }

    void write(Path folder) throws IOException {
        writeSteps(folder.resolve("steps.png"));
        writeHistograms(folder.resolve("histogram.png"));
    }

    private void writeSteps(Path file) throws IOException {
        LineChart chart = new LineChart(
                900, 560, title + ": backpropagation against differences", "step h", "median relative error");
        double lowest = 1;
        for (List<Check> sweep : sweeps) {
            for (Difference difference : Difference.values()) {
                List<Check> checks = Check.of(difference, sweep);
                String type = Check.name(checks.get(0).type);
                double[] errors = checks.stream()
                        .mapToDouble(check -> Math.max(LOWEST, check.errors.median()))
                        .toArray();
                lowest = Math.min(
                        lowest,
                        Arrays.stream(errors).filter(Double::isFinite).min().orElse(1));
                chart.line(
                        type + ", " + Check.name(difference),
                        checks.stream().mapToDouble(check -> check.step).toArray(),
                        errors,
                        difference.ordinal(),
                        type.equals("float"));
            }
        }
        List<Check> rising = Check.of(Difference.FORWARD, sweeps.get(0));
        double smallest = rising.get(0).step;
        double largest = rising.get(rising.size() - 1).step;
        chart.x(smallest / 1.5, largest * 1.5, true).y(lowest / 3, 3, true);
        chart.style().setMarkerSize(6);
        chart.style().setPlotGridLinesColor(new Color(0xF0F0F0)); // ten for each decade
        chart.style().setXAxisLogarithmicDecadeOnly(true).setYAxisLogarithmicDecadeOnly(true);
        chart.style().setXAxisTickLabelsFormattingFunction(ErrorPictures::power);
        chart.style().setYAxisTickLabelsFormattingFunction(ErrorPictures::power);
        LineChart.writePng(file, chart);
    }

    /** Powers of ten only. */
    private static String power(double tick) {
        long exponent = Math.round(Math.log10(tick));
        return Math.abs(Math.log10(tick) - exponent) > 0.01 ? "" : exponent == 0 ? "1" : "1e" + exponent;
    }

    private void writeHistograms(Path file) throws IOException {
        List<CategoryChart> charts = new ArrayList<>();
        List<String> decades = new ArrayList<>();
        for (int i = 0; i < 2 - ErrorSample.LOWEST; i++) {
            decades.add(ErrorSample.decade(i));
        }
        for (int s = 0; s < sweeps.size(); s++) {
            boolean last = s == sweeps.size() - 1;
            CategoryChart chart = new CategoryChart(last ? WIDTH + 110 : WIDTH, HEIGHT);
            chart.setTitle(title + ", " + Check.name(sweeps.get(s).get(0).type));
            chart.setXAxisTitle("relative error from ... on");
            chart.setYAxisTitle("parameters");
            Charts.dress(chart.getStyler());
            chart.getStyler().setLegendVisible(last);
            chart.getStyler().setXAxisLabelRotation(45);
            chart.getStyler().setAvailableSpaceFill(0.9);
            chart.getStyler().setPlotGridVerticalLinesVisible(false);
            double highest = 1;
            for (Check check : Check.usual(sweeps.get(s))) {
                List<Integer> counts = new ArrayList<>();
                for (int count : check.errors.decades()) {
                    counts.add(count);
                    highest = Math.max(highest, count);
                }
                chart.addSeries(Check.name(check.difference), decades, counts)
                        .setFillColor(Charts.colour(check.difference.ordinal()));
            }
            chart.getStyler().setYAxisMax(1.08 * highest);
            charts.add(chart);
        }
        Charts.writePng(file, charts);
    }
}
