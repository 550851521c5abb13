package io.dl4jext.entropysgd;

import io.dl4jext.updater.internal.elementwise.ElementStep;
import io.dl4jext.updater.internal.elementwise.StepCount;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * The arrays: gradient g, a = x − x', b = x − μ, the number t of inner steps since the last outer one, and the number k
 * of outer steps if the scope grows. The inner step moves x' by −s, s = η'·(g − γ·a) − √η'·ε·N; then a grows by s
 * and b ← (1 − α)·b + α·a. The outer step moves x by −η·b, and x' and μ to it. Counts that ParallelWrapper averaged are
 * rounded.
 */
final class EntropyStep implements ElementStep {

    private final double innerRate;
    private final double scope;
    private final double growth;
    private final double deviation;
    private final double averaging;
    private final double rate;
    private final double lastStep;
    private final GaussianDraws draws;

    EntropyStep(EntropySgd updater, int iteration, int epoch) {
        innerRate = updater.getInnerRate();
        scope = updater.getScope();
        growth = updater.growsScope() ? 1 + updater.getScopeGrowth() : 1;
        deviation = Math.sqrt(innerRate) * updater.getNoise();
        averaging = updater.getAveraging();
        rate = updater.getLearningRate(iteration, epoch);
        lastStep = updater.getInnerSteps() - 0.5;
        draws = new GaussianDraws(updater.getSeed(), iteration);
    }

    @Override
    public int[] states() {
        return IntStream.range(0, growth > 1 ? 4 : 3).toArray();
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
        float[] pulls = new float[n];
        if (growth > 1) {
            Pull pull = new Pull();
            for (int i = 0; i < n; i++) {
                pulls[i] = (float) pull.after(arrays[4][i]);
            }
        } else {
            Arrays.fill(pulls, (float) scope);
        }
        inner(g, a, b, pulls, (float) innerRate, (float) averaging, n);
        outer(arrays, n);
    }

    private static void inner(float[] g, float[] a, float[] b, float[] pulls, float innerRate, float averaging, int n) {
        for (int i = 0; i < n; i++) {
            float step = innerRate * (g[i] - pulls[i] * a[i]);
            float distance = a[i] + step;
            b[i] += averaging * (distance - b[i]);
            a[i] = distance;
            g[i] = step;
        }
    }

    /** Where it is time: from x' − s, where the inner step led, to x − η·b. */
    private void outer(float[][] arrays, int n) {
        float[] t = arrays[3];
        float eta = (float) rate;
        float last = (float) lastStep;
        if (t[0] + 1 < last && StepCount.areEqual(t, n)) {
            Arrays.fill(t, 0, n, t[0] + 1);
            return;
        }
        for (int i = 0; i < n; i++) {
            t[i] += 1;
            if (t[i] >= last) {
                arrays[0][i] += eta * arrays[2][i] - arrays[1][i];
                arrays[1][i] = 0;
                arrays[2][i] = 0;
                t[i] = 0;
                if (growth > 1) {
                    arrays[4][i] += 1;
                }
            }
        }
    }

    @Override
    public void doubles(double[][] arrays, int n, long first) {
        double[] g = arrays[0];
        double[] a = arrays[1];
        double[] b = arrays[2];
        double[] t = arrays[3];
        double[] noise = new double[n];
        if (deviation > 0) {
            draws.fill(noise, n, first);
        }
        Pull pull = new Pull();
        for (int i = 0; i < n; i++) {
            double force = (growth > 1 ? pull.after(arrays[4][i]) : scope) * a[i];
            double step = innerRate * (g[i] - force) - deviation * noise[i];
            double distance = a[i] + step;
            b[i] += averaging * (distance - b[i]);
            a[i] = distance;
            g[i] = step;
            t[i] += 1;
            if (t[i] >= lastStep) {
                g[i] += rate * b[i] - a[i];
                a[i] = 0;
                b[i] = 0;
                t[i] = 0;
                if (growth > 1) {
                    arrays[4][i] += 1;
                }
            }
        }
    }

    @Override
    public void operations(INDArray[] arrays, long first) {
        INDArray g = arrays[0];
        INDArray a = arrays[1];
        INDArray b = arrays[2];
        INDArray t = arrays[3];
        INDArray force = a.mul(scope);
        if (growth > 1) {
            force.muli(Transforms.exp(arrays[4].mul(Math.log(growth)), false));
        }
        g.subi(force).muli(innerRate);
        if (deviation > 0) {
            double[] noise = new double[Math.toIntExact(g.length())];
            draws.fill(noise, noise.length, first);
            g.subi(Nd4j.createFromArray(noise).muli(deviation).castTo(g.dataType()));
        }
        a.addi(g);
        b.muli(1 - averaging).addi(a.mul(averaging));
        INDArray outer = t.addi(1).gte(lastStep).castTo(g.dataType());
        INDArray others = outer.rsub(1);
        g.addi(b.mul(rate).subi(a).muli(outer));
        a.muli(others);
        b.muli(others);
        t.muli(others);
        if (growth > 1) {
            arrays[4].addi(outer);
        }
    }

    /** γ after k outer steps; neighbours mostly have the same k, and a power takes long. */
    private final class Pull {

        private double count;
        private double value = scope;

        double after(double outerSteps) {
            if (outerSteps != count) {
                count = outerSteps;
                value = scope * Math.pow(growth, outerSteps);
            }
            return value;
        }
    }
}
