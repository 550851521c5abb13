package io.dl4jext.experiments.doctor;

/**
 * ND4J's own threads in 1.0.0-beta7, which crash the JVM where there are no more of them than loops at a time
 * (docs/memory.md).
 */
public final class ThreadPool {

    /** The environment variable that says how many there are, read when ND4J is loaded. */
    public static final String VARIABLE = "SD_MAX_THREADS";

    /** More than any training needs. */
    public static final String ENOUGH = "16";

    private ThreadPool() {}
}
