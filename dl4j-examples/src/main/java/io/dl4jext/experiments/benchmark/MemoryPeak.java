package io.dl4jext.experiments.benchmark;

import java.lang.management.ManagementFactory;
import java.util.concurrent.locks.LockSupport;
import org.bytedeco.javacpp.Pointer;

/** The most memory that this JVM takes while something runs in it, looked at every few milliseconds. In MiB. */
final class MemoryPeak {

    private static final double MEBI = 1 << 20;
    private static final long PAUSE_NANOS = 2_000_000;
    private static final int COLLECTIONS = 5;
    private static final long COLLECTION_MILLIS = 200;

    /** Of the whole process, and of Java's heap with what is garbage in it. */
    private volatile double process;

    private volatile double heap;
    private volatile boolean over;

    private static double heapNow() {
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / MEBI;
    }

    /** Runs it and looks on. */
    void of(Runnable work) throws InterruptedException {
        Thread watcher = new Thread(this::watch, "memory");
        watcher.setDaemon(true);
        watcher.start();
        try {
            work.run();
        } finally {
            over = true;
            watcher.join();
        }
    }

    private void watch() {
        while (!over) {
            process = Math.max(process, Pointer.physicalBytes() / MEBI);
            heap = Math.max(heap, heapNow());
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    double process() {
        return process;
    }

    double heap() {
        return heap;
    }

    /**
     * What collections leave on Java's heap. ND4J's arrays go in several: one finds them, another what has held them
     * meanwhile.
     */
    static double live() throws InterruptedException {
        double left = Double.POSITIVE_INFINITY;
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
            Thread.sleep(COLLECTION_MILLIS);
            left = Math.min(left, heapNow());
        }
        return left;
    }
}
