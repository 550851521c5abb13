package io.dl4jext.experiments.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.Callable;

/** What reading any file may end in: its content, or a fault that names it in one line; with little memory and soon. */
final class Bounds {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final long MOST_BYTES = 64 << 20;

    /** Far from what it takes: not a measurement, but an end of what does not end. */
    private static final Duration LONGEST = Duration.ofSeconds(20);

    private Bounds() {}

    /** @return whether it was read */
    static boolean hold(String named, Callable<?> read) throws Exception {
        long start = System.nanoTime();
        long before = allocated();
        boolean whole = true;
        try {
            read.call();
        } catch (DataFileException e) {
            assertThat(e.getMessage()).contains(named).doesNotContain("\n").hasSizeLessThan(700);
            whole = false;
        }
        assertThat(allocated() - before).as("bytes allocated").isLessThan(MOST_BYTES);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONGEST);
        return whole;
    }

    private static long allocated() {
        return THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
    }
}
