package io.dl4jext.fisher;

import java.util.Arrays;
import java.util.stream.IntStream;

/** The angles between the per-sample gradients: cos(g_i, g_j) = F̃_ij/√(F̃_ii F̃_jj). */
final class GradientAngles {

    private GradientAngles() {}

    /**
     * Sets the columns of the mean and of the smallest cosine; NaN where there is no pair of gradients that are not
     * zero.
     *
     * @param norms ‖g_i‖
     * @param gram the B² entries of F̃
     */
    static void set(Figures figures, double[] norms, double[] gram) {
        int samples = norms.length;
        int[] some = IntStream.range(0, samples).filter(i -> !(norms[i] == 0)).toArray();
        double[] inverse = Arrays.stream(norms).map(norm -> 1 / norm).toArray();
        double sum = 0;
        double smallest = Double.POSITIVE_INFINITY;
        for (int a = 0; a < some.length; a++) {
            int row = some[a] * samples;
            double ofRow = 0;
            double smallestOfRow = Double.POSITIVE_INFINITY;
            for (int b = 0; b < a; b++) {
                double scaled = gram[row + some[b]] * inverse[some[b]];
                ofRow += scaled;
                smallestOfRow = Math.min(smallestOfRow, scaled);
            }
            sum += ofRow * inverse[some[a]];
            smallest = Math.min(smallest, smallestOfRow * inverse[some[a]]);
        }
        double pairs = some.length * (some.length - 1.0) / 2;
        boolean known = pairs > 0 && !Double.isNaN(sum);
        figures.set(Column.MEAN_COSINE, known ? cosine(sum / pairs) : Double.NaN)
                .set(Column.SMALLEST_COSINE, known ? cosine(smallest) : Double.NaN);
    }

    /** Rounding may leave it a little beyond. */
    private static double cosine(double value) {
        return Math.max(-1, Math.min(1, value));
    }
}
