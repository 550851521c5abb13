package io.dl4jext.updater.internal.elementwise;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;

/** Runs steps over arrays. */
interface Steps {

    /** Loops over host memory where they can be used, ND4J operations elsewhere. */
    static Steps of(DataType type) {
        boolean host = Nd4j.getExecutioner().type() == OpExecutioner.ExecutionerType.NATIVE_CPU;
        return host && (type == DataType.FLOAT || type == DataType.DOUBLE) ? new HostSteps() : new OperationSteps();
    }

    /** @param arrays of equal length, in the step's order */
    void run(ElementStep step, VectorPart[] arrays, long first);

    double sumOfSquares(VectorPart array);
}
