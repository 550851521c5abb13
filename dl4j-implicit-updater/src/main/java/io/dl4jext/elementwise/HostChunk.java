package io.dl4jext.elementwise;

/** One thread's copies of some neighbouring elements. */
final class HostChunk {

    private float[][] floats = new float[0][];
    private double[][] doubles = new double[0][];

    void run(ElementStep step, HostSlice[] slices, int from, int length, long first) {
        if (slices[0].isDouble()) {
            double[][] arrays = doubles(slices.length);
            for (int i = 0; i < slices.length; i++) {
                slices[i].read(from, arrays[i], length);
            }
            step.doubles(arrays, length, first);
            for (int i = 0; i < slices.length; i++) {
                if (step.writes(i)) {
                    slices[i].write(from, arrays[i], length);
                }
            }
        } else {
            float[][] arrays = floats(slices.length);
            for (int i = 0; i < slices.length; i++) {
                slices[i].read(from, arrays[i], length);
            }
            step.floats(arrays, length, first);
            for (int i = 0; i < slices.length; i++) {
                if (step.writes(i)) {
                    slices[i].write(from, arrays[i], length);
                }
            }
        }
    }

    double sumOfSquares(HostSlice slice, int from, int length) {
        if (slice.isDouble()) {
            double[] values = doubles(1)[0];
            slice.read(from, values, length);
            return sumOfSquares(values, length);
        }
        float[] values = floats(1)[0];
        slice.read(from, values, length);
        return sumOfSquares(values, length);
    }

    /** In double precision; four sums, so that no addition waits for the one before. */
    private static double sumOfSquares(float[] x, int n) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int whole = n & ~3;
        for (int i = 0; i < whole; i += 4) {
            a += (double) x[i] * x[i];
            b += (double) x[i + 1] * x[i + 1];
            c += (double) x[i + 2] * x[i + 2];
            d += (double) x[i + 3] * x[i + 3];
        }
        for (int i = whole; i < n; i++) {
            a += (double) x[i] * x[i];
        }
        return a + b + (c + d);
    }

    /** As for float. */
    private static double sumOfSquares(double[] x, int n) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int whole = n & ~3;
        for (int i = 0; i < whole; i += 4) {
            a += x[i] * x[i];
            b += x[i + 1] * x[i + 1];
            c += x[i + 2] * x[i + 2];
            d += x[i + 3] * x[i + 3];
        }
        for (int i = whole; i < n; i++) {
            a += x[i] * x[i];
        }
        return a + b + (c + d);
    }

    private float[][] floats(int arrays) {
        if (floats.length < arrays) {
            floats = new float[arrays][HostSteps.CHUNK];
        }
        return floats;
    }

    private double[][] doubles(int arrays) {
        if (doubles.length < arrays) {
            doubles = new double[arrays][HostSteps.CHUNK];
        }
        return doubles;
    }
}
