package io.dl4jext.experiments.data;

import java.util.SplittableRandom;

/** Random orders that are the same on every machine for the same seed. */
final class Shuffle {

    private Shuffle() {}

    /** 0, 1, …, size − 1 in random order (Fisher and Yates). */
    static int[] permutation(int size, SplittableRandom random) {
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }
}
