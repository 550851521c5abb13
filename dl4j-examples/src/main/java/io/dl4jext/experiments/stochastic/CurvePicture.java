package io.dl4jext.experiments.stochastic;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Learning curves under one setting: test accuracy after each epoch, the mean over the seeds, a line for each arm. */
final class CurvePicture {

    private static final int WIDTH = 900;
    private static final int HEIGHT = 560;

    /** The first epochs lie below what is interesting: the axis begins at this quantile of all values. */
    private static final double LOWEST = 0.1;

    /** Of Okabe and Ito, fit for the colour-blind, as many as there are arms in Table 3 and the sweep. */
    private static final Color[] COLORS = {
        Color.BLACK,
        new Color(0xE69F00),
        new Color(0x56B4E9),
        new Color(0xCC79A7),
        new Color(0x009E73),
        new Color(0xD55E00),
        new Color(0x0072B2),
        Color.GRAY
    };

    private CurvePicture() {}

    /**
     * @param arms in the order of the legend
     * @param runs some of them under this setting
     */
    static void write(Path file, String title, List<Arm> arms, Setting setting, List<Run> runs) throws IOException {
        XYChart chart = new XYChart(WIDTH, HEIGHT);
        chart.setTitle(title + ", " + setting);
        chart.setXAxisTitle("epoch");
        chart.setYAxisTitle("test accuracy %");
        double[] all = new double[0];
        for (int i = 0; i < arms.size(); i++) {
            Arm arm = arms.get(i);
            List<Run> own = runs.stream()
                    .filter(run -> run.arm() == arm && run.setting() == setting && !run.diverged())
                    .collect(Collectors.toList());
            if (!own.isEmpty()) {
                double[] means = means(own);
                add(chart, arm.name(), means, COLORS[i % COLORS.length]);
                all = concat(all, means);
            }
        }
        if (all.length == 0) {
            return;
        }
        Arrays.sort(all);
        double high = all[all.length - 1];
        double low = all[(int) (LOWEST * all.length)];
        double margin = high > low ? 0.05 * (high - low) : 1;
        chart.getStyler()
                .setYAxisMin(low - margin)
                .setYAxisMax(high + margin)
                .setLegendPosition(LegendPosition.OutsideE)
                .setLegendBorderColor(Color.WHITE)
                .setChartBackgroundColor(Color.WHITE)
                .setPlotBackgroundColor(Color.WHITE)
                .setPlotBorderColor(Color.GRAY)
                .setPlotContentSize(1)
                .setChartTitleBoxVisible(false)
                .setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 15))
                .setLocale(Locale.ROOT);
        BitmapEncoder.saveBitmap(chart, file.toString(), BitmapFormat.PNG);
    }

    private static void add(XYChart chart, String name, double[] accuracies, Color color) {
        double[] epochs = new double[accuracies.length];
        Arrays.setAll(epochs, epoch -> epoch + 1);
        XYSeries series = chart.addSeries(name, epochs, accuracies);
        series.setLineColor(color);
        series.setLineStyle(new BasicStroke(1.8f));
        series.setMarker(SeriesMarkers.NONE);
    }

    private static double[] means(List<Run> runs) {
        double[] sums = new double[runs.get(0).accuracies().length];
        for (Run run : runs) {
            double[] accuracies = run.accuracies();
            Arrays.setAll(sums, epoch -> sums[epoch] + 100 * accuracies[epoch] / runs.size());
        }
        return sums;
    }

    private static double[] concat(double[] first, double[] second) {
        double[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
