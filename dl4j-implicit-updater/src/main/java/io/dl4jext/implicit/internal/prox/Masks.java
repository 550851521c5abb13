package io.dl4jext.implicit.internal.prox;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/** Case distinctions in ND4J operations: masks are DOUBLE arrays of zeros and ones. */
final class Masks {

    private Masks() {}

    /** 1 where the condition holds, else 0. */
    static INDArray mask(INDArray condition) {
        return condition.castTo(DataType.DOUBLE);
    }

    static INDArray not(INDArray mask) {
        return mask.rsub(1);
    }

    /**
     * Element-wise: yes where the mask is 1, no where it is 0; NaN or infinity in the other one does no harm.
     * (Nd4j.where, 1.0.0-beta7 and 1.0.0-M2.1, takes its arguments the other way round and advances only one of them at
     * a time.)
     */
    static INDArray choose(INDArray mask, INDArray yes, INDArray no) {
        INDArray chosen = Nd4j.createUninitialized(yes.dataType(), yes.shape(), 'c');
        Nd4j.exec(DynamicCustomOp.builder("select")
                .addInputs(mask.gt(0.5), yes, no)
                .addOutputs(chosen)
                .build());
        return chosen;
    }
}
