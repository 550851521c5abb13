package io.dl4jext.experiments.durability;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import org.bytedeco.javacpp.Pointer;

/** What this JVM holds at a moment, after a collection of garbage. */
final class SoakSample {

    private static final double MEBI = 1 << 20;

    final double minutes;
    /** All trainings' so far. */
    final long updates;

    final long measurements;

    /** In MiB: Java's heap in use, what JavaCPP has allocated outside of it, direct buffers, the whole process. */
    final double heap;

    final double nativeMemory;
    final double direct;
    final double process;

    final int threads;
    /** Open file handles; NaN where the operating system does not say. */
    final double files;

    SoakSample(double minutes, long updates, long measurements) {
        this.minutes = minutes;
        this.updates = updates;
        this.measurements = measurements;
        System.gc();
        heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / MEBI;
        nativeMemory = Pointer.totalBytes() / MEBI;
        direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                        .filter(pool -> pool.getName().equals("direct"))
                        .mapToLong(BufferPoolMXBean::getMemoryUsed)
                        .sum()
                / MEBI;
        process = Pointer.physicalBytes() / MEBI;
        threads = ManagementFactory.getThreadMXBean().getThreadCount();
        OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
        files = system instanceof UnixOperatingSystemMXBean
                ? ((UnixOperatingSystemMXBean) system).getOpenFileDescriptorCount()
                : Double.NaN;
    }
}
