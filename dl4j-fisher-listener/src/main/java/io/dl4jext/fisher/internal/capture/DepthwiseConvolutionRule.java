package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.ConvolutionGeometry;
import io.dl4jext.fisher.internal.gram.DepthwiseConvolutionContribution;
import io.dl4jext.fisher.internal.gram.GramMatrix;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.layers.convolution.DepthwiseConvolution2DLayer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Depthwise convolution. W comes as (input channel, multiplier, height, width), where DL4J has (height, width, input channel,
 * multiplier); then b.
 */
final class DepthwiseConvolutionRule implements DeltaRule {

    private final DepthwiseConvolutionContribution contribution = new DepthwiseConvolutionContribution();

    @Override
    public boolean supports(Layer layer) {
        return layer.getClass() == DepthwiseConvolution2DLayer.class;
    }

    @Override
    public DeltaPass.Contribution contribution(Layer layer, GramMatrix gram) {
        return (input, delta) -> add((DepthwiseConvolution2DLayer) layer, input, delta, gram);
    }

    private void add(DepthwiseConvolution2DLayer layer, INDArray input, INDArray delta, GramMatrix gram) {
        DepthwiseConvolution2D configuration =
                (DepthwiseConvolution2D) layer.conf().getLayer();
        boolean channelsLast = configuration.getCnn2dDataFormat() == CNN2DFormat.NHWC;
        INDArray images = channelsLast ? input.permute(0, 3, 1, 2) : input;
        INDArray deltas = channelsLast ? delta.permute(0, 3, 1, 2) : delta;
        int[] kernel = configuration.getKernelSize();
        int[] stride = configuration.getStride();
        int[] dilation = configuration.getDilation();
        int[] padding = ConvolutionPadding.of(
                configuration.getConvolutionMode(),
                images,
                deltas,
                kernel,
                stride,
                dilation,
                configuration.getPadding());
        contribution.add(
                gram, images, deltas, new ConvolutionGeometry(kernel, stride, dilation, padding), layer.hasBias());
    }
}
