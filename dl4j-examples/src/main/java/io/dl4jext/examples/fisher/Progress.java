package io.dl4jext.examples.fisher;

import java.io.PrintWriter;

/** Tells how far an experiment is. Work is counted in units of the caller's choice. */
interface Progress extends AutoCloseable {

    /** A bar where somebody watches a terminal, lines otherwise. */
    static Progress of(long totalWork, PrintWriter err) {
        return Terminal.isInteractive() ? new ProgressOnBar(totalWork) : new ProgressInLines(totalWork, err);
    }

    /** A configuration begins. */
    void started(String name);

    /** Some more work is done. */
    void advanced(long work);

    /** A configuration has ended: one line about it. */
    void finished(String line);

    @Override
    void close();
}
