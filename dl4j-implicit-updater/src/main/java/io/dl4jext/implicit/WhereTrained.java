package io.dl4jext.implicit;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.regularization.Regularization;

/** A layer's regularisation, which is a part of the score only where DL4J does not train the layer: {@link Passes}. */
final class WhereTrained implements Regularization {

    private static final long serialVersionUID = 1L;

    private final Regularization regularization;
    private final transient Passes passes;

    WhereTrained(Regularization regularization, Passes passes) {
        this.regularization = regularization;
        this.passes = passes;
    }

    @Override
    public ApplyStep applyStep() {
        return regularization.applyStep();
    }

    @Override
    public void apply(INDArray param, INDArray gradView, double lr, int iteration, int epoch) {
        if (passes.train(param)) {
            regularization.apply(param, gradView, lr, iteration, epoch);
        }
    }

    @Override
    public double score(INDArray param, int iteration, int epoch) {
        return regularization.score(param, iteration, epoch);
    }

    @Override
    public WhereTrained clone() {
        return new WhereTrained(regularization.clone(), passes);
    }

    @Override
    public String toString() {
        return regularization.toString();
    }
}
