package io.dl4jext.stochastic;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.AffineTransform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.colors.ColorBlindFriendlySeriesColors;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Two panels above each other, as the one chart that XChart's encoders take. */
final class UpdateChart extends XYChart {

    /** More lines would hide each other. */
    static final int MOST_GROUPS = 10;

    private static final int WIDTH = 1000;
    private static final int HEIGHT = 700;

    private final XYChart fractions;
    private final XYChart batchSizes;

    private UpdateChart(XYChart fractions, XYChart batchSizes) {
        super(WIDTH, HEIGHT);
        setTitle(fractions.getTitle());
        this.fractions = fractions;
        this.batchSizes = batchSizes;
    }

    static UpdateChart of(UpdateStatistics statistics) {
        int[] iterations = statistics.iterations();
        if (iterations.length == 0) {
            throw new IllegalStateException("UpdateStatistics: nothing to draw before the first step");
        }
        List<String> all = statistics.groups();
        List<String> largest = largest(statistics, all);
        String title = largest.size() == all.size()
                ? "Stochastic batch size"
                : "Stochastic batch size, the largest " + largest.size() + " of " + all.size() + " groups";
        return new UpdateChart(
                panel(title, "fraction updated", iterations, largest, statistics::updateFractions),
                panel("", "mean batch size in mini-batches", iterations, largest, statistics::meanBatchSizes));
    }

    static List<String> largest(UpdateStatistics statistics, List<String> all) {
        List<String> chosen = all.stream()
                .sorted(Comparator.comparingLong(statistics::parameters).reversed())
                .limit(MOST_GROUPS)
                .collect(Collectors.toList());
        return all.stream().filter(chosen::contains).collect(Collectors.toList());
    }

    private static XYChart panel(
            String title, String unit, int[] iterations, List<String> groups, Function<String, double[]> values) {
        XYChart chart = new XYChart(WIDTH, HEIGHT / 2);
        chart.setTitle(title);
        chart.setXAxisTitle("iteration");
        chart.setYAxisTitle(unit);
        chart.getStyler()
                .setLegendPosition(Styler.LegendPosition.OutsideE)
                .setChartBackgroundColor(Color.WHITE)
                .setPlotBackgroundColor(Color.WHITE)
                .setChartTitleBoxVisible(false)
                .setSeriesColors(new ColorBlindFriendlySeriesColors().getSeriesColors())
                .setLocale(Locale.ROOT);
        double[] x = Arrays.stream(iterations).asDoubleStream().toArray();
        for (String group : groups) {
            // NaN, where nothing was updated, is a gap.
            chart.addSeries(group, x, values.apply(group)).setMarker(SeriesMarkers.NONE);
        }
        return chart;
    }

    void write(Path path, String format) throws IOException {
        byte[] bytes = ChartEncoder.getBytes(this, format);
        Path folder = path.toAbsolutePath().getParent();
        if (folder != null && !Files.isDirectory(folder)) {
            Files.createDirectories(folder);
        }
        Files.write(path, bytes);
    }

    @Override
    public void paint(Graphics2D g, int width, int height) {
        g.setColor(Color.WHITE);
        g.fillRect(0, 0, width, height);
        AffineTransform origin = g.getTransform();
        fractions.paint(g, width, height / 2);
        g.setTransform(origin);
        g.translate(0, height / 2);
        batchSizes.paint(g, width, height - height / 2);
        g.setTransform(origin);
    }
}
