package io.dl4jext.updater.internal.elementwise;

import org.nd4j.linalg.api.ndarray.INDArray;

/** In ND4J operations, for any backend. */
final class OperationSteps implements Steps {

    @Override
    public void run(ElementStep step, VectorPart[] arrays, long first) {
        INDArray[] views = new INDArray[arrays.length];
        for (int i = 0; i < arrays.length; i++) {
            views[i] = arrays[i].view();
        }
        step.operations(views, first);
    }

    @Override
    public double sumOfSquares(VectorPart array) {
        double norm = array.view().norm2Number().doubleValue();
        return norm * norm;
    }
}
