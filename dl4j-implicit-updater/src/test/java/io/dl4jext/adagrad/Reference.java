package io.dl4jext.adagrad;

import java.util.Arrays;

/**
 * The frameworks' documented formulas, one plain loop each in double precision, written without the code under test.
 * {@code borders} are the ends of the parameter tensors; {@code t} counts steps from 0.
 */
interface Reference {

    void step(double[] p, double[] g, int[] borders, int t, double lr);

    /** Yotkov, Keras, optax: p −= lr·g/√(acc + eps). */
    static Reference inside(double start, double eps) {
        double[][] acc = new double[1][];
        return (p, g, borders, t, lr) -> {
            if (acc[0] == null) {
                acc[0] = filled(p.length, start);
            }
            for (int i = 0; i < p.length; i++) {
                acc[0][i] += g[i] * g[i];
                p[i] -= lr * g[i] / Math.sqrt(acc[0][i] + eps);
            }
        };
    }

    /** PyTorch, TensorFlow's former one, DL4J: clr = lr/(1 + t·decay), p −= clr·g/(√acc + eps). */
    static Reference outside(double start, double eps, double lrDecay) {
        double[][] acc = new double[1][];
        return (p, g, borders, t, lr) -> {
            if (acc[0] == null) {
                acc[0] = filled(p.length, start);
            }
            double clr = lr / (1 + t * lrDecay);
            for (int i = 0; i < p.length; i++) {
                acc[0][i] += g[i] * g[i];
                p[i] -= clr * g[i] / (Math.sqrt(acc[0][i]) + eps);
            }
        };
    }

    /** acc = rho·acc + weight·g², then momentum on the scaled gradient: v = mu·v + lr·g/√(acc + eps), p −= v. */
    static Reference decayed(double rho, double weight, double eps, double mu) {
        double[][] state = new double[2][];
        return (p, g, borders, t, lr) -> {
            if (state[0] == null) {
                state[0] = new double[p.length];
                state[1] = new double[p.length];
            }
            for (int i = 0; i < p.length; i++) {
                state[0][i] = rho * state[0][i] + weight * g[i] * g[i];
                state[1][i] = mu * state[1][i] + lr * g[i] / Math.sqrt(state[0][i] + eps);
                p[i] -= state[1][i];
            }
        };
    }

    /** The whole history is kept; acc = start + the squares of the last w gradients. */
    static Reference windowed(int w, double start, double eps, double mu) {
        double[][] history = new double[1000][];
        double[][] velocity = new double[1][];
        return (p, g, borders, t, lr) -> {
            history[t] = g.clone();
            if (velocity[0] == null) {
                velocity[0] = new double[p.length];
            }
            for (int i = 0; i < p.length; i++) {
                double acc = start;
                for (int past = Math.max(0, t - w + 1); past <= t; past++) {
                    acc += history[past][i] * history[past][i];
                }
                velocity[0][i] = mu * velocity[0][i] + lr * g[i] / Math.sqrt(acc + eps);
                p[i] -= velocity[0][i];
            }
        };
    }

    /** AdaGrad-Norm: b² += ‖g‖², p −= lr·g/b, with a b for each tensor, or one for all. */
    static Reference norm(double start, boolean perTensor, double mu) {
        double[][] state = new double[2][];
        return (p, g, borders, t, lr) -> {
            int[] ends = perTensor ? borders : new int[] {p.length};
            if (state[0] == null) {
                state[0] = filled(ends.length, start);
                state[1] = new double[p.length];
            }
            int from = 0;
            for (int tensor = 0; tensor < ends.length; tensor++) {
                for (int i = from; i < ends[tensor]; i++) {
                    state[0][tensor] += g[i] * g[i];
                }
                for (int i = from; i < ends[tensor]; i++) {
                    state[1][i] = mu * state[1][i] + lr / Math.sqrt(state[0][tensor]) * g[i];
                    p[i] -= state[1][i];
                }
                from = ends[tensor];
            }
        };
    }

    /** TensorFlow's ProximalAdagrad; with eps inside for the others. */
    static Reference proximal(double start, double eps, double l1, double l2) {
        double[][] acc = new double[1][];
        return (p, g, borders, t, lr) -> {
            if (acc[0] == null) {
                acc[0] = filled(p.length, start);
            }
            for (int i = 0; i < p.length; i++) {
                acc[0][i] += g[i] * g[i];
                double rate = lr / Math.sqrt(acc[0][i] + eps);
                double prox = p[i] - rate * g[i];
                double size = Math.abs(prox) - rate * l1;
                p[i] = size <= 0 ? 0 : Math.signum(prox) * size / (1 + l2 * rate);
            }
        };
    }

    /** TensorFlow's AdagradDA. */
    static Reference dualAveraging(double start, double l1, double l2) {
        double[][] state = new double[2][];
        return (p, g, borders, t, lr) -> {
            if (state[0] == null) {
                state[0] = new double[p.length];
                state[1] = filled(p.length, start);
            }
            int globalStep = t + 1;
            for (int i = 0; i < p.length; i++) {
                state[0][i] += g[i];
                state[1][i] += g[i] * g[i];
                double size = Math.abs(state[0][i]) - l1 * globalStep;
                p[i] = size <= 0
                        ? 0
                        : -Math.signum(state[0][i]) * lr * size / (l2 * globalStep * lr + Math.sqrt(state[1][i]));
            }
        };
    }

    /** p = p₀ − lr·Σg/√(start + Σg²). */
    static Reference dualAveragingFromStart(double start) {
        double[][] state = new double[3][];
        return (p, g, borders, t, lr) -> {
            if (state[0] == null) {
                state[0] = new double[p.length];
                state[1] = filled(p.length, start);
                state[2] = p.clone();
            }
            for (int i = 0; i < p.length; i++) {
                state[0][i] += g[i];
                state[1][i] += g[i] * g[i];
                p[i] = state[2][i] - lr * state[0][i] / Math.sqrt(state[1][i]);
            }
        };
    }

    /** MADGRAD's package: x0 kept, z = x0 − s/(∛v + eps), p = (1 − ck)·p + ck·z. */
    static Reference madGrad(double momentum, double eps) {
        double[][] state = new double[3][];
        return (p, g, borders, t, lr) -> {
            if (state[0] == null) {
                state[0] = new double[p.length];
                state[1] = new double[p.length];
                state[2] = p.clone();
            }
            double ck = 1 - momentum;
            double lamb = (lr + eps) * Math.pow(t + 1, 0.5);
            for (int i = 0; i < p.length; i++) {
                state[1][i] += lamb * g[i] * g[i];
                double rms = Math.cbrt(state[1][i]) + eps;
                state[0][i] += lamb * g[i];
                double z = state[2][i] - state[0][i] / rms;
                p[i] = (1 - ck) * p[i] + ck * z;
            }
        };
    }

    private static double[] filled(int length, double value) {
        double[] array = new double[length];
        Arrays.fill(array, value);
        return array;
    }
}
