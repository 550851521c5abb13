package io.dl4jext.adagrad;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Soft thresholding in ND4J operations. */
final class Shrinkage {

    private Shrinkage() {}

    /** sign(y)·max(|y| − t, 0), element by element. */
    static INDArray of(INDArray y, INDArray t) {
        return Transforms.max(y.sub(t), 0, false).addi(Transforms.min(y.add(t), 0, false));
    }
}
