package io.dl4jext.experiments.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressInLinesTest {

    /** A cell of a report is said to take as long as it does as a rule. */
    @Test
    void whatTakesLongerThanItWasSaidToIsToldSo() {
        StringWriter text = new StringWriter();
        AtomicLong clock = new AtomicLong();
        try (Progress progress = new ProgressInLines(10, new PrintWriter(text), clock::get)) {
            progress.started("daza-vgg");
            for (int second = 1; second <= 20; second++) {
                clock.addAndGet(1_000_000_000L);
                progress.advanced(second <= 10 ? 1 : 0);
            }
        }
        assertThat(text.toString().lines())
                .containsExactly("100 %, daza-vgg, longer than expected", "100 %, daza-vgg, longer than expected");
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
