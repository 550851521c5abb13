package io.dl4jext.fisher;

/** The angles between the per-sample gradients: cos(g_i, g_j) = F̃_ij/√(F̃_ii F̃_jj). */
final class GradientAngles {

    private GradientAngles() {}

    /**
     * Sets the columns of the mean and of the smallest cosine; NaN where there is no pair of gradients that are not zero.
     *
     * @param norms ‖g_i‖
     * @param gram the B² entries of F̃
     */
    static void set(Figures figures, double[] norms, double[] gram) {
        int samples = norms.length;
        double sum = 0;
        double smallest = Double.POSITIVE_INFINITY;
        long pairs = 0;
        for (int i = 0; i < samples; i++) {
            for (int j = 0; j < i; j++) {
                if (norms[i] > 0 && norms[j] > 0) {
                    double cosine = gram[i * samples + j] / norms[i] / norms[j];
                    sum += cosine;
                    // Rounding may leave it a little beyond.
                    smallest = Math.min(smallest, Math.max(-1, Math.min(1, cosine)));
                    pairs++;
                }
            }
        }
        boolean known = pairs > 0 && !Double.isNaN(sum);
        figures.set(Column.MEAN_COSINE, known ? Math.max(-1, Math.min(1, sum / pairs)) : Double.NaN)
                .set(Column.SMALLEST_COSINE, known ? smallest : Double.NaN);
    }
}
