package io.dl4jext.fisher.internal.gram;

import org.nd4j.linalg.api.blas.Blas;
import org.nd4j.linalg.factory.Nd4j;

/**
 * As long as one is open, each call of BLAS is done by the thread that calls: for products that several threads take
 * side by side. (Of its own threads BLAS makes little use where products are small, and it lets one call at a time have
 * them.) The number of threads is the process's; the last one to close puts back what the first one found.
 */
final class SingleThreadedBlas implements AutoCloseable {

    private static int open;
    private static int threads;

    private SingleThreadedBlas() {}

    static SingleThreadedBlas open() {
        synchronized (SingleThreadedBlas.class) {
            Blas blas = Nd4j.factory().blas();
            if (open == 0) {
                threads = blas.getMaxThreads();
                blas.setMaxThreads(1);
            }
            open++;
        }
        return new SingleThreadedBlas();
    }

    @Override
    public void close() {
        synchronized (SingleThreadedBlas.class) {
            open--;
            if (open == 0) {
                Nd4j.factory().blas().setMaxThreads(threads);
            }
        }
    }
}
