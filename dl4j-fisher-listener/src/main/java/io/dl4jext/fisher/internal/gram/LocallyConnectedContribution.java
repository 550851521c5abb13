package io.dl4jext.fisher.internal.gram;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The contribution of a layer with weights of its own at each output position p: an outer product of patch and delta
 * for each of them, in the order of the positions, and one bias for all.
 */
public final class LocallyConnectedContribution {

    private LocallyConnectedContribution() {}

    /**
     * The rows that the weights of each position multiply.
     *
     * @param gradients whose working memory it takes
     * @param images R × c × H × W (or a permuted view)
     * @param type of the result
     * @return P × R × (c·kH·kW), overwritten by the next call; positions row by row
     */
    public static INDArray patches(
            SampleGradients gradients,
            INDArray images,
            DataType type,
            int outHeight,
            int outWidth,
            ConvolutionGeometry geometry) {
        Scratch scratch = gradients.scratch();
        long rows = images.size(0);
        long k = images.size(1) * geometry.kernel[0] * geometry.kernel[1];
        long positions = (long) outHeight * outWidth;
        INDArray x = scratch.dense("x", type, 'c', images);
        INDArray patches = scratch.take("patches", type, 'c', rows, k, positions);
        PatchUnfolder.forBackend().unfold(x, 0, outHeight, outWidth, geometry, patches);
        INDArray byPosition = scratch.take("inputRows", type, 'c', positions, rows, k);
        byPosition.assign(patches.permute(2, 0, 1));
        return byPosition;
    }

    /**
     * Adds the contribution of one layer.
     *
     * @param gradients what takes it
     * @param patches P × R × k
     * @param deltas P × R × d, the gradient of the loss with respect to the pre-activations
     * @param weights the layer's weights, P × k × d
     * @param bias its bias, d, or {@link Place#NONE}
     */
    public static void add(SampleGradients gradients, INDArray patches, INDArray deltas, Place weights, Place bias) {
        long positions = patches.size(0);
        for (long p = 0; p < positions; p++) {
            OuterProductContribution.add(gradients, at(patches, p), at(deltas, p), weights.at(p), Place.NONE);
        }
        BiasContribution.add(gradients, deltas.permute(1, 2, 0), bias);
    }

    private static INDArray at(INDArray array, long position) {
        return array.get(NDArrayIndex.interval(position, position + 1), NDArrayIndex.all(), NDArrayIndex.all())
                .reshape(array.size(1), array.size(2));
    }
}
