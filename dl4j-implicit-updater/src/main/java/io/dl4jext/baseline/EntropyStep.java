package io.dl4jext.baseline;

import io.dl4jext.elementwise.ElementStep;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The arrays: gradient g, a = x − x', b = x − μ. The inner step moves x' by −s, s = η'·(g − γ·a) − √η'·ε·N; then a grows by s
 * and b ← (1 − α)·b + α·a. The outer step moves x by −η·b, and x' and μ to it.
 */
final class EntropyStep implements ElementStep {

    private final double innerRate;
    private final double pull;
    private final double deviation;
    private final double averaging;
    private final double rate;
    private final boolean outer;
    private final GaussianDraws draws;

    EntropyStep(EntropySgd updater, int iteration, int epoch) {
        int steps = updater.getInnerSteps();
        innerRate = updater.getInnerRate();
        pull = updater.getScope() * Math.pow(1 + updater.getScopeGrowth(), iteration / steps);
        deviation = Math.sqrt(innerRate) * updater.getNoise();
        averaging = updater.getAveraging();
        rate = updater.getLearningRate(iteration, epoch);
        outer = iteration % steps == steps - 1;
        draws = new GaussianDraws(updater.getSeed(), iteration);
    }

    @Override
    public int[] states() {
        return new int[] {0, 1};
    }

    @Override
    public boolean writes(int array) {
        return true;
    }

    @Override
    public void floats(float[][] arrays, int n, long first) {
        float[] g = arrays[0];
        float[] a = arrays[1];
        float[] b = arrays[2];
        if (deviation > 0) {
            double[] noise = new double[n];
            draws.fill(noise, n, first);
            for (int i = 0; i < n; i++) {
                // Before the inner rate is multiplied.
                g[i] -= (float) (deviation / innerRate * noise[i]);
            }
        }
        inner(g, a, b, (float) innerRate, (float) pull, (float) averaging, n);
        if (outer) {
            outer(g, a, b, (float) rate, n);
        }
    }

    private static void inner(float[] g, float[] a, float[] b, float innerRate, float pull, float averaging, int n) {
        for (int i = 0; i < n; i++) {
            float step = innerRate * (g[i] - pull * a[i]);
            float distance = a[i] + step;
            b[i] += averaging * (distance - b[i]);
            a[i] = distance;
            g[i] = step;
        }
    }

    /** From x' − s, where the inner step led, to x − η·b. */
    private static void outer(float[] g, float[] a, float[] b, float rate, int n) {
        for (int i = 0; i < n; i++) {
            g[i] += rate * b[i] - a[i];
            a[i] = 0;
            b[i] = 0;
        }
    }

    @Override
    public void doubles(double[][] arrays, int n, long first) {
        double[] g = arrays[0];
        double[] a = arrays[1];
        double[] b = arrays[2];
        double[] noise = new double[n];
        if (deviation > 0) {
            draws.fill(noise, n, first);
        }
        for (int i = 0; i < n; i++) {
            double step = innerRate * (g[i] - pull * a[i]) - deviation * noise[i];
            double distance = a[i] + step;
            b[i] += averaging * (distance - b[i]);
            a[i] = distance;
            g[i] = step;
        }
        if (outer) {
            for (int i = 0; i < n; i++) {
                g[i] += rate * b[i] - a[i];
                a[i] = 0;
                b[i] = 0;
            }
        }
    }

    @Override
    public void operations(INDArray[] arrays, long first) {
        INDArray g = arrays[0];
        INDArray a = arrays[1];
        INDArray b = arrays[2];
        g.subi(a.mul(pull)).muli(innerRate);
        if (deviation > 0) {
            double[] noise = new double[Math.toIntExact(g.length())];
            draws.fill(noise, noise.length, first);
            g.subi(Nd4j.createFromArray(noise).muli(deviation).castTo(g.dataType()));
        }
        a.addi(g);
        b.muli(1 - averaging).addi(a.mul(averaging));
        if (outer) {
            g.addi(b.mul(rate)).subi(a);
            a.assign(0);
            b.assign(0);
        }
    }
}
