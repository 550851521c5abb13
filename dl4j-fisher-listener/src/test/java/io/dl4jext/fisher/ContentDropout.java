package io.dl4jext.fisher;

import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Drops the values whose size is between 0.2 and 0.7: another mask for each sample, but always the same one. */
final class ContentDropout implements IDropout {

    private static final long serialVersionUID = 1L;

    private transient INDArray mask;

    @Override
    public INDArray applyDropout(
            INDArray input, INDArray result, int iteration, int epoch, LayerWorkspaceMgr workspaces) {
        double[] kept = new double[(int) input.length()];
        INDArray flat = input.dup('c').reshape(input.length());
        for (int i = 0; i < kept.length; i++) {
            double size = Math.abs(flat.getDouble(i));
            kept[i] = size > 0.2 && size < 0.7 ? 0 : 2;
        }
        mask = Nd4j.createFromArray(kept)
                .castTo(input.dataType())
                .reshape('c', input.shape())
                .detach();
        return input.muli(mask, result);
    }

    @Override
    public INDArray backprop(INDArray gradAtOutput, INDArray gradAtInput, int iteration, int epoch) {
        return gradAtOutput.muli(mask, gradAtInput);
    }

    @Override
    public void clear() {
        mask = null;
    }

    @Override
    @SuppressWarnings("MethodDoesntCallSuperMethod")
    public ContentDropout clone() {
        return new ContentDropout();
    }
}
