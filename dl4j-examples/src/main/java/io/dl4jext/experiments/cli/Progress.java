package io.dl4jext.experiments.cli;

import java.io.PrintWriter;

/** Tells how far an experiment is. Work is counted in units of the caller's choice. */
public interface Progress extends AutoCloseable {

    /** A bar with the experiment's name where somebody watches a terminal, lines otherwise. */
    static Progress of(String experiment, long totalWork, PrintWriter err) {
        return Terminal.isInteractive()
                ? new ProgressOnBar(experiment, totalWork)
                : new ProgressInLines(totalWork, err);
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
