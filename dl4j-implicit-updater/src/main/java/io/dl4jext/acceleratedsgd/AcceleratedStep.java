package io.dl4jext.acceleratedsgd;

import io.dl4jext.updater.internal.elementwise.ElementStep;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The arrays: gradient g, distance e = w̄ − w. With m = α·e − long·g, which is the new w̄ less the old w, the update is
 * u = short·g − (1 − ζ)·m and the new distance m + u.
 */
final class AcceleratedStep implements ElementStep {

    private final double alpha;
    private final double longRate;
    private final double shortRate;
    private final double share;

    AcceleratedStep(double rate, double longStep, double advantage) {
        double c = AcceleratedSgd.SMALL_CONSTANT;
        double beta = c * c * advantage / longStep;
        alpha = 1 - beta;
        longRate = beta * rate * longStep / c;
        shortRate = c / (c + beta) * rate;
        share = beta / (c + beta);
    }

    @Override
    public int[] states() {
        return new int[] {0};
    }

    @Override
    public boolean writes(int array) {
        return true;
    }

    @Override
    public void floats(float[][] arrays, int n, long first) {
        move(arrays[0], arrays[1], (float) alpha, (float) longRate, (float) shortRate, (float) share, n);
    }

    private static void move(float[] g, float[] e, float alpha, float longRate, float shortRate, float share, int n) {
        for (int i = 0; i < n; i++) {
            float m = alpha * e[i] - longRate * g[i];
            float update = shortRate * g[i] - share * m;
            e[i] = m + update;
            g[i] = update;
        }
    }

    @Override
    public void doubles(double[][] arrays, int n, long first) {
        double[] g = arrays[0];
        double[] e = arrays[1];
        for (int i = 0; i < n; i++) {
            double m = alpha * e[i] - longRate * g[i];
            double update = shortRate * g[i] - share * m;
            e[i] = m + update;
            g[i] = update;
        }
    }

    @Override
    public void operations(INDArray[] arrays, long first) {
        INDArray moved = arrays[1].mul(alpha).subi(arrays[0].mul(longRate));
        arrays[0].muli(shortRate).subi(moved.mul(share));
        arrays[1].assign(moved.addi(arrays[0]));
    }
}
