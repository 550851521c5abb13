package io.dl4jext.spark;

import org.apache.spark.SparkEnv;
import org.nd4j.parameterserver.distributed.v2.transport.PortSupplier;

/**
 * A port of its own for the driver and for each executor, for gradient sharing where several of them are on one
 * machine: DL4J's {@code StaticPortSupplier} gives all of them the same, which only one can open.
 */
public final class ExecutorPorts implements PortSupplier {

    private static final long serialVersionUID = 1L;

    private final int first;

    /** @param first the driver's; those of the executors follow, in the order of their numbers */
    public ExecutorPorts(int first) {
        this.first = first;
    }

    @Override
    public int getPort() {
        String executor = SparkEnv.get().executorId();
        return executor.equals("driver") ? first : first + 1 + Integer.parseInt(executor);
    }
}
