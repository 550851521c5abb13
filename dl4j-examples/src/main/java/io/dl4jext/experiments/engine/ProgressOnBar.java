package io.dl4jext.experiments.engine;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar for the whole experiment, with the time that is left and the configuration at hand. */
final class ProgressOnBar implements Progress {

    private static final long PER_MILLE = 1000;
    private static final int UPDATE_MILLISECONDS = 250;

    private final long totalWork;
    private final ProgressBar bar;
    private long done;

    ProgressOnBar(String experiment, long totalWork) {
        this.totalWork = totalWork;
        this.bar = new ProgressBarBuilder()
                .setTaskName(experiment)
                .setInitialMax(PER_MILLE)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(UPDATE_MILLISECONDS)
                .build();
    }

    @Override
    public void started(String name) {
        bar.setExtraMessage(" " + name);
    }

    @Override
    public void advanced(long work) {
        done += work;
        bar.stepTo(PER_MILLE * done / totalWork);
    }

    @Override
    public void late(String name) {
        bar.setExtraMessage(" " + name + ", longer than expected");
    }

    @Override
    public void finished(String line) {}

    @Override
    public void close() {
        bar.close();
    }
}
