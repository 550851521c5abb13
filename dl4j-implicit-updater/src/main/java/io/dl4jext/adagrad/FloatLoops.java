package io.dl4jext.adagrad;

import io.dl4jext.updater.internal.elementwise.StepCount;
import java.util.Arrays;

/**
 * The loops of the steps in float arithmetic: each short, as Java 17 makes vector instructions of short bodies only.
 */
final class FloatLoops implements Kernels<float[]> {

    /** The bits of 1e-36: a smaller v has a root far below any ε that works in float. */
    private static final int SMALLEST_CUBE = Float.floatToRawIntBits(1e-36f);

    /** Less a third of a float's bits, the bits of its inverse cube root, to within 4 %. */
    private static final int INVERSE_CUBE_ROOT = 0x54a2fa8c;

    @Override
    public float[] filled(float[] like, double value, int n) {
        float[] array = new float[n];
        Arrays.fill(array, (float) value);
        return array;
    }

    @Override
    public void copy(float[] from, float[] to, int n) {
        System.arraycopy(from, 0, to, 0, n);
    }

    @Override
    public void accumulate(float[] sum, float[] gradient, double old, double fresh, int n) {
        float kept = (float) old;
        float weight = (float) fresh;
        for (int i = 0; i < n; i++) {
            sum[i] = kept * sum[i] + weight * (gradient[i] * gradient[i]);
        }
    }

    @Override
    public void square(float[] target, float[] gradient, int n) {
        for (int i = 0; i < n; i++) {
            target[i] = gradient[i] * gradient[i];
        }
    }

    @Override
    public void add(float[] sum, float[] x, int n) {
        for (int i = 0; i < n; i++) {
            sum[i] += x[i];
        }
    }

    @Override
    public void scale(float[] gradient, float[] sum, double rate, double inside, double outside, int n) {
        float eta = (float) rate;
        float in = (float) inside;
        float out = (float) outside;
        for (int i = 0; i < n; i++) {
            gradient[i] = eta * gradient[i] / ((float) Math.sqrt(sum[i] + in) + out);
        }
    }

    @Override
    public void multiply(float[] gradient, double factor, int n) {
        float by = (float) factor;
        for (int i = 0; i < n; i++) {
            gradient[i] *= by;
        }
    }

    @Override
    public void move(float[] update, float[] velocity, double momentum, int n) {
        float mu = (float) momentum;
        for (int i = 0; i < n; i++) {
            float moved = mu * velocity[i] + update[i];
            velocity[i] = moved;
            update[i] = moved;
        }
    }

    @Override
    public void rates(float[] rates, float[] sum, double rate, double inside, double outside, int n) {
        float eta = (float) rate;
        float in = (float) inside;
        float out = (float) outside;
        for (int i = 0; i < n; i++) {
            rates[i] = eta / ((float) Math.sqrt(sum[i] + in) + out);
        }
    }

    @Override
    public void proximal(float[] gradient, float[] rates, float[] parameters, double l1, double l2, int n) {
        float lasso = (float) l1;
        float ridge = (float) l2;
        for (int i = 0; i < n; i++) {
            float y = parameters[i] - rates[i] * gradient[i];
            float t = rates[i] * lasso;
            float shrunk = Math.max(y - t, 0) + Math.min(y + t, 0);
            gradient[i] = parameters[i] - shrunk / (1 + rates[i] * ridge);
        }
    }

    @Override
    public void count(float[] counts, int iteration, int n) {
        StepCount.increase(counts, iteration, n);
    }

    /** A whole chunk has the same count nearly always: then one root will do. */
    @Override
    public void weigh(float[] s, float[] v, float[] gradient, float[] counts, double rate, int n) {
        float eta = (float) rate;
        if (StepCount.areEqual(counts, n)) {
            weigh(s, v, gradient, eta * (float) Math.sqrt(counts[0]), n);
            return;
        }
        for (int i = 0; i < n; i++) {
            float weight = eta * (float) Math.sqrt(counts[i]);
            s[i] += weight * gradient[i];
            v[i] += weight * (gradient[i] * gradient[i]);
        }
    }

    private static void weigh(float[] s, float[] v, float[] gradient, float weight, int n) {
        for (int i = 0; i < n; i++) {
            s[i] += weight * gradient[i];
        }
        for (int i = 0; i < n; i++) {
            v[i] += weight * (gradient[i] * gradient[i]);
        }
    }

    @Override
    public void average(float[] gradient, float[] z, float[] sum, float[] parameters, double rate, int n) {
        float eta = (float) rate;
        for (int i = 0; i < n; i++) {
            gradient[i] = parameters[i] + eta * z[i] / (float) Math.sqrt(sum[i]);
        }
    }

    @Override
    public void shrink(float[] x, float[] z, float[] counts, double l1, int n) {
        float lasso = (float) l1;
        for (int i = 0; i < n; i++) {
            float threshold = lasso * counts[i];
            x[i] = Math.max(z[i] - threshold, 0) + Math.min(z[i] + threshold, 0);
        }
    }

    @Override
    public void averageShrunk(
            float[] gradient, float[] sum, float[] counts, float[] parameters, double rate, double l2, int n) {
        float eta = (float) rate;
        float ridge = (float) l2;
        for (int i = 0; i < n; i++) {
            gradient[i] = eta * gradient[i] / ((float) Math.sqrt(sum[i]) + ridge * counts[i]);
        }
        for (int i = 0; i < n; i++) {
            gradient[i] += parameters[i];
        }
    }

    @Override
    public void displacement(float[] x, float[] z, float[] sum, double rate, int n) {
        float eta = (float) rate;
        for (int i = 0; i < n; i++) {
            x[i] = eta * z[i] / (float) Math.sqrt(sum[i]);
        }
    }

    @Override
    public void follow(float[] x, float[] displacement, double fresh, int n) {
        float weight = (float) fresh;
        float kept = 1 - weight;
        for (int i = 0; i < n; i++) {
            float old = displacement[i];
            float now = kept * old + weight * x[i];
            displacement[i] = now;
            x[i] = now - old;
        }
    }

    /**
     * x ← s/(∛v + ε), the root right but for its last bit. Division is slow, so w ≈ 1/∛v is refined first, from a start
     * by its bits; then y = v·w² by a step of Newton for y³ = v. The products are taken in an order that stays within
     * the range of normal numbers. v = 0 gives 0.
     */
    @Override
    public void overCubeRoot(float[] x, float[] s, float[] v, double epsilon, int n) {
        for (int i = 0; i < n; i++) {
            int bits = Math.max(Float.floatToRawIntBits(v[i]), SMALLEST_CUBE);
            x[i] = Float.intBitsToFloat(INVERSE_CUBE_ROOT - bits / 3);
        }
        refine(x, v, n);
        refine(x, v, n);
        float outside = (float) epsilon;
        for (int i = 0; i < n; i++) {
            float square = x[i] * x[i];
            float y = v[i] * square;
            x[i] = s[i] / (y + (v[i] - y * y * y) * square * (1f / 3) + outside);
        }
    }

    /** w ← w·(1 + r/3 + 2r²/9), the first terms of w·(1 − r)^(−1/3), r = 1 − v·w³. */
    private static void refine(float[] w, float[] v, int n) {
        for (int i = 0; i < n; i++) {
            float y = w[i];
            float r = 1 - v[i] * y * y * y;
            w[i] = y + y * r * (1f / 3 + 2f / 9 * r);
        }
    }
}
