package io.dl4jext.experiments.engine;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;

/** A line for each finished configuration, and one in between when ten seconds have passed without any. */
final class ProgressInLines implements Progress {

    private static final double PAUSE_SECONDS = 10;

    private final long totalWork;
    private final PrintWriter err;
    private final LongSupplier nanoTime;
    private final long start;
    private long lastLine;
    private long done;
    private String configuration = "";

    ProgressInLines(long totalWork, PrintWriter err) {
        this(totalWork, err, System::nanoTime);
    }

    ProgressInLines(long totalWork, PrintWriter err, LongSupplier nanoTime) {
        this.totalWork = totalWork;
        this.err = err;
        this.nanoTime = nanoTime;
        this.start = nanoTime.getAsLong();
        this.lastLine = start;
    }

    @Override
    public void started(String name) {
        configuration = name;
    }

    @Override
    public void advanced(long work) {
        done += work;
        if (seconds(lastLine) >= PAUSE_SECONDS) {
            print(String.format(Locale.ROOT, "%3d %%, %s, %s", 100 * done / totalWork, configuration, timeLeft()));
        }
    }

    /** All work is done before the end where it was only estimated, as that of a report is. */
    private String timeLeft() {
        return done >= totalWork
                ? "longer than expected"
                : String.format(Locale.ROOT, "about %.0f s left", seconds(start) * (totalWork - done) / done);
    }

    @Override
    public void finished(String line) {
        print(String.format(Locale.ROOT, "%3d %%, %s", 100 * done / totalWork, line));
    }

    @Override
    public void close() {}

    private void print(String line) {
        err.println(line);
        err.flush();
        lastLine = nanoTime.getAsLong();
    }

    private double seconds(long since) {
        return (nanoTime.getAsLong() - since) / 1e9;
    }
}
