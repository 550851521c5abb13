package io.dl4jext.fisher.internal.capture;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** How the per-sample gradients of a vertex are had after its {@code doBackward}. */
interface VertexPass {

    /**
     * Hands them over.
     *
     * @param inputs copies from before the vertex's backward pass, as {@code epsilon} is; may be overwritten
     * @param epsilon the gradient with respect to the vertex's output
     * @param own DL4J's gradients by parameter
     */
    void after(INDArray[] inputs, INDArray epsilon, Map<String, INDArray> own);
}
