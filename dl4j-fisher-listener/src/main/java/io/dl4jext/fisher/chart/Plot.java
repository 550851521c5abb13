package io.dl4jext.fisher.chart;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.io.IOException;
import java.util.Locale;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * XChart's part: two axes with paths and marks between them, the outlines of markers, the formats of files. Nothing
 * else knows XChart; {@link ChartLibrary} only looks whether it is there.
 */
final class Plot {

    /** Something drawn at a point. */
    interface Mark {
        void paint(Graphics2D g, double x, double y);
    }

    /** Equal on all plots, so that those above each other begin at the same place. */
    private static final int LEFT = 78;

    private static final Marker[] MARKERS = {
        SeriesMarkers.CIRCLE,
        SeriesMarkers.SQUARE,
        SeriesMarkers.DIAMOND,
        SeriesMarkers.TRIANGLE_UP,
        SeriesMarkers.TRIANGLE_DOWN
    };

    /** How many outlines of markers there are. */
    static final int OUTLINES = MARKERS.length;

    private final XYChart chart = new XYChart(100, 100);

    /** A plot without a legend; an empty axis leaves it without ticks. */
    Plot(String title, Axis x, Axis y) {
        chart.setTitle(title);
        chart.setXAxisTitle(x.title);
        chart.setYAxisTitle(y.title);
        XYStyler styler = chart.getStyler();
        dress(styler);
        if (x.isEmpty() || y.isEmpty()) {
            styler.setAxisTicksVisible(false).setPlotGridLinesVisible(false);
            return;
        }
        styler.setXAxisMin(x.min).setXAxisMax(x.max).setYAxisMin(y.min).setYAxisMax(y.max);
        // Decade only: no other tick would get a label. A linear axis keeps XChart's own labels, whose ticks are round.
        if (x.scale == Scale.LOGARITHMIC) {
            styler.setXAxisLogarithmic(true).setXAxisLogarithmicDecadeOnly(false);
            styler.setXAxisTickLabelsFormattingFunction(x::label);
        }
        if (y.scale == Scale.LOGARITHMIC) {
            styler.setYAxisLogarithmic(true).setYAxisLogarithmicDecadeOnly(false);
            styler.setYAxisTickLabelsFormattingFunction(y::label);
        }
    }

    private static void dress(XYStyler styler) {
        styler.setLegendVisible(false)
                .setChartBackgroundColor(Color.WHITE)
                .setChartPadding(10)
                .setChartTitleBoxVisible(false)
                .setChartTitlePadding(8)
                .setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 16))
                .setPlotBackgroundColor(Color.WHITE)
                .setPlotBorderColor(Color.GRAY)
                .setPlotContentSize(1)
                .setLocale(Locale.ROOT);
        styler.setAxisTitleFont(new Font(Font.SANS_SERIF, Font.PLAIN, 14))
                .setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12))
                .setPlotGridLinesColor(new Color(0xE2E2E2))
                .setPlotGridLinesStroke(new BasicStroke(1f))
                .setPlotMargin(0)
                .setXAxisDecimalPattern("#,##0.##")
                .setYAxisLabelAlignment(AxesChartStyler.TextAlignment.Right)
                .setYAxisLeftWidthHint(LEFT);
    }

    /** Adds a path above all that is there. */
    void path(Points points, RunStyle style) {
        series(points, style.stroke(), SeriesMarkers.NONE).setLineColor(style.color);
    }

    /** Adds a mark at each point above all that is there. */
    void marks(Points points, Mark mark) {
        series(points, SeriesLines.NONE, new Marker() {
            @Override
            public void paint(Graphics2D g, double x, double y, int ignored) {
                mark.paint(g, x, y);
            }
        });
    }

    private XYSeries series(Points points, BasicStroke stroke, Marker marker) {
        XYSeries series =
                chart.addSeries("series " + chart.getSeriesCollection().size(), points.x, points.y);
        series.setLineStyle(stroke);
        series.setMarker(marker);
        return series;
    }

    /** Draws it from (0, 0). */
    void paint(Graphics2D g, int width, int height) {
        chart.paint(g, width, height);
    }

    /** Fills an outline, 0 to {@link #OUTLINES} - 1, about a point. */
    static void fill(Graphics2D g, int outline, double x, double y, int size) {
        MARKERS[outline].paint(g, x, y, size);
    }

    /**
     * A picture as the content of a file: XChart encodes a chart, here one that draws the picture instead of itself.
     */
    static byte[] encoded(Picture picture, String format) throws IOException {
        XYChart chart = new XYChart(picture.width, picture.height) {
            @Override
            public void paint(Graphics2D g, int width, int height) {
                picture.paint(g);
            }
        };
        return ChartEncoder.getBytes(chart, format);
    }
}
