package io.dl4jext.experiments.evidence.cell;

import java.util.Map;
import java.util.Optional;

/** The part of the machine that a cell gets. Immutable. */
public final class Share {

    private static final String THREADS = "OMP_NUM_THREADS";

    private final int of;

    private Share(int of) {
        this.of = of;
    }

    /** All of it. */
    static Share whole() {
        return new Share(1);
    }

    /** One of so many. */
    static Share one(int of) {
        return new Share(of);
    }

    /** How many cells there are at a time. */
    int of() {
        return of;
    }

    /** What is set in the environment of its process: as many threads of ND4J's and of BLAS as it has processors. */
    Map<String, String> environment() {
        int processors = Runtime.getRuntime().availableProcessors();
        return of == 1 ? Map.of() : Map.of(THREADS, String.valueOf(Math.max(1, processors / of)));
    }

    /** How many threads its process is told to use. */
    String threads() {
        return Optional.ofNullable(environment().get(THREADS))
                .or(() -> Optional.ofNullable(System.getenv(THREADS)))
                .orElse("not set");
    }
}
