package io.dl4jext.experiments.report;

import java.awt.BasicStroke;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Lines over a common axis in the style and the colours of {@link Charts}. */
public final class LineChart {

    private final XYChart chart;
    private int drawn;

    public LineChart(int width, int height, String title, String x, String y) {
        chart = new XYChart(width, height);
        chart.setTitle(title);
        chart.setXAxisTitle(x);
        chart.setYAxisTitle(y);
        Charts.dress(chart.getStyler());
    }

    /**
     * Adds a line; NaN leaves a gap.
     *
     * @param colour number of its colour
     * @param second whether it is the second kind of a colour: dashed, with diamonds
     */
    public XYSeries line(String name, double[] x, double[] y, int colour, boolean second) {
        XYSeries series = chart.addSeries(name, x, y);
        series.setLineColor(Charts.colour(colour));
        series.setMarkerColor(Charts.colour(colour));
        series.setMarker(second ? SeriesMarkers.DIAMOND : SeriesMarkers.CIRCLE);
        series.setLineStyle(second ? Charts.dashed(1.8f, 6f, 4f) : new BasicStroke(2f));
        return series;
    }

    /** Adds a line in the next colour, in the second kind once all colours are used. */
    public XYSeries next(String name, double[] x, double[] y) {
        drawn++;
        return line(name, x, y, drawn - 1, (drawn - 1) / Charts.colours() % 2 == 1);
    }

    /** Where the horizontal axis begins and ends. */
    public LineChart x(double from, double to, boolean logarithmic) {
        style().setXAxisMin(from).setXAxisMax(to).setXAxisLogarithmic(logarithmic);
        if (logarithmic) {
            style().setXAxisLogarithmicDecadeOnly(false)
                    .setXAxisTickLabelsFormattingFunction(Charts.logarithmicLabels(to / from));
        }
        return this;
    }

    /** Where the vertical axis begins and ends. */
    public LineChart y(double from, double to, boolean logarithmic) {
        style().setYAxisMin(from).setYAxisMax(to).setYAxisLogarithmic(logarithmic);
        if (logarithmic) {
            style().setYAxisLogarithmicDecadeOnly(false)
                    .setYAxisTickLabelsFormattingFunction(Charts.logarithmicLabels(to / from));
        }
        return this;
    }

    public XYStyler style() {
        return chart.getStyler();
    }

    /** The charts beside each other. */
    public static void writePng(Path file, LineChart... charts) throws IOException {
        List<XYChart> all = new ArrayList<>();
        Arrays.stream(charts).forEach(chart -> all.add(chart.chart));
        Charts.writePng(file, all);
    }
}
