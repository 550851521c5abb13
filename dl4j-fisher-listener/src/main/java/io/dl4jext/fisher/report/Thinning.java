package io.dl4jext.fisher.report;

import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which rows of a run are shown where it has more than a page can hold. Whole rows, so that what stands beside each
 * other was measured together.
 *
 * <p>The run is cut into parts of equally many rows. Of each part the rows stay in which a figure is least or largest,
 * and the first in which it is no number: peaks, steps and the beginning of a divergence stay where they are. A quarter
 * of the rows follows the path through a plane of logarithmic axes instead, in steps of equal length: the first few
 * rows may span half of it.
 */
final class Thinning {

    private Thinning() {}

    /**
     * The indices of the rows that stay, ascending; the first and the last always.
     *
     * @param figures columns of equal length
     * @param across where the path stands across the plane, one of equal length
     * @param up where it stands up the plane, likewise
     * @param most how many rows may stay, at least 4
     */
    static int[] rows(List<double[]> figures, double[] across, double[] up, int most) {
        int count = across.length;
        if (count <= most) {
            return IntStream.range(0, count).toArray();
        }
        BitSet along = path(across, up, most / 4);
        BitSet kept = along;
        // The more parts the better, as long as their rows fit.
        for (int parts = most; parts > 0; parts = parts * 3 / 4) {
            BitSet tried = (BitSet) along.clone();
            for (double[] figure : figures) {
                extremes(figure, parts, tried);
            }
            if (tried.cardinality() <= most - 2) {
                kept = tried;
                break;
            }
        }
        kept.set(0);
        kept.set(count - 1);
        return kept.stream().toArray();
    }

    private static void extremes(double[] figure, int parts, BitSet kept) {
        for (int part = 0; part < parts; part++) {
            int start = (int) ((long) figure.length * part / parts);
            int end = (int) ((long) figure.length * (part + 1) / parts);
            int least = -1;
            int largest = -1;
            int none = -1;
            for (int i = start; i < end; i++) {
                if (!Double.isFinite(figure[i])) {
                    none = none < 0 ? i : none;
                } else {
                    least = least < 0 || figure[i] < figure[least] ? i : least;
                    largest = largest < 0 || figure[i] > figure[largest] ? i : largest;
                }
            }
            for (int i : new int[] {least, largest, none}) {
                if (i >= 0) {
                    kept.set(i);
                }
            }
        }
    }

    /** At most so many rows, in steps of equal length along the path. */
    private static BitSet path(double[] across, double[] up, int most) {
        double[] travelled = new double[across.length];
        for (int i = 1; i < travelled.length; i++) {
            double step = Math.hypot(Math.log(across[i] / across[i - 1]), Math.log(up[i] / up[i - 1]));
            travelled[i] = travelled[i - 1] + (Double.isFinite(step) ? step : 0);
        }
        BitSet kept = new BitSet(across.length);
        double step = travelled[travelled.length - 1] / most;
        for (int i = 1; step > 0 && i < travelled.length; i++) {
            if (Math.floor(travelled[i] / step) > Math.floor(travelled[i - 1] / step)) {
                kept.set(i);
            }
        }
        return kept;
    }
}
