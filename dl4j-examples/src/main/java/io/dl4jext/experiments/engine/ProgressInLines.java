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
        if (done < totalWork && seconds(lastLine) >= PAUSE_SECONDS) {
            double left = seconds(start) * (totalWork - done) / done;
            print(String.format(Locale.ROOT, "%s, %s, about %.0f s left", percent(), configuration, left));
        }
    }

    @Override
    public void late(String name) {
        print(percent() + ", " + name + ", longer than expected");
    }

    @Override
    public void finished(String line) {
        print(percent() + ", " + line);
    }

    private String percent() {
        return String.format(Locale.ROOT, "%3d %%", 100 * done / totalWork);
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
