package io.dl4jext.fisher.internal.capture;

/** The first thing that went wrong while a backward pass was watched. */
final class Failures {

    private String where;
    private Throwable cause;

    void add(String place, Throwable thrown) {
        if (cause == null) {
            where = place;
            cause = thrown;
        }
    }

    boolean any() {
        return cause != null;
    }

    /** Throws what was kept, if anything. */
    void rethrow() {
        if (cause != null) {
            throw new IllegalStateException(
                    "Per-sample gradients of " + where + " could not be taken: " + cause, cause);
        }
    }
}
