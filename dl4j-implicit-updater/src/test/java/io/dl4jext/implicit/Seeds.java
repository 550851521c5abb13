package io.dl4jext.implicit;

import java.util.Random;

/** The source of every random test: prints its seed and takes another by {@code -Ddl4jext.seed=N}. */
public final class Seeds {

    private Seeds() {}

    public static Random random(String test) {
        long seed = Long.getLong("dl4jext.seed", 20190131L);
        System.out.println(test + ": seed " + seed);
        return new Random(seed);
    }
}
