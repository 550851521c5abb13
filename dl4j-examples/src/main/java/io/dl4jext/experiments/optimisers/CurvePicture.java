package io.dl4jext.experiments.optimisers;

import io.dl4jext.experiments.chart.ChartStyle;
import java.awt.BasicStroke;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Training loss (logarithmic where it spans much) and test accuracy beside each other, a line for each setting. The accuracy's axis begins where
 * those begin that learn; a line that stays below is in the legend only, with its accuracy, as are losses that are NaN.
 */
final class CurvePicture {

    private static final int WIDTH = 560;
    private static final int LEGEND = 330;
    private static final int HEIGHT = 480;
    private static final double MARGIN = 1.03;
    private static final double LOGARITHMIC_FROM = 8;
    private static final double LEARNT = 0.5;
    private static final double STEP = 0.05;

    private final String title;
    private final String unit;
    private final List<Line> lines = new ArrayList<>();

    /** @param unit of the horizontal axis */
    CurvePicture(String title, String unit) {
        this.title = title;
        this.unit = unit;
    }

    /**
     * Adds a line.
     *
     * @param stepsPerUnit what makes one unit of the horizontal axis
     */
    void add(String name, List<CurvePoint> curve, double stepsPerUnit) {
        lines.add(new Line(name, curve, stepsPerUnit));
    }

    boolean isEmpty() {
        return lines.isEmpty();
    }

    void writePng(Path file) throws IOException {
        XYChart loss = chart(WIDTH, title + ": training loss", "loss");
        XYChart accuracy = chart(WIDTH + LEGEND, title + ": test accuracy", "accuracy");
        loss.getStyler().setLegendVisible(false);
        double floor = floor();
        double smallest = Double.POSITIVE_INFINITY;
        double largest = 0;
        for (int i = 0; i < lines.size(); i++) {
            Line line = lines.get(i);
            double[] losses = line.values(CurvePoint::trainLoss);
            for (double value : losses) {
                if (value > 0 && value < Double.POSITIVE_INFINITY) {
                    smallest = Math.min(smallest, value);
                    largest = Math.max(largest, value);
                }
            }
            draw(loss, line, i, visible(losses, Double.MIN_VALUE));
            draw(accuracy, line, i, visible(line.values(CurvePoint::testAccuracy), floor));
        }
        if (largest / smallest > LOGARITHMIC_FROM) {
            double low = smallest / 1.3;
            double high = largest * 1.3;
            loss.getStyler().setYAxisMin(low).setYAxisMax(high).setYAxisLogarithmic(true);
            loss.getStyler()
                    .setYAxisLogarithmicDecadeOnly(false)
                    .setYAxisTickLabelsFormattingFunction(ChartStyle.logarithmicLabels(high / low));
        } else if (largest > 0) {
            loss.getStyler().setYAxisMin(0.0).setYAxisMax(MARGIN * largest);
        }
        double best = lines.stream()
                .flatMap(line -> line.curve.stream())
                .mapToDouble(CurvePoint::testAccuracy)
                .max()
                .orElse(1);
        accuracy.getStyler().setYAxisMin(floor).setYAxisMax(best > LEARNT ? 1.0 : best + STEP);
        ChartStyle.writePng(file, loss, accuracy);
    }

    private XYChart chart(int width, String heading, String value) {
        XYChart chart = new XYChart(width, HEIGHT);
        chart.setTitle(heading);
        chart.setXAxisTitle(unit);
        chart.setYAxisTitle(value);
        ChartStyle.dress(chart.getStyler());
        double end = lines.stream().mapToDouble(Line::end).max().orElse(1);
        chart.getStyler().setMarkerSize(5);
        chart.getStyler().setXAxisMin(0.0).setXAxisMax(MARGIN * end);
        return chart;
    }

    /** The lowest accuracy of the lines that learn, rounded down. */
    private double floor() {
        double lowest = 1;
        for (Line line : lines) {
            double[] accuracies = line.values(CurvePoint::testAccuracy);
            if (accuracies[accuracies.length - 1] >= LEARNT) {
                for (double accuracy : accuracies) {
                    lowest = Math.min(lowest, accuracy);
                }
            }
        }
        return lowest == 1 ? 0 : Math.max(0, Math.floor(lowest / STEP) * STEP);
    }

    /** Values below the floor, NaN and infinity become gaps. */
    private static double[] visible(double[] values, double floor) {
        double[] visible = values.clone();
        for (int i = 0; i < visible.length; i++) {
            if (!(visible[i] >= floor && visible[i] < Double.POSITIVE_INFINITY)) {
                visible[i] = Double.NaN;
            }
        }
        return visible;
    }

    private static void draw(XYChart chart, Line line, int i, double[] values) {
        XYSeries series = chart.addSeries(line.label(), line.positions(), values);
        boolean second = i / ChartStyle.colours() % 2 == 1;
        series.setLineColor(ChartStyle.colour(i));
        series.setMarkerColor(ChartStyle.colour(i));
        series.setMarker(second ? SeriesMarkers.DIAMOND : SeriesMarkers.CIRCLE);
        series.setLineStyle(second ? ChartStyle.dashed(1.8f, 6f, 4f) : new BasicStroke(1.8f));
    }

    private static final class Line {

        private final String name;
        private final List<CurvePoint> curve;
        private final double stepsPerUnit;

        Line(String name, List<CurvePoint> curve, double stepsPerUnit) {
            this.name = name;
            this.curve = curve;
            this.stepsPerUnit = stepsPerUnit;
        }

        double[] values(ToDoubleFunction<CurvePoint> value) {
            return curve.stream().mapToDouble(value).toArray();
        }

        double[] positions() {
            return values(point -> point.steps() / stepsPerUnit);
        }

        double end() {
            return curve.get(curve.size() - 1).steps() / stepsPerUnit;
        }

        String label() {
            CurvePoint last = curve.get(curve.size() - 1);
            return name + ": "
                    + (Double.isFinite(last.trainLoss())
                            ? String.format(Locale.ROOT, "%.3f", last.testAccuracy())
                            : "NaN");
        }
    }
}
