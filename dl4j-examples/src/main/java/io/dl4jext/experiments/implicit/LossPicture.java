package io.dl4jext.experiments.implicit;

import io.dl4jext.experiments.report.Charts;
import io.dl4jext.experiments.report.LineChart;
import io.dl4jext.experiments.statistics.Sample;
import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Final loss against learning rate, a line for each method, bars of one standard deviation. Losses far above the
 * untrained network's, and diverged runs, stand as triangles near the upper edge, so that they do not flatten the rest.
 * The methods stand a little beside each other at each rate, so that none hides another.
 */
final class LossPicture {

    private static final double LOGARITHMIC_FROM = 3.9;
    private static final double HEADROOM = 1.15;
    private static final double MARGIN = 0.04;

    /** From one method to the next, as a part of the width. */
    private static final double STEP_ASIDE = 0.006;

    /** Numbers of colours. */
    private static final int[] EXPLICIT = {1, 5, 3};

    private static final int[] IMPLICIT = {0, 4, 2};

    private final LineChart chart;

    /** The thresholds of clipping that occur. */
    private final List<Double> clips;

    private final boolean logRates;
    private final double low;

    /** Where losses that are too high stand; the axis reaches a little further. */
    private final double high;

    private final double top;
    private final double left;
    private final double right;

    /**
     * A picture of losses by method and rate.
     *
     * @param untrained the mean loss before training
     * @param threshold drawn as a line where it is in range
     */
    LossPicture(String title, Map<Method, TreeMap<Double, Sample>> curves, double untrained, double threshold) {
        clips = curves.keySet().stream()
                .filter(method -> method.variant.isClipped)
                .map(method -> method.clip)
                .distinct()
                .collect(Collectors.toList());
        double smallestLoss = untrained;
        double largestLoss = 0;
        double smallestRate = Double.POSITIVE_INFINITY;
        double largestRate = 0;
        for (TreeMap<Double, Sample> curve : curves.values()) {
            smallestRate = Math.min(smallestRate, curve.firstKey());
            largestRate = Math.max(largestRate, curve.lastKey());
            for (Sample sample : curve.values()) {
                double mean = RateCurves.mean(sample);
                smallestLoss = Math.min(smallestLoss, mean);
                largestLoss = Math.max(largestLoss, Double.isFinite(mean) ? mean + sample.deviation() : mean);
            }
        }
        high = Math.min(HEADROOM * untrained, HEADROOM * (largestLoss > 0 ? largestLoss : untrained));
        boolean logLosses = smallestLoss > 0 && high / smallestLoss > LOGARITHMIC_FROM;
        low = logLosses ? smallestLoss / 1.3 : Math.max(0, smallestLoss - 0.1 * (high - smallestLoss));
        top = logLosses ? high * Math.pow(high / low, MARGIN) : high + MARGIN * (high - low);
        logRates = largestRate / smallestRate > LOGARITHMIC_FROM;
        double factor = Math.pow(largestRate / smallestRate, MARGIN);
        double margin = MARGIN * (largestRate > smallestRate ? largestRate - smallestRate : largestRate);
        left = logRates ? smallestRate / factor : smallestRate - margin;
        right = logRates ? largestRate * factor : largestRate + margin;
        chart = new LineChart(900, 560, title, "learning rate", "training loss at the end")
                .x(left, right, logRates)
                .y(low, top, logLosses);
        chart.style().setMarkerSize(8);
        if (threshold < high && threshold > low) {
            XYSeries line =
                    chart.next("divergence threshold", new double[] {left, right}, new double[] {threshold, threshold});
            line.setMarker(SeriesMarkers.NONE);
            line.setLineColor(Color.GRAY);
            line.setLineStyle(Charts.dashed(1f, 2f, 4f));
        }
        boolean above = false;
        int i = 0;
        for (Map.Entry<Method, TreeMap<Double, Sample>> entry : curves.entrySet()) {
            above |= add(entry.getKey(), entry.getValue(), (i++ - (curves.size() - 1) / 2.0) * STEP_ASIDE);
        }
        if (above) {
            // Outside of the axes: for the legend only.
            XYSeries note = chart.next("above the scale", new double[] {left}, new double[] {2 * top});
            note.setLineStyle(SeriesLines.NONE);
            note.setMarkerColor(Color.GRAY);
            note.setMarker(SeriesMarkers.TRIANGLE_UP);
        }
    }

    void writePng(Path file) throws IOException {
        LineChart.writePng(file, chart);
    }

    /** Whether there were losses above the scale. */
    private boolean add(Method method, TreeMap<Double, Sample> curve, double aside) {
        double[] rates = curve.keySet().stream()
                .mapToDouble(rate -> logRates ? rate * Math.pow(right / left, aside) : rate + aside * (right - left))
                .toArray();
        double[] means = curve.values().stream().mapToDouble(RateCurves::mean).toArray();
        double[] rising = Arrays.stream(means).map(mean -> Math.min(mean, high)).toArray();
        double[] inRange = Arrays.stream(means)
                .map(mean -> mean < high ? mean : Double.NaN)
                .toArray();
        List<double[]> bars = new ArrayList<>();
        List<Double> above = new ArrayList<>();
        int i = 0;
        for (Sample sample : curve.values()) {
            if (means[i] >= high) {
                above.add(rates[i]);
            } else if (sample.deviation() > 0) {
                bars.add(new double[] {rates[i], Math.max(low, means[i] - sample.deviation())});
                bars.add(new double[] {rates[i], Math.min(top, means[i] + sample.deviation())});
                bars.add(new double[] {rates[i], Double.NaN});
            }
            i++;
        }
        line(method, "", rates, inRange);
        line(method, " rising", rates, rising).setMarker(SeriesMarkers.NONE);
        if (!bars.isEmpty()) {
            XYSeries series = line(
                    method,
                    " deviation",
                    bars.stream().mapToDouble(bar -> bar[0]).toArray(),
                    bars.stream().mapToDouble(bar -> bar[1]).toArray());
            series.setMarker(SeriesMarkers.NONE);
            series.setLineStyle(new BasicStroke(1.2f));
        }
        if (!above.isEmpty()) {
            double[] at = above.stream().mapToDouble(Double::doubleValue).toArray();
            XYSeries series = line(
                    method, " above", at, Arrays.stream(at).map(rate -> high).toArray());
            series.setLineStyle(SeriesLines.NONE);
            series.setMarker(SeriesMarkers.TRIANGLE_UP);
        }
        return !above.isEmpty();
    }

    /** Only the first of a method's lines is in the legend. */
    private XYSeries line(Method method, String what, double[] rates, double[] losses) {
        XYSeries series = chart.line(method + what, rates, losses, colour(method), method.variant.isClipped);
        series.setShowInLegend(what.isEmpty());
        return series;
    }

    /** Warm for explicit training, cold for implicit; thresholds of clipping have their own. */
    private int colour(Method method) {
        switch (method.variant) {
            case EXPLICIT:
                return EXPLICIT[0];
            case EXPLICIT_CLIP:
                return EXPLICIT[clips.indexOf(method.clip) % EXPLICIT.length];
            case IMPLICIT_CLIP:
                return IMPLICIT[clips.indexOf(method.clip) % IMPLICIT.length];
            case EXACT:
                return 2;
            case IMPLICIT_SCALED:
                return 4;
            default:
                return IMPLICIT[0];
        }
    }
}
