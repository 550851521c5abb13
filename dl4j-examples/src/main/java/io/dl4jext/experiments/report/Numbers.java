package io.dl4jext.experiments.report;

import io.dl4jext.experiments.statistics.Sample;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.function.DoubleFunction;

/** How numbers are written in tables and names. */
public final class Numbers {

    private static final int DIGITS = 4;
    private static final int MOST_DECIMALS = 8;
    private static final double LARGEST_WITHOUT_EXPONENT = 1e9;
    private static final double SMALLEST_P = 0.0001;

    private Numbers() {}

    /** All digits and no exponent: 0.1, 100. */
    public static String plain(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }

    /** Four significant digits, all those of a number up to a billion; "-" where there is no number. */
    public static String significant(double value) {
        if (value == 0 || !Double.isFinite(value)) {
            return value == 0 ? "0" : "-";
        }
        if (Math.abs(value) >= LARGEST_WITHOUT_EXPONENT) {
            return format("%.3e", value).replace("e+", "e");
        }
        int digits = (int) Math.floor(Math.log10(Math.abs(value)));
        return format("%." + Math.max(0, Math.min(MOST_DECIMALS, DIGITS - 1 - digits)) + "f", value);
    }

    /** Two significant digits and an exponent: 1.5e-8; "-" where there is no number. */
    public static String scientific(double value) {
        return format("%.1e", value).replaceFirst("e([-+]?)0*(?=\\d)", "e$1").replace("e+", "e");
    }

    /** As the format of {@link String#format} says; "-" where there is no number. */
    public static String format(String format, double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : "-";
    }

    /** A share in percent with two decimals, without the sign. */
    public static String percent(double share) {
        return format("%.2f", 100 * share);
    }

    /** Mean and, of more than one value, "+-" and the standard deviation. */
    public static String spread(Sample sample, DoubleFunction<String> text) {
        return text.apply(sample.mean()) + (sample.size() > 1 ? " +- " + text.apply(sample.deviation()) : "");
    }

    /** Mean and deviation as {@link #spread}; "diverged" if a value is not finite, and of more than one how many. */
    public static String outcome(Sample sample, DoubleFunction<String> text) {
        int diverged = sample.notFinite();
        return diverged == 0
                ? spread(sample, text)
                : "diverged" + (sample.size() > 1 ? " " + diverged + " of " + sample.size() : "");
    }

    /** A p-value. */
    public static String p(double value) {
        return value < SMALLEST_P ? "<" + format("%.4f", SMALLEST_P) : format("%.4f", value);
    }

    /** "1 epoch", "2 epochs". */
    public static String count(long count, String unit) {
        return count + " " + unit + (count == 1 ? "" : "s");
    }
}
