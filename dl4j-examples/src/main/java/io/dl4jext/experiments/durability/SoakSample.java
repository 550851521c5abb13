package io.dl4jext.experiments.durability;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import org.bytedeco.javacpp.Pointer;

/** What a JVM holds at a moment. Memory is in MiB. */
final class SoakSample {

    private static final double MEBI = 1 << 20;

    final double minutes;
    /** All trainings' so far. */
    final long updates;

    final long measurements;

    /** Java's heap in use. */
    final double heap;

    /** What JavaCPP has allocated outside of it. */
    final double javaCpp;

    final double direct;
    /** The whole process. */
    final double process;

    final int threads;
    /** Open file handles; NaN where the operating system does not say. */
    final double files;

    SoakSample(
            double minutes,
            long updates,
            long measurements,
            double heap,
            double javaCpp,
            double direct,
            double process,
            int threads,
            double files) {
        this.minutes = minutes;
        this.updates = updates;
        this.measurements = measurements;
        this.heap = heap;
        this.javaCpp = javaCpp;
        this.direct = direct;
        this.process = process;
        this.threads = threads;
        this.files = files;
    }

    /** Of this JVM now, after a collection of garbage. */
    static SoakSample take(double minutes, long updates, long measurements) {
        System.gc();
        double direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
        OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
        return new SoakSample(
                minutes,
                updates,
                measurements,
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / MEBI,
                Pointer.totalBytes() / MEBI,
                direct / MEBI,
                Pointer.physicalBytes() / MEBI,
                ManagementFactory.getThreadMXBean().getThreadCount(),
                system instanceof UnixOperatingSystemMXBean
                        ? ((UnixOperatingSystemMXBean) system).getOpenFileDescriptorCount()
                        : Double.NaN);
    }
}
