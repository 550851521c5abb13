package io.dl4jext.entropysgd;

/**
 * Standard normal numbers, each a function of seed, iteration and index, by the ziggurat method (Marsaglia and Tsang,
 * 2000, in the form of Doornik, 2005): 128 layers of equal area, of which all but one in eighty draws need a random
 * number and a comparison only. The random numbers of an index are a chain of SplitMix64's mixing function (Steele, Lea
 * and Flood, 2014).
 */
final class GaussianDraws {

    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    private static final double UNIT = 0x1p-53;

    private static final int LAYERS = 128;

    /** Where the tail begins, and the area of each layer under exp(−x²/2), the tail included in the lowest. */
    private static final double TAIL = 3.442619855899;

    private static final double AREA = 9.91256303526217e-3;

    /** The widths of the layers, from the lowest up. */
    private static final double[] WIDTHS = widths();

    private final long key;

    GaussianDraws(long seed, int iteration) {
        key = mix(mix(seed + GOLDEN) + iteration * GOLDEN);
    }

    private static double[] widths() {
        double[] widths = new double[LAYERS + 1];
        widths[0] = AREA / Math.exp(-0.5 * TAIL * TAIL);
        widths[1] = TAIL;
        for (int i = 2; i < LAYERS; i++) {
            double below = widths[i - 1];
            widths[i] = Math.sqrt(-2 * Math.log(AREA / below + Math.exp(-0.5 * below * below)));
        }
        return widths;
    }

    private static long mix(long value) {
        long z = (value ^ value >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    /** target[i] = the number of index first + i. */
    void fill(double[] target, int n, long first) {
        for (int i = 0; i < n; i++) {
            long bits = mix(key + (first + i + 1) * GOLDEN);
            int layer = layer(bits);
            double x = signed(bits) * WIDTHS[layer];
            target[i] = Math.abs(x) < WIDTHS[layer + 1] ? x : beside(bits);
        }
    }

    /** Not inside the next layer: under the curve, in the tail, or a new draw. */
    private static double beside(long bits) {
        long state = bits;
        while (true) {
            int layer = layer(state);
            double x = signed(state) * WIDTHS[layer];
            double square = x * x;
            if (Math.abs(x) < WIDTHS[layer + 1]) {
                return x;
            }
            if (layer == 0) {
                return Math.copySign(tail(state), x);
            }
            state = mix(state + GOLDEN);
            double low = Math.exp(-0.5 * (WIDTHS[layer] * WIDTHS[layer] - square));
            double high = Math.exp(-0.5 * (WIDTHS[layer + 1] * WIDTHS[layer + 1] - square));
            if (high + positive(state) * (low - high) < 1) {
                return x;
            }
            state = mix(state + GOLDEN);
        }
    }

    private static double tail(long bits) {
        long state = bits;
        while (true) {
            state = mix(state + GOLDEN);
            double x = -Math.log(positive(state)) / TAIL;
            state = mix(state + GOLDEN);
            double y = -Math.log(positive(state));
            if (2 * y > x * x) {
                return TAIL + x;
            }
        }
    }

    private static int layer(long bits) {
        return (int) bits & LAYERS - 1;
    }

    /** In [−1, 1), from other bits than the layer. */
    private static double signed(long bits) {
        return (bits >> 10) * UNIT;
    }

    /** In (0, 1]. */
    private static double positive(long bits) {
        return ((bits >>> 11) + 1) * UNIT;
    }
}
