package io.dl4jext.adagrad;

/** The loops of the steps in float arithmetic: each short, as Java 17 makes vector instructions of short bodies only. */
final class FloatLoops {

    /** The cube of its cube root is normal, and both are far below any ε that works in float. */
    private static final float SMALLEST_CUBE = 1e-36f;

    /** Makes a third of a float's bits the bits of an approximate cube root. */
    private static final int CUBE_ROOT_BIAS = 709921077;

    private FloatLoops() {}

    /** G ← old·G + fresh·g². */
    static void accumulate(float[] sum, float[] gradient, float old, float fresh, int n) {
        for (int i = 0; i < n; i++) {
            sum[i] = old * sum[i] + fresh * (gradient[i] * gradient[i]);
        }
    }

    /** target ← g². */
    static void square(float[] target, float[] gradient, int n) {
        for (int i = 0; i < n; i++) {
            target[i] = gradient[i] * gradient[i];
        }
    }

    /** sum ← sum + factor·x. */
    static void add(float[] sum, float[] x, float factor, int n) {
        for (int i = 0; i < n; i++) {
            sum[i] += factor * x[i];
        }
    }

    /** g ← rate·g/(√(G + inside) + outside). */
    static void scale(float[] gradient, float[] sum, float rate, float inside, float outside, int n) {
        for (int i = 0; i < n; i++) {
            gradient[i] = rate * gradient[i] / ((float) Math.sqrt(sum[i] + inside) + outside);
        }
    }

    static void multiply(float[] gradient, float factor, int n) {
        for (int i = 0; i < n; i++) {
            gradient[i] *= factor;
        }
    }

    /** v ← momentum·v + u, u ← v. */
    static void move(float[] update, float[] velocity, float momentum, int n) {
        for (int i = 0; i < n; i++) {
            float moved = momentum * velocity[i] + update[i];
            velocity[i] = moved;
            update[i] = moved;
        }
    }

    /** h ← rate/(√(G + inside) + outside). */
    static void rates(float[] rates, float[] sum, float rate, float inside, float outside, int n) {
        for (int i = 0; i < n; i++) {
            rates[i] = rate / ((float) Math.sqrt(sum[i] + inside) + outside);
        }
    }

    /** g ← θ − x, the proximal step x from y = θ − h·g: x = sign(y)·max(|y| − h·l1, 0)/(1 + h·l2). */
    static void proximal(float[] gradient, float[] rates, float[] parameters, float l1, float l2, int n) {
        for (int i = 0; i < n; i++) {
            float y = parameters[i] - rates[i] * gradient[i];
            float t = rates[i] * l1;
            float shrunk = Math.max(y - t, 0) + Math.min(y + t, 0);
            gradient[i] = parameters[i] - shrunk / (1 + rates[i] * l2);
        }
    }

    /** weights ← rate·√T, with each parameter's own T. */
    static void weights(float[] weights, float[] counts, float rate, int n) {
        for (int i = 0; i < n; i++) {
            weights[i] = rate * (float) Math.sqrt(counts[i]);
        }
    }

    /** s ← s + w·g, v ← v + w·g². */
    static void accumulate(float[] s, float[] v, float[] gradient, float[] weights, int n) {
        for (int i = 0; i < n; i++) {
            s[i] += weights[i] * gradient[i];
        }
        for (int i = 0; i < n; i++) {
            v[i] += weights[i] * (gradient[i] * gradient[i]);
        }
    }

    /** g ← θ − w, w = −rate·z/√G. */
    static void average(float[] gradient, float[] z, float[] sum, float[] parameters, float rate, int n) {
        for (int i = 0; i < n; i++) {
            gradient[i] = parameters[i] + rate * z[i] / (float) Math.sqrt(sum[i]);
        }
    }

    /** x ← sign(z)·max(|z| − l1·T, 0), with each parameter's own T. */
    static void shrink(float[] x, float[] z, float[] counts, float l1, int n) {
        for (int i = 0; i < n; i++) {
            float threshold = l1 * counts[i];
            x[i] = Math.max(z[i] - threshold, 0) + Math.min(z[i] + threshold, 0);
        }
    }

    /** g ← θ − w, w = −rate·g/(√G + l2·T), with each parameter's own T. */
    static void average(
            float[] gradient, float[] sum, float[] counts, float[] parameters, float rate, float l2, int n) {
        for (int i = 0; i < n; i++) {
            gradient[i] = rate * gradient[i] / ((float) Math.sqrt(sum[i]) + l2 * counts[i]);
        }
        for (int i = 0; i < n; i++) {
            gradient[i] += parameters[i];
        }
    }

    /** x ← rate·z/√G. */
    static void displacement(float[] x, float[] z, float[] sum, float rate, int n) {
        for (int i = 0; i < n; i++) {
            x[i] = rate * z[i] / (float) Math.sqrt(sum[i]);
        }
    }

    /** d' = (1 − fresh)·d + fresh·x, x ← d' − d, d ← d'. */
    static void follow(float[] x, float[] displacement, float fresh, int n) {
        float kept = 1 - fresh;
        for (int i = 0; i < n; i++) {
            float old = displacement[i];
            float now = kept * old + fresh * x[i];
            displacement[i] = now;
            x[i] = now - old;
        }
    }

    /** x ← s/(∛v + ε), the root to float precision: a start from the bits, then two steps of Halley. */
    static void overCubeRoot(float[] x, float[] s, float[] v, float epsilon, int n) {
        for (int i = 0; i < n; i++) {
            float a = Math.max(v[i], SMALLEST_CUBE);
            x[i] = Float.intBitsToFloat(Float.floatToRawIntBits(a) / 3 + CUBE_ROOT_BIAS);
        }
        halley(x, v, n);
        halley(x, v, n);
        for (int i = 0; i < n; i++) {
            x[i] = s[i] / (x[i] + epsilon);
        }
    }

    private static void halley(float[] root, float[] v, int n) {
        for (int i = 0; i < n; i++) {
            float y = root[i];
            float cube = y * y * y;
            float a = Math.max(v[i], SMALLEST_CUBE);
            root[i] = y * ((cube + a + a) / (cube + cube + a));
        }
    }
}
