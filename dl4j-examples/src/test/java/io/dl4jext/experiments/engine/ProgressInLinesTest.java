package io.dl4jext.experiments.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressInLinesTest {

    /** Whoever completes the work tells at once that it is finished; only what was estimated is late. */
    @Test
    void theLastOfTheWorkIsNotLate() {
        StringWriter text = new StringWriter();
        AtomicLong clock = new AtomicLong();
        try (Progress progress = new ProgressInLines(10, new PrintWriter(text), clock::get)) {
            progress.started("grid search");
            for (int candidate = 1; candidate <= 2; candidate++) {
                clock.addAndGet(15_000_000_000L);
                progress.advanced(5);
                progress.finished("candidate " + candidate);
            }
            clock.addAndGet(15_000_000_000L);
            progress.advanced(0);
            progress.late("daza-vgg");
        }
        assertThat(text.toString().lines())
                .containsExactly(
                        " 50 %, grid search, about 15 s left",
                        " 50 %, candidate 1", "100 %, candidate 2", "100 %, daza-vgg, longer than expected");
    }

    @Test
    void aLineAConfigurationAndOneEveryTenSeconds() {
        StringWriter text = new StringWriter();
        AtomicLong clock = new AtomicLong();
        try (Progress progress = new ProgressInLines(100, new PrintWriter(text), clock::get)) {
            progress.started("s16-lr0.1");
            for (int second = 1; second <= 25; second++) {
                clock.addAndGet(1_000_000_000L);
                progress.advanced(2);
            }
            progress.finished("s16-lr0.1: done");
        }
        assertThat(text.toString().lines())
                .containsExactly(
                        " 20 %, s16-lr0.1, about 40 s left",
                        " 40 %, s16-lr0.1, about 30 s left", " 50 %, s16-lr0.1: done");
    }
}
