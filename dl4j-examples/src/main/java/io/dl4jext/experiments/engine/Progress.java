package io.dl4jext.experiments.engine;

import java.io.PrintWriter;

/** Tells how far an experiment is. Work is counted in units of the caller's choice. */
public interface Progress extends AutoCloseable {

    /** A bar with the experiment's name where somebody watches on a terminal, lines otherwise. */
    static Progress of(String experiment, long totalWork, PrintWriter err) {
        return Terminal.isWatched() ? new ProgressOnBar(experiment, totalWork) : new ProgressInLines(totalWork, err);
    }

    /** Tells nobody. */
    static Progress silent() {
        return new Progress() {
            @Override
            public void started(String name) {}

            @Override
            public void advanced(long work) {}

            @Override
            public void late(String name) {}

            @Override
            public void finished(String line) {}

            @Override
            public void close() {}
        };
    }

    /** A configuration begins. */
    void started(String name);

    /** Some more work is done. */
    void advanced(long work);

    /** A configuration takes longer than its work was estimated; said once of each. */
    void late(String name);

    /** A configuration has ended: one line about it. */
    void finished(String line);

    @Override
    void close();
}
