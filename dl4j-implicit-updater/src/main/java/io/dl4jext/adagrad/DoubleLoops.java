package io.dl4jext.adagrad;

/** The loops of the steps in double arithmetic, one by one those of {@link FloatLoops}. */
final class DoubleLoops {

    /** So that the cube of its cube root is normal. */
    private static final double SMALLEST_CUBE = 1e-300;

    /** Makes a third of a double's bits the bits of an approximate cube root. */
    private static final long CUBE_ROOT_BIAS = 0x2A9F789300000000L;

    private DoubleLoops() {}

    /** G ← old·G + fresh·g². */
    static void accumulate(double[] sum, double[] gradient, double old, double fresh, int n) {
        for (int i = 0; i < n; i++) {
            sum[i] = old * sum[i] + fresh * (gradient[i] * gradient[i]);
        }
    }

    /** target ← g². */
    static void square(double[] target, double[] gradient, int n) {
        for (int i = 0; i < n; i++) {
            target[i] = gradient[i] * gradient[i];
        }
    }

    /** sum ← sum + factor·x. */
    static void add(double[] sum, double[] x, double factor, int n) {
        for (int i = 0; i < n; i++) {
            sum[i] += factor * x[i];
        }
    }

    /** g ← rate·g/(√(G + inside) + outside). */
    static void scale(double[] gradient, double[] sum, double rate, double inside, double outside, int n) {
        for (int i = 0; i < n; i++) {
            gradient[i] = rate * gradient[i] / (Math.sqrt(sum[i] + inside) + outside);
        }
    }

    static void multiply(double[] gradient, double factor, int n) {
        for (int i = 0; i < n; i++) {
            gradient[i] *= factor;
        }
    }

    /** v ← momentum·v + u, u ← v. */
    static void move(double[] update, double[] velocity, double momentum, int n) {
        for (int i = 0; i < n; i++) {
            double moved = momentum * velocity[i] + update[i];
            velocity[i] = moved;
            update[i] = moved;
        }
    }

    /** h ← rate/(√(G + inside) + outside). */
    static void rates(double[] rates, double[] sum, double rate, double inside, double outside, int n) {
        for (int i = 0; i < n; i++) {
            rates[i] = rate / (Math.sqrt(sum[i] + inside) + outside);
        }
    }

    /** g ← θ − x, the proximal step x from y = θ − h·g: x = sign(y)·max(|y| − h·l1, 0)/(1 + h·l2). */
    static void proximal(double[] gradient, double[] rates, double[] parameters, double l1, double l2, int n) {
        for (int i = 0; i < n; i++) {
            double y = parameters[i] - rates[i] * gradient[i];
            double t = rates[i] * l1;
            double shrunk = Math.max(y - t, 0) + Math.min(y + t, 0);
            gradient[i] = parameters[i] - shrunk / (1 + rates[i] * l2);
        }
    }

    /** weights ← rate·√T, with each parameter's own T. */
    static void weights(double[] weights, double[] counts, double rate, int n) {
        for (int i = 0; i < n; i++) {
            weights[i] = rate * Math.sqrt(counts[i]);
        }
    }

    /** s ← s + w·g, v ← v + w·g². */
    static void accumulate(double[] s, double[] v, double[] gradient, double[] weights, int n) {
        for (int i = 0; i < n; i++) {
            s[i] += weights[i] * gradient[i];
        }
        for (int i = 0; i < n; i++) {
            v[i] += weights[i] * (gradient[i] * gradient[i]);
        }
    }

    /** g ← θ − w, w = −rate·z/√G. */
    static void average(double[] gradient, double[] z, double[] sum, double[] parameters, double rate, int n) {
        for (int i = 0; i < n; i++) {
            gradient[i] = parameters[i] + rate * z[i] / Math.sqrt(sum[i]);
        }
    }

    /** x ← sign(z)·max(|z| − l1·T, 0), with each parameter's own T. */
    static void shrink(double[] x, double[] z, double[] counts, double l1, int n) {
        for (int i = 0; i < n; i++) {
            double threshold = l1 * counts[i];
            x[i] = Math.max(z[i] - threshold, 0) + Math.min(z[i] + threshold, 0);
        }
    }

    /** g ← θ − w, w = −rate·g/(√G + l2·T), with each parameter's own T. */
    static void average(
            double[] gradient, double[] sum, double[] counts, double[] parameters, double rate, double l2, int n) {
        for (int i = 0; i < n; i++) {
            gradient[i] = rate * gradient[i] / (Math.sqrt(sum[i]) + l2 * counts[i]);
        }
        for (int i = 0; i < n; i++) {
            gradient[i] += parameters[i];
        }
    }

    /** x ← rate·z/√G. */
    static void displacement(double[] x, double[] z, double[] sum, double rate, int n) {
        for (int i = 0; i < n; i++) {
            x[i] = rate * z[i] / Math.sqrt(sum[i]);
        }
    }

    /** d' = (1 − fresh)·d + fresh·x, x ← d' − d, d ← d'. */
    static void follow(double[] x, double[] displacement, double fresh, int n) {
        double kept = 1 - fresh;
        for (int i = 0; i < n; i++) {
            double old = displacement[i];
            double now = kept * old + fresh * x[i];
            displacement[i] = now;
            x[i] = now - old;
        }
    }

    /** x ← s/(∛v + ε), the root to double precision: a start from the bits, then three steps of Halley. */
    static void overCubeRoot(double[] x, double[] s, double[] v, double epsilon, int n) {
        for (int i = 0; i < n; i++) {
            double a = Math.max(v[i], SMALLEST_CUBE);
            x[i] = Double.longBitsToDouble(Double.doubleToRawLongBits(a) / 3 + CUBE_ROOT_BIAS);
        }
        halley(x, v, n);
        halley(x, v, n);
        halley(x, v, n);
        for (int i = 0; i < n; i++) {
            x[i] = s[i] / (x[i] + epsilon);
        }
    }

    private static void halley(double[] root, double[] v, int n) {
        for (int i = 0; i < n; i++) {
            double y = root[i];
            double cube = y * y * y;
            double a = Math.max(v[i], SMALLEST_CUBE);
            root[i] = y * ((cube + a + a) / (cube + cube + a));
        }
    }
}
