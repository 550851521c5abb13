package io.dl4jext.fisher.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Arrays;
import java.util.Locale;

/** Numbers as a reader wants them. */
final class Numbers {

    /** What stands for a number that there is none of. */
    static final String NONE = "–";

    private static final double LARGE = 1e7;
    private static final double SMALL = 1e-4;
    private static final MathContext DIGITS = new MathContext(4);

    private Numbers() {}

    /** Four significant digits. */
    static String of(double value) {
        if (!Double.isFinite(value)) {
            return Double.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
        }
        double size = Math.abs(value);
        if (size != 0 && (size >= LARGE || size < SMALL)) {
            return String.format(Locale.ROOT, "%.3e", value).replaceFirst("e([+-])0", "e$1");
        }
        DecimalFormat plain = new DecimalFormat("#,##0.########", DecimalFormatSymbols.getInstance(Locale.ROOT));
        return plain.format(new BigDecimal(value).round(DIGITS));
    }

    /** With a comma between thousands. */
    static String of(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /** One number where they are all equal, else the least and the largest; NaN stands for none. */
    static String range(double[] values) {
        double[] known =
                Arrays.stream(values).filter(value -> !Double.isNaN(value)).toArray();
        if (known.length == 0) {
            return NONE;
        }
        double least = Arrays.stream(known).min().getAsDouble();
        double largest = Arrays.stream(known).max().getAsDouble();
        return least == largest ? of(least) : of(least) + " to " + of(largest);
    }
}
