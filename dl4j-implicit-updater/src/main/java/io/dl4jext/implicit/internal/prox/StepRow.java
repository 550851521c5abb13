package io.dl4jext.implicit.internal.prox;

/** Solves one row after the other, with working memory for one row. For one thread. */
final class StepRow {

    final double[] b;
    final double[] q;

    private final ImpliedSlope rule;
    private final int columns;
    private final double eta;
    private final double ridge;
    private final double[] p;
    private final double[] t;

    StepRow(ImpliedSlope rule, int columns, double eta, double mu) {
        this.rule = rule;
        this.columns = columns;
        this.eta = eta;
        this.ridge = 1 + eta * mu;
        this.b = new double[columns];
        this.q = new double[columns];
        this.p = new double[columns];
        this.t = new double[columns];
    }

    /** Puts α of a row with this N = ‖z‖² into b, whose place it takes; q serves as working memory. */
    void solve(double squaredNorm) {
        double scale = eta * squaredNorm;
        if (ridge != 1) {
            for (int j = 0; j < columns; j++) {
                b[j] /= ridge;
                q[j] /= ridge;
            }
        }
        for (int j = 0; j < columns; j++) {
            // The sign of b decides which way the step goes, also where the product vanishes; else this adds nothing.
            p[j] = scale * b[j] + Math.copySign(ImpliedSlope.SMALLEST, b[j]);
        }
        rule.row(q, p, t, columns);
        for (int j = 0; j < columns; j++) {
            // The second term is 0, but NaN wherever c or p is not finite.
            b[j] = b[j] * t[j] + ((q[j] - q[j]) + (p[j] - p[j]));
        }
    }
}
