package io.dl4jext.experiments.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import javax.imageio.ImageIO;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler.LegendPosition;

/** White ground, light grid, legend to the right, the colours of Okabe and Ito, which are fit for the colour-blind. */
public final class Charts {

    /** Without the yellow, which is hard to see on white. */
    private static final int[] COLOURS = {0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0x56B4E9, 0xE69F00, 0x000000};

    private static final double SCIENTIFIC_BELOW = 1e-4;

    private Charts() {}

    /** Number i of a series of distinct colours; they repeat after {@link #colours()}. */
    public static Color colour(int i) {
        return new Color(COLOURS[i % COLOURS.length]);
    }

    public static int colours() {
        return COLOURS.length;
    }

    public static BasicStroke dashed(float width, float... dash) {
        return new BasicStroke(width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1f, dash, 0f);
    }

    public static void dress(AxesChartStyler styler) {
        styler.setChartBackgroundColor(Color.WHITE)
                .setChartTitleBoxVisible(false)
                .setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 15))
                .setLegendPosition(LegendPosition.OutsideE)
                .setLegendBorderColor(Color.WHITE)
                .setLegendFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13))
                .setPlotBackgroundColor(Color.WHITE)
                .setPlotBorderColor(Color.GRAY)
                .setPlotContentSize(1)
                .setLocale(Locale.ROOT);
        styler.setPlotGridLinesColor(new Color(0xE2E2E2))
                .setPlotGridLinesStroke(new BasicStroke(1f))
                .setAxisTitleFont(new Font(Font.SANS_SERIF, Font.PLAIN, 14))
                .setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12))
                .setXAxisDecimalPattern("0.######")
                .setYAxisDecimalPattern("0.######")
                .setYAxisLabelAlignment(AxesChartStyler.TextAlignment.Right);
    }

    /**
     * Labels of a logarithmic axis. XChart offers ticks at all k·10^n, k = 1…9; only some get a label.
     *
     * @param range the largest value of the axis over the smallest
     */
    public static Function<Double, String> logarithmicLabels(double range) {
        return tick -> {
            int exponent = (int) Math.floor(Math.log10(tick) + 1e-9);
            int digit = (int) Math.round(tick / Math.pow(10, exponent));
            boolean labelled = digit == 1 || digit == 5 && range < 1e4 || digit == 2 && range < 300;
            return !labelled
                    ? ""
                    : tick < SCIENTIFIC_BELOW
                            ? digit + "e" + exponent
                            : BigDecimal.valueOf(digit, -exponent).toPlainString();
        };
    }

    /** Charts beside each other in one PNG file. */
    public static void writePng(Path file, List<? extends Chart<?, ?>> charts) throws IOException {
        int width = 0;
        int height = 0;
        for (Chart<?, ?> chart : charts) {
            width += chart.getWidth();
            height = Math.max(height, chart.getHeight());
        }
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        for (Chart<?, ?> chart : charts) {
            chart.paint(graphics, chart.getWidth(), chart.getHeight());
            graphics.translate(chart.getWidth(), 0);
        }
        graphics.dispose();
        ImageIO.write(image, "png", file.toFile());
    }
}
