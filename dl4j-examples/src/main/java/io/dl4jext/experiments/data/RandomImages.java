package io.dl4jext.experiments.data;

import java.util.SplittableRandom;

/** Images of noise with random labels: work for benchmarks, nothing to learn. */
public final class RandomImages {

    private RandomImages() {}

    /** {@code count} images with values uniform in [0, 1) and labels uniform over the classes. */
    public static Examples of(ImageShape shape, int classes, int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[Math.multiplyExact(shape.size(), count)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble();
        }
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            labels[i] = random.nextInt(classes);
        }
        return Examples.ofFloats(shape, classes, values, labels);
    }
}
