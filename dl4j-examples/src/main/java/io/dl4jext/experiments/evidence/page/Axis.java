package io.dl4jext.experiments.evidence.page;

import io.dl4jext.experiments.report.Numbers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** From values to places: linear, or logarithmic. */
final class Axis {

    private static final double ROOM = 0.05;

    private final boolean logarithmic;
    private final double from;
    private final double to;
    private final double start;
    private final double end;

    /** Ticks by wish; null for even ones. */
    private double[] wished;

    /**
     * An axis around values.
     *
     * @param start the place of its lower end, in pixels
     * @param end the place of its upper end
     */
    Axis(double[] values, boolean logarithmic, double start, double end) {
        this.logarithmic = logarithmic;
        this.start = start;
        this.end = end;
        double[] known = Arrays.stream(values)
                .filter(value -> isDrawable(value, logarithmic))
                .map(this::scaled)
                .sorted()
                .toArray();
        double least = known.length == 0 ? 0 : known[0];
        double most = known.length == 0 ? 1 : known[known.length - 1];
        double room = most > least ? ROOM * (most - least) : Math.max(0.5, Math.abs(most)) * ROOM;
        this.from = least - room;
        this.to = most + room;
    }

    Axis ticksAt(double... values) {
        wished = values.clone();
        return this;
    }

    static boolean isDrawable(double value, boolean logarithmic) {
        return Double.isFinite(value) && (!logarithmic || value > 0);
    }

    boolean isDrawable(double value) {
        return isDrawable(value, logarithmic);
    }

    private double scaled(double value) {
        return logarithmic ? Math.log10(value) : value;
    }

    double at(double value) {
        return start + (scaled(value) - from) / (to - from) * (end - start);
    }

    double start() {
        return start;
    }

    double end() {
        return end;
    }

    /** Values with a mark, at most about so many. */
    List<Double> ticks(int most) {
        List<Double> ticks = new ArrayList<>();
        if (wished != null) {
            double last = Double.NaN;
            for (double value : wished) {
                // Close ones would cover each other's labels.
                if (isDrawable(value) && !(Math.abs(at(value) - last) < Math.abs(end - start) / (1.5 * most))) {
                    ticks.add(value);
                    last = at(value);
                }
            }
            return ticks;
        }
        return logarithmic && to - from > 0.7 ? decades(most) : even(most);
    }

    private List<Double> decades(int most) {
        List<Double> ticks = new ArrayList<>();
        double[] digits =
                to - from > 2.5 ? new double[] {1} : to - from > 1.8 ? new double[] {1, 3} : new double[] {1, 2, 5};
        int step = (int) Math.max(1, Math.ceil((to - from) / most));
        for (int decade = (int) Math.floor(from); decade <= to; decade += step) {
            for (double digit : digits) {
                double value = digit * Math.pow(10, decade);
                if (scaled(value) >= from && scaled(value) <= to) {
                    ticks.add(value);
                }
            }
        }
        return ticks;
    }

    private List<Double> even(int most) {
        List<Double> ticks = new ArrayList<>();
        double low = logarithmic ? Math.pow(10, from) : from;
        double high = logarithmic ? Math.pow(10, to) : to;
        double rough = (high - low) / most;
        double size = Math.pow(10, Math.floor(Math.log10(rough)));
        double step =
                rough / size <= 1 ? size : rough / size <= 2 ? 2 * size : rough / size <= 5 ? 5 * size : 10 * size;
        for (long i = (long) Math.ceil(low / step); i * step <= high; i++) {
            ticks.add(i * step);
        }
        return ticks;
    }

    /** A tick's label: digits enough, none too many. */
    static String label(double value) {
        double size = Math.abs(value);
        if (size != 0 && (size >= 1e6 || size < 1e-3)) {
            String[] parts = String.format(Locale.ROOT, "%.3e", value).split("e");
            return parts[0].replaceFirst("\\.?0*$", "") + "e" + Integer.parseInt(parts[1]);
        }
        return Numbers.plain(Math.round(value * 1e9) / 1e9);
    }
}
