package io.dl4jext.experiments.gradientcheck;

import io.dl4jext.experiments.chart.ChartStyle;
import io.dl4jext.gradientcheck.Difference;
import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Two pictures: the median error against the step size, and the histogram of the errors at the usual step of each type. */
final class ErrorPictures {

    private static final int WIDTH = 620;
    private static final int HEIGHT = 440;

    /** Smaller medians, and exact zeros, are drawn here. */
    private static final double LOWEST = 1e-13;

    private final String title;
    private final List<Sweep> sweeps;

    ErrorPictures(String title, List<Sweep> sweeps) {
        this.title = title;
        this.sweeps = sweeps;
    }

    void write(Path folder) throws IOException {
        writeSteps(folder.resolve("steps.png"));
        writeHistograms(folder.resolve("histogram.png"));
    }

    private void writeSteps(Path file) throws IOException {
        XYChart chart = new XYChart(900, 560);
        chart.setTitle(title + ": backpropagation against differences");
        chart.setXAxisTitle("step h");
        chart.setYAxisTitle("median relative error");
        ChartStyle.dress(chart.getStyler());
        double smallest = Double.POSITIVE_INFINITY;
        double largest = 0;
        double lowest = 1;
        for (int s = 0; s < sweeps.size(); s++) {
            for (Difference difference : Difference.values()) {
                Map<Double, Map<Difference, ErrorSample>> bySteps =
                        sweeps.get(s).bySteps();
                double[] steps =
                        bySteps.keySet().stream().mapToDouble(step -> step).toArray();
                double[] errors = bySteps.values().stream()
                        .mapToDouble(samples ->
                                Math.max(LOWEST, samples.get(difference).median()))
                        .toArray();
                smallest = Math.min(smallest, steps[0]);
                largest = Math.max(largest, steps[steps.length - 1]);
                for (double error : errors) {
                    lowest = error < lowest ? error : lowest;
                }
                XYSeries series =
                        chart.addSeries(sweeps.get(s).precision() + ", " + SweepReport.name(difference), steps, errors);
                Color colour = ChartStyle.colour(difference.ordinal());
                series.setLineColor(colour);
                series.setMarkerColor(colour);
                boolean isDouble = sweeps.get(s).precision() == Precision.DOUBLE;
                series.setMarker(isDouble ? SeriesMarkers.CIRCLE : SeriesMarkers.DIAMOND);
                series.setLineStyle(isDouble ? new BasicStroke(2f) : ChartStyle.dashed(1.8f, 6f, 4f));
            }
        }
        chart.getStyler().setMarkerSize(6);
        chart.getStyler().setPlotGridLinesColor(new Color(0xF0F0F0)); // ten for each decade
        double[] x = {smallest / 1.5, largest * 1.5};
        double[] y = {lowest / 3, 3};
        chart.getStyler().setXAxisMin(x[0]).setXAxisMax(x[1]).setXAxisLogarithmic(true);
        chart.getStyler().setYAxisMin(y[0]).setYAxisMax(y[1]).setYAxisLogarithmic(true);
        chart.getStyler().setXAxisLogarithmicDecadeOnly(true).setYAxisLogarithmicDecadeOnly(true);
        chart.getStyler().setXAxisTickLabelsFormattingFunction(ErrorPictures::power);
        chart.getStyler().setYAxisTickLabelsFormattingFunction(ErrorPictures::power);
        ChartStyle.writePng(file, chart);
    }

    /** Powers of ten only. */
    private static String power(double tick) {
        long exponent = Math.round(Math.log10(tick));
        return Math.abs(Math.log10(tick) - exponent) > 0.01 ? "" : exponent == 0 ? "1" : "1e" + exponent;
    }

    private void writeHistograms(Path file) throws IOException {
        List<Chart<?, ?>> charts = new ArrayList<>();
        List<String> decades = new ArrayList<>();
        for (int i = 0; i < 2 - ErrorSample.LOWEST; i++) {
            decades.add(ErrorSample.decade(i));
        }
        for (int s = 0; s < sweeps.size(); s++) {
            boolean last = s == sweeps.size() - 1;
            CategoryChart chart = new CategoryChart(last ? WIDTH + 110 : WIDTH, HEIGHT);
            chart.setTitle(title + ", " + sweeps.get(s).precision());
            chart.setXAxisTitle("relative error from ... on");
            chart.setYAxisTitle("parameters");
            ChartStyle.dress(chart.getStyler());
            chart.getStyler().setLegendVisible(last);
            chart.getStyler().setXAxisLabelRotation(45);
            chart.getStyler().setAvailableSpaceFill(0.9);
            chart.getStyler().setPlotGridVerticalLinesVisible(false);
            double highest = 1;
            for (Difference difference : Difference.values()) {
                List<Integer> counts = new ArrayList<>();
                for (int count : sweeps.get(s).sensible(difference).decades()) {
                    counts.add(count);
                    highest = Math.max(highest, count);
                }
                chart.addSeries(SweepReport.name(difference), decades, counts)
                        .setFillColor(ChartStyle.colour(difference.ordinal()));
            }
            chart.getStyler().setYAxisMax(1.08 * highest);
            charts.add(chart);
        }
        ChartStyle.writePng(file, charts.toArray(new Chart<?, ?>[0]));
    }
}
