package io.dl4jext.fisher.chart;

import java.math.BigDecimal;
import java.util.DoubleSummaryStatistics;
import java.util.stream.DoubleStream;

/** One axis of a panel: its title, its scale and the range of values it shows. */
final class Axis {

    /** A logarithmic axis shows at least this many decades: with fewer, too few round numbers are left to label. */
    private static final double LEAST_DECADES = 0.7;

    /** A linear axis shows at least so much: with less, XChart labels fractions of an iteration. */
    private static final double LEAST_ITERATIONS = 8;

    private static final double MARGIN = 0.04;

    final String title;
    final Scale scale;
    final double min;
    final double max;

    private Axis(String title, Scale scale, double min, double max) {
        this.title = title;
        this.scale = scale;
        this.min = min;
        this.max = max;
    }

    /**
     * An axis that holds all values with a small margin.
     *
     * @param title may be empty
     * @param values each with a place on the scale
     */
    static Axis around(String title, Scale scale, DoubleStream values) {
        boolean logarithmic = scale == Scale.LOGARITHMIC;
        DoubleSummaryStatistics range = values.map(scale::place).summaryStatistics();
        double low = range.getMin();
        double high = range.getMax();
        double least = logarithmic ? LEAST_DECADES : LEAST_ITERATIONS;
        double missing = Math.max(0, least - (high - low));
        double margin = MARGIN * Math.max(high - low, least);
        // A short run stands at the left of its iterations, but in the middle of its values.
        double below = logarithmic ? missing / 2 : 0;
        low -= below + margin;
        high += missing - below + margin;
        if (logarithmic) {
            // Within the range of normal doubles, so that both ends are positive and finite.
            low = Math.max(low, -307);
            high = Math.min(high, 308);
        }
        return new Axis(title, scale, scale.value(low), scale.value(high));
    }

    /** Whether it was made around no values. */
    boolean isEmpty() {
        return Double.isNaN(max);
    }

    /** Where a value stands: 0 at the axis' beginning, 1 at its end. */
    double fraction(double value) {
        double low = scale.place(min);
        return (scale.place(value) - low) / (scale.place(max) - low);
    }

    /**
     * The text at a tick of a logarithmic axis, "" for none. XChart offers all k·10^n, k = 1…9; the longer the axis,
     * the fewer of them are labelled.
     *
     * @param tick the tick's value
     */
    String label(double tick) {
        int exponent = (int) Math.floor(Math.log10(tick) + 1e-9);
        int digit = (int) Math.round(tick / Math.pow(10, exponent));
        double decades = Math.log10(max / min);
        boolean labelled = decades > 2.5
                ? digit == 1 && exponent % (1 + (int) (decades / 12)) == 0
                : digit == 1 || digit == 2 || digit == 5 || decades < 1.2 && (digit == 3 || digit == 7);
        if (!labelled) {
            return "";
        }
        boolean plain = exponent >= -3 && exponent <= 4;
        return plain ? BigDecimal.valueOf(digit, -exponent).toPlainString() : digit + "e" + exponent;
    }
}
