package io.dl4jext.fisher.internal.spectrum;

/**
 * The eigenvalues of a symmetric matrix in Java: Householder's reduction to tridiagonal form, then QL with implicit
 * shifts in the form without square roots of Pal, Walker and Kahan, as in LAPACK's {@code dsterf}. Errors are of the
 * size B·2⁻⁵²·|λ|_max.
 *
 * <p>The reduction works on whole rows, the matrix stays symmetric: twice the operations, but such that the compiler
 * vectorises, and no call that wakes threads. For the matrices of usual mini-batches that is several times faster than
 * LAPACK through ND4J; for large ones, which do not fit the processor's cache, LAPACK is.
 */
final class HouseholderQl {

    private static final int MOST_ITERATIONS = 30;

    /** (2⁻⁵³)². */
    private static final double SQUARED_PRECISION = 0x1p-106;

    /** The square of what is nothing beside entries of which the largest is at least 1. */
    private static final double SQUARED_NOTHING = 0x1p-200;

    private final int n;
    private final double[][] a;
    private final double[] diagonal;
    /** The squares of the elements beside the diagonal. */
    private final double[] squares;

    private HouseholderQl(double[] matrix, int n, double scale) {
        this.n = n;
        this.a = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                a[i][j] = matrix[i * n + j] / scale;
            }
        }
        this.diagonal = new double[n];
        this.squares = new double[n];
    }

    /**
     * The eigenvalues, in no order.
     *
     * @param matrix n × n finite entries, symmetric
     * @throws ArithmeticException if QL does not converge
     */
    static double[] eigenvalues(double[] matrix, int n) {
        double largest = 0;
        for (double entry : matrix) {
            largest = Math.max(largest, Math.abs(entry));
        }
        if (largest == 0) {
            return new double[n];
        }
        // A power of 2, so that nothing is rounded.
        double scale = Math.scalb(1.0, Math.getExponent(largest));
        HouseholderQl solver = new HouseholderQl(matrix, n, scale);
        solver.reduce();
        solver.iterate();
        for (int i = 0; i < n; i++) {
            solver.diagonal[i] *= scale;
        }
        return solver.diagonal;
    }

    /** A ← H A H for reflections H = 1 − v vᵀ/h that leave one element beside the diagonal in each row. */
    private void reduce() {
        double[] v = new double[n];
        double[] w = new double[n];
        for (int k = 0; k < n; k++) {
            int from = k + 1;
            diagonal[k] = a[k][k];
            double square = 0;
            for (int j = from; j < n; j++) {
                v[j] = a[k][j];
                square += v[j] * v[j];
            }
            squares[k] = square;
            if (square == 0 || from == n - 1) {
                continue;
            }
            double beside = -Math.copySign(Math.sqrt(square), v[from]);
            double h = square - beside * v[from];
            v[from] -= beside;
            multiply(v, w, from);
            double product = 0;
            for (int j = from; j < n; j++) {
                w[j] /= h;
                product += w[j] * v[j];
            }
            addScaled(w, -product / (2 * h), v, from);
            for (int i = from; i < n; i++) {
                subtractTwo(a[i], v[i], w, w[i], v, from);
            }
        }
    }

    /** w = A v, as the sum of A's rows. */
    private void multiply(double[] v, double[] w, int from) {
        for (int j = from; j < n; j++) {
            w[j] = 0;
        }
        for (int i = from; i < n; i++) {
            addScaled(w, v[i], a[i], from);
        }
    }

    private static void addScaled(double[] sums, double factor, double[] terms, int from) {
        for (int j = from; j < sums.length; j++) {
            sums[j] += factor * terms[j];
        }
    }

    private static void subtractTwo(
            double[] row, double factor, double[] terms, double otherFactor, double[] others, int from) {
        for (int j = from; j < row.length; j++) {
            row[j] -= factor * terms[j] + otherFactor * others[j];
        }
    }

    private void iterate() {
        for (int first = 0; first < n; first++) {
            for (int iteration = 0; ; iteration++) {
                int last = first;
                while (last < n - 1 && !isSmall(last)) {
                    last++;
                }
                if (last == first) {
                    break;
                }
                if (iteration == MOST_ITERATIONS) {
                    throw new ArithmeticException("QL did not converge on a " + n + " x " + n + " Gram matrix");
                }
                step(first, last);
            }
        }
    }

    private boolean isSmall(int i) {
        return squares[i] <= SQUARED_PRECISION * Math.abs(diagonal[i] * diagonal[i + 1]) + SQUARED_NOTHING;
    }

    private void step(int first, int last) {
        double beside = Math.sqrt(squares[first]);
        double ratio = (diagonal[first + 1] - diagonal[first]) / (2 * beside);
        double shift = diagonal[first] - beside / (ratio + Math.copySign(Math.sqrt(ratio * ratio + 1), ratio));
        double c = 1;
        double s = 0;
        double gamma = diagonal[last] - shift;
        double p = gamma * gamma;
        for (int i = last - 1; i >= first; i--) {
            double square = squares[i];
            double r = p + square;
            if (i < last - 1) {
                squares[i + 1] = s * r;
            }
            double before = c;
            c = p / r;
            s = square / r;
            double oldGamma = gamma;
            gamma = c * (diagonal[i] - shift) - s * oldGamma;
            diagonal[i + 1] = oldGamma + (diagonal[i] - gamma);
            p = c != 0 ? gamma * gamma / c : before * square;
        }
        squares[first] = s * p;
        diagonal[first] = shift + gamma;
    }
}
