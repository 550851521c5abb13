package io.dl4jext.updater.internal.elementwise;

/** One thread's copies of some neighbouring elements. */
final class HostChunk {

    private float[][] floats = new float[0][];
    private double[][] doubles = new double[0][];

    void run(ElementStep step, HostVectors vectors, long from, int length, long first) {
        int count = vectors.count();
        if (vectors.isSingle()) {
            float[][] arrays = floats(count);
            for (int i = 0; i < count; i++) {
                vectors.get(i).read(from, arrays[i], length);
            }
            step.floats(arrays, length, first);
            for (int i = 0; i < count; i++) {
                if (step.writes(i)) {
                    vectors.get(i).write(from, arrays[i], length);
                }
            }
        } else {
            double[][] arrays = doubles(count);
            for (int i = 0; i < count; i++) {
                vectors.get(i).read(from, arrays[i], length);
            }
            step.doubles(arrays, length, first);
            for (int i = 0; i < count; i++) {
                if (step.writes(i)) {
                    vectors.get(i).write(from, arrays[i], length);
                }
            }
        }
    }

    double sumOfSquares(HostMemory memory, long from, int length) {
        if (memory.isSingle()) {
            float[] values = floats(1)[0];
            memory.read(from, values, length);
            return sumOfSquares(values, length);
        }
        double[] values = doubles(1)[0];
        memory.read(from, values, length);
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
