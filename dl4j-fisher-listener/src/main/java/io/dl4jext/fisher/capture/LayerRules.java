package io.dl4jext.fisher.capture;

import io.dl4jext.fisher.gram.BatchNormalizationShare;
import io.dl4jext.fisher.gram.ConvolutionGeometry;
import io.dl4jext.fisher.gram.ConvolutionShare;
import io.dl4jext.fisher.gram.GramMatrix;
import io.dl4jext.fisher.gram.OuterProductShare;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.layers.OutputLayer;
import org.deeplearning4j.nn.layers.convolution.ConvolutionLayer;
import org.deeplearning4j.nn.layers.feedforward.dense.DenseLayer;
import org.deeplearning4j.nn.layers.normalization.BatchNormalization;
import org.deeplearning4j.nn.layers.recurrent.RnnOutputLayer;
import org.deeplearning4j.util.ConvolutionUtils;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Chooses the rule for each layer. Exact classes only: a subclass may compute another gradient, and is replayed. */
final class LayerRules {

    private final GramMatrix gram;
    private final ConvolutionShare convolution = new ConvolutionShare();
    private final BatchNormalizationShare batchNormalization = new BatchNormalizationShare();

    LayerRules(GramMatrix gram) {
        this.gram = gram;
    }

    LayerRule rule(LayerSite site) {
        Layer layer = site.layer;
        Class<?> type = layer.getClass();
        if (isOuterProduct(layer)) {
            boolean bias = ((BaseLayer<?>) layer).hasBias();
            return new DeltaRule((input, delta) -> OuterProductShare.add(gram, input, delta, bias));
        }
        if (type == ConvolutionLayer.class) {
            return new DeltaRule((input, delta) -> addConvolution((ConvolutionLayer) layer, input, delta));
        }
        if (type == BatchNormalization.class) {
            return new BatchNormalizationRule(gram, batchNormalization);
        }
        return new ReplayRule(site, gram);
    }

    /** Whether the layer needs no replay. */
    static boolean isDirect(Layer layer) {
        Class<?> type = layer.getClass();
        return isOuterProduct(layer) || type == ConvolutionLayer.class || type == BatchNormalization.class;
    }

    private static boolean isOuterProduct(Layer layer) {
        Class<?> type = layer.getClass();
        boolean dense = type == DenseLayer.class || type == OutputLayer.class || type == RnnOutputLayer.class;
        // With layer normalisation the activation's delta is not that of W z.
        return dense && !((BaseLayer<?>) layer).hasLayerNorm();
    }

    private void addConvolution(ConvolutionLayer layer, INDArray input, INDArray delta) {
        org.deeplearning4j.nn.conf.layers.ConvolutionLayer configuration =
                (org.deeplearning4j.nn.conf.layers.ConvolutionLayer)
                        layer.conf().getLayer();
        INDArray images = configuration.getCnn2dDataFormat() == CNN2DFormat.NHWC ? input.permute(0, 3, 1, 2) : input;
        int[] inputSize = {(int) images.size(2), (int) images.size(3)};
        int[] outputSize = {(int) delta.size(2), (int) delta.size(3)};
        int[] kernel = configuration.getKernelSize();
        int[] stride = configuration.getStride();
        int[] dilation = configuration.getDilation();
        int[] padding = configuration.getConvolutionMode() == ConvolutionMode.Same
                ? ConvolutionUtils.getSameModeTopLeftPadding(outputSize, inputSize, kernel, stride, dilation)
                : configuration.getPadding();
        convolution.add(
                gram, images, delta, new ConvolutionGeometry(kernel, stride, dilation, padding), layer.hasBias());
    }
}
