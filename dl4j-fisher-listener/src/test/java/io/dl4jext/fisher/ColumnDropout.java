package io.dl4jext.fisher;

import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Broadcast;
import org.nd4j.linalg.factory.Nd4j;

/** Drops every third feature, channel or unit (dimension 1) and scales the others: the same for every sample. */
final class ColumnDropout implements IDropout {

    private static final long serialVersionUID = 1L;

    @Override
    public INDArray applyDropout(
            INDArray input, INDArray result, int iteration, int epoch, LayerWorkspaceMgr workspaces) {
        return Broadcast.mul(input, mask(input), result, 1);
    }

    @Override
    public INDArray backprop(INDArray gradAtOutput, INDArray gradAtInput, int iteration, int epoch) {
        return Broadcast.mul(gradAtOutput, mask(gradAtOutput), gradAtInput, 1);
    }

    private static INDArray mask(INDArray array) {
        double[] mask = new double[(int) array.size(1)];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = i % 3 == 1 ? 0 : 1.5;
        }
        return Nd4j.createFromArray(mask).castTo(array.dataType());
    }

    @Override
    public void clear() {}

    @Override
    @SuppressWarnings("MethodDoesntCallSuperMethod")
    public ColumnDropout clone() {
        return new ColumnDropout();
    }
}
