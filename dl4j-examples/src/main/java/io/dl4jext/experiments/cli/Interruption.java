package io.dl4jext.experiments.cli;

import java.io.PrintWriter;
import java.nio.file.Path;

/** Tells where the results are when the user stops the program before it is done. */
public final class Interruption implements AutoCloseable {

    private final Thread farewell;

    private Interruption(Thread farewell) {
        this.farewell = farewell;
    }

    /** From now on, until it is closed. */
    public static Interruption leaving(Path folder, PrintWriter err) {
        Thread farewell = new Thread(() -> err.println("\nInterrupted. What was measured so far is in " + folder));
        Runtime.getRuntime().addShutdownHook(farewell);
        return new Interruption(farewell);
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(farewell);
        } catch (IllegalStateException e) {
            // Java is going down already: the hook has its say.
        }
    }
}
