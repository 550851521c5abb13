package io.dl4jext.experiments.implicit;

import io.dl4jext.experiments.chart.ChartStyle;
import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Final loss against learning rate, a line for each arm, bars of one standard deviation. Losses far above the untrained
 * network's, and diverged runs, stand as triangles near the upper edge, so that they do not flatten the rest. The arms
 * stand a little beside each other at each rate, so that none hides another.
 */
final class LossPicture {

    private static final int WIDTH = 900;
    private static final int HEIGHT = 560;
    private static final double LOGARITHMIC_FROM = 3.9;
    private static final double HEADROOM = 1.15;
    private static final double MARGIN = 0.04;
    private static final BasicStroke BAR = new BasicStroke(1.2f);

    /** From one arm to the next, as a part of the width. */
    private static final double STEP_ASIDE = 0.006;

    private final XYChart chart = new XYChart(WIDTH, HEIGHT);
    private final boolean logRates;
    private final boolean logLosses;
    private final double low;

    /** Where losses that are too high stand; the axis reaches a little further. */
    private final double high;

    private final double top;
    private final double left;
    private final double right;

    /**
     * A picture of curves over the same rates.
     *
     * @param untrained the mean loss before training
     * @param stability null for no line at the threshold
     */
    LossPicture(String title, List<LossCurve> curves, double untrained, Stability stability) {
        double smallestLoss = untrained;
        double largestLoss = 0;
        double smallestRate = Double.POSITIVE_INFINITY;
        double largestRate = 0;
        for (LossCurve curve : curves) {
            for (LossCurve.Point point : curve.points()) {
                smallestRate = Math.min(smallestRate, point.rate());
                largestRate = Math.max(largestRate, point.rate());
                smallestLoss = Math.min(smallestLoss, point.mean());
                largestLoss = Math.max(largestLoss, point.mean() + point.deviation());
            }
        }
        double cap = Math.min(HEADROOM * untrained, HEADROOM * (largestLoss > 0 ? largestLoss : untrained));
        logLosses = smallestLoss > 0 && cap / smallestLoss > LOGARITHMIC_FROM;
        logRates = largestRate / smallestRate > LOGARITHMIC_FROM;
        high = cap;
        low = logLosses ? smallestLoss / 1.3 : Math.max(0, smallestLoss - 0.1 * (cap - smallestLoss));
        top = logLosses ? high * Math.pow(high / low, MARGIN) : high + MARGIN * (high - low);
        double[] rates = around(smallestRate, largestRate);
        left = rates[0];
        right = rates[1];
        dress(title);
        if (stability != null && stability.threshold() < high && stability.threshold() > low) {
            line("divergence threshold", stability.threshold());
        }
        boolean above = false;
        for (int i = 0; i < curves.size(); i++) {
            above |= add(curves.get(i), (i - (curves.size() - 1) / 2.0) * STEP_ASIDE);
        }
        if (above) {
            // Outside of the axes: for the legend only.
            XYSeries note = chart.addSeries("above the scale", new double[] {left}, new double[] {2 * top});
            note.setLineStyle(SeriesLines.NONE);
            note.setMarkerColor(Color.GRAY);
            note.setMarker(SeriesMarkers.TRIANGLE_UP);
        }
    }

    void writePng(Path file) throws IOException {
        BitmapEncoder.saveBitmap(chart, file.toString(), BitmapFormat.PNG);
    }

    private double[] around(double smallest, double largest) {
        if (logRates) {
            double factor = Math.pow(largest / smallest, MARGIN);
            return new double[] {smallest / factor, largest * factor};
        }
        double margin = MARGIN * (largest > smallest ? largest - smallest : largest);
        return new double[] {smallest - margin, largest + margin};
    }

    private void line(String name, double loss) {
        XYSeries series = chart.addSeries(name, new double[] {left, right}, new double[] {loss, loss});
        series.setMarker(SeriesMarkers.NONE);
        series.setLineColor(Color.GRAY);
        series.setLineStyle(ChartStyle.dashed(1f, 2f, 4f));
    }

    /** A rate moved aside by a part of the width. */
    private double aside(double rate, double part) {
        return logRates ? rate * Math.pow(right / left, part) : rate + part * (right - left);
    }

