package io.dl4jext.adagrad;

import io.dl4jext.updater.internal.elementwise.StepCount;
import java.util.Arrays;

/** The loops of the steps in double arithmetic, one by one those of {@link FloatLoops}. */
final class DoubleLoops implements Kernels<double[]> {

    /** The bits of 1e-300: a smaller v has a root far below any ε that works in double. */
    private static final long SMALLEST_CUBE = Double.doubleToRawLongBits(1e-300);

    /** As for float. */
    private static final long INVERSE_CUBE_ROOT = 0x553EF0FF289DD796L;

    @Override
    public double[] filled(double[] like, double value, int n) {
        double[] array = new double[n];
        Arrays.fill(array, value);
        return array;
    }

    @Override
    public void copy(double[] from, double[] to, int n) {
        System.arraycopy(from, 0, to, 0, n);
    }

    @Override
    public void accumulate(double[] sum, double[] gradient, double old, double fresh, int n) {
        double kept = old;
        double weight = fresh;
        for (int i = 0; i < n; i++) {
            sum[i] = kept * sum[i] + weight * (gradient[i] * gradient[i]);
        }
    }

    @Override
    public void square(double[] target, double[] gradient, int n) {
        for (int i = 0; i < n; i++) {
            target[i] = gradient[i] * gradient[i];
        }
    }

    @Override
    public void add(double[] sum, double[] x, int n) {
        for (int i = 0; i < n; i++) {
            sum[i] += x[i];
        }
    }

    @Override
    public void scale(double[] gradient, double[] sum, double rate, double inside, double outside, int n) {
        double eta = rate;
        double in = inside;
        double out = outside;
        for (int i = 0; i < n; i++) {
            gradient[i] = eta * gradient[i] / (Math.sqrt(sum[i] + in) + out);
        }
    }

    @Override
    public void multiply(double[] gradient, double factor, int n) {
        double by = factor;
        for (int i = 0; i < n; i++) {
            gradient[i] *= by;
        }
    }

    @Override
    public void move(double[] update, double[] velocity, double momentum, int n) {
        double mu = momentum;
        for (int i = 0; i < n; i++) {
            double moved = mu * velocity[i] + update[i];
            velocity[i] = moved;
            update[i] = moved;
        }
    }

    @Override
    public void rates(double[] rates, double[] sum, double rate, double inside, double outside, int n) {
        double eta = rate;
        double in = inside;
        double out = outside;
        for (int i = 0; i < n; i++) {
            rates[i] = eta / (Math.sqrt(sum[i] + in) + out);
        }
    }

    @Override
    public void proximal(double[] gradient, double[] rates, double[] parameters, double l1, double l2, int n) {
        double lasso = l1;
        double ridge = l2;
        for (int i = 0; i < n; i++) {
            double y = parameters[i] - rates[i] * gradient[i];
            double t = rates[i] * lasso;
            double shrunk = Math.max(y - t, 0) + Math.min(y + t, 0);
            gradient[i] = parameters[i] - shrunk / (1 + rates[i] * ridge);
        }
    }

    @Override
    public void count(double[] counts, int iteration, int n) {
        StepCount.increase(counts, n);
    }

    /** A whole chunk has the same count nearly always: then one root will do. */
    @Override
    public void weigh(double[] s, double[] v, double[] gradient, double[] counts, double rate, int n) {
        double eta = rate;
        if (StepCount.areEqual(counts, n)) {
            weigh(s, v, gradient, eta * Math.sqrt(counts[0]), n);
            return;
        }
        for (int i = 0; i < n; i++) {
            double weight = eta * Math.sqrt(counts[i]);
            s[i] += weight * gradient[i];
            v[i] += weight * (gradient[i] * gradient[i]);
        }
    }

    private static void weigh(double[] s, double[] v, double[] gradient, double weight, int n) {
        for (int i = 0; i < n; i++) {
            s[i] += weight * gradient[i];
        }
        for (int i = 0; i < n; i++) {
            v[i] += weight * (gradient[i] * gradient[i]);
        }
    }

    @Override
    public void average(double[] gradient, double[] z, double[] sum, double[] parameters, double rate, int n) {
        double eta = rate;
        for (int i = 0; i < n; i++) {
            gradient[i] = parameters[i] + eta * z[i] / Math.sqrt(sum[i]);
        }
    }

    @Override
    public void shrink(double[] x, double[] z, double[] counts, double l1, int n) {
        double lasso = l1;
        for (int i = 0; i < n; i++) {
            double threshold = lasso * counts[i];
            x[i] = Math.max(z[i] - threshold, 0) + Math.min(z[i] + threshold, 0);
        }
    }

    @Override
    public void averageShrunk(
            double[] gradient, double[] sum, double[] counts, double[] parameters, double rate, double l2, int n) {
        double eta = rate;
        double ridge = l2;
        for (int i = 0; i < n; i++) {
            gradient[i] = eta * gradient[i] / (Math.sqrt(sum[i]) + ridge * counts[i]);
        }
        for (int i = 0; i < n; i++) {
            gradient[i] += parameters[i];
        }
    }

    @Override
    public void displacement(double[] x, double[] z, double[] sum, double rate, int n) {
        double eta = rate;
        for (int i = 0; i < n; i++) {
            x[i] = eta * z[i] / Math.sqrt(sum[i]);
        }
    }

    @Override
    public void follow(double[] x, double[] displacement, double fresh, int n) {
        double weight = fresh;
        double kept = 1 - weight;
        for (int i = 0; i < n; i++) {
            double old = displacement[i];
            double now = kept * old + weight * x[i];
            displacement[i] = now;
            x[i] = now - old;
        }
    }

    /** As in float. */
    @Override
    public void overCubeRoot(double[] x, double[] s, double[] v, double epsilon, int n) {
        for (int i = 0; i < n; i++) {
            long bits = Math.max(Double.doubleToRawLongBits(v[i]), SMALLEST_CUBE);
            x[i] = Double.longBitsToDouble(INVERSE_CUBE_ROOT - bits / 3);
        }
        refine(x, v, n);
        refine(x, v, n);
        double outside = epsilon;
        for (int i = 0; i < n; i++) {
            double square = x[i] * x[i];
            double y = v[i] * square;
            x[i] = s[i] / (y + (v[i] - y * y * y) * square * (1.0 / 3) + outside);
        }
    }

    private static void refine(double[] w, double[] v, int n) {
        for (int i = 0; i < n; i++) {
            double y = w[i];
            double r = 1 - v[i] * y * y * y;
            w[i] = y + y * r * (1.0 / 3 + 2.0 / 9 * r);
        }
    }
}
