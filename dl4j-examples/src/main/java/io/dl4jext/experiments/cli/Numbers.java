package io.dl4jext.experiments.cli;

import java.math.BigDecimal;
import java.util.Locale;

/** How numbers are written in tables and names. */
public final class Numbers {

    private static final int DIGITS = 4;
    private static final int MOST_DECIMALS = 8;

    private Numbers() {}

    /** All digits and no exponent: 0.1, 100. */
    public static String plain(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }

    /** Four significant digits; "-" where there is no number. */
    public static String significant(double value) {
        if (!Double.isFinite(value)) {
            return "-";
        }
        if (value == 0) {
            return "0";
        }
        int digits = (int) Math.floor(Math.log10(Math.abs(value)));
        int decimals = Math.max(0, Math.min(MOST_DECIMALS, DIGITS - 1 - digits));
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    /** "1 epoch", "2 epochs". */
    public static String count(long count, String unit) {
        return count + " " + unit + (count == 1 ? "" : "s");
    }
}