    /** Whether there were losses above the scale. */
    private boolean add(LossCurve curve, double aside) {
        int count = curve.points().size();
        double[] rates = new double[count];
        double[] rising = new double[count];
        double[] inRange = new double[count];
        List<Double> barRates = new ArrayList<>();
        List<Double> barLosses = new ArrayList<>();
        List<Double> above = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            LossCurve.Point point = curve.points().get(i);
            rates[i] = aside(point.rate(), aside);
            rising[i] = Math.min(point.mean(), high);
            boolean shown = point.mean() < high;
            inRange[i] = shown ? point.mean() : Double.NaN; // XChart leaves a gap
            if (!shown) {
                above.add(rates[i]);
            } else if (point.deviation() > 0) {
                barRates.addAll(List.of(rates[i], rates[i], rates[i]));
                barLosses.addAll(List.of(
                        Math.max(low, point.mean() - point.deviation()),
                        Math.min(top, point.mean() + point.deviation()),
                        Double.NaN));
            }
        }
        Look look = Look.of(curve.arm());
        String name = curve.arm().toString();
        series(name, rates, inRange, look, look.stroke, look.marker);
        series(name + " rising", rates, rising, look, look.stroke, SeriesMarkers.NONE)
                .setShowInLegend(false);
        if (!barRates.isEmpty()) {
            series(name + " deviation", array(barRates), array(barLosses), look, BAR, SeriesMarkers.NONE)
                    .setShowInLegend(false);
        }
        if (above.isEmpty()) {
            return false;
        }
        double[] edge = new double[above.size()];
        Arrays.fill(edge, high);
        series(name + " above", array(above), edge, look, SeriesLines.NONE, SeriesMarkers.TRIANGLE_UP)
                .setShowInLegend(false);
        return true;
    }

    private XYSeries series(
            String name, double[] rates, double[] losses, Look look, BasicStroke stroke, Marker marker) {
        XYSeries series = chart.addSeries(name, rates, losses);
        series.setLineColor(look.color);
        series.setLineStyle(stroke);
        series.setMarkerColor(look.color);
        series.setMarker(marker);
        return series;
    }

    private static double[] array(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private void dress(String title) {
        chart.setTitle(title);
        chart.setXAxisTitle("learning rate");
        chart.setYAxisTitle("training loss at the end");
        XYStyler styler = chart.getStyler();
        ChartStyle.dress(styler);
        styler.setMarkerSize(8);
        styler.setXAxisMin(left).setXAxisMax(right).setYAxisMin(low).setYAxisMax(top);
        if (logRates) {
            styler.setXAxisLogarithmic(true).setXAxisLogarithmicDecadeOnly(false);
            styler.setXAxisTickLabelsFormattingFunction(ChartStyle.logarithmicLabels(right / left));
        }
        if (logLosses) {
            styler.setYAxisLogarithmic(true).setYAxisLogarithmicDecadeOnly(false);
            styler.setYAxisTickLabelsFormattingFunction(ChartStyle.logarithmicLabels(high / low));
        }
    }

    /** Colours of Okabe and Ito, fit for the colour-blind; dashes for clipping. */
    private static final class Look {

        private final Color color;
        private final BasicStroke stroke;
        private final Marker marker;

        private Look(Color color, BasicStroke stroke, Marker marker) {
            this.color = color;
            this.stroke = stroke;
            this.marker = marker;
        }

        private static Color color(Arm arm) {
            switch (arm) {
                case EXPLICIT:
                case EXPLICIT_CLIP:
                    return new Color(0xD55E00);
                case IMPLICIT:
                case IMPLICIT_CLIP:
                    return new Color(0x0072B2);
                case IMPLICIT_SCALED:
                    return new Color(0x56B4E9);
                case EXACT:
                    return new Color(0x009E73);
                default:
                    throw new AssertionError(arm);
            }
        }

        static Look of(Arm arm) {
            Color color = color(arm);
            return arm.isClipped()
                    ? new Look(color, ChartStyle.dashed(1.6f, 7f, 5f), SeriesMarkers.DIAMOND)
                    : new Look(color, new BasicStroke(2.2f), SeriesMarkers.CIRCLE);
        }
    }
}
