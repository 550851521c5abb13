package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.ConvolutionGeometry;
import io.dl4jext.fisher.internal.gram.DepthwiseConvolutionContribution;
import io.dl4jext.fisher.internal.gram.Place;
import io.dl4jext.fisher.internal.gram.SampleGradients;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.layers.convolution.DepthwiseConvolution2DLayer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Depthwise convolution. W comes as (input channel, multiplier, height, width), where DL4J has (height, width, input
 * channel, multiplier); then b.
 */
final class DepthwiseConvolutionRule implements DeltaRule {

    private final DepthwiseConvolutionContribution contribution = new DepthwiseConvolutionContribution();

    @Override
    public boolean supports(Layer layer) {
        return layer.getClass() == DepthwiseConvolution2DLayer.class;
    }

    @Override
    public DeltaPass.Contribution contribution(LayerSite site, SampleGradients gradients) {
        DepthwiseConvolution2DLayer layer = (DepthwiseConvolution2DLayer) site.layer;
        Place weights = site.place("W").permuted(2, 3, 0, 1);
        Place bias = layer.hasBias() ? site.place("b") : Place.NONE;
        return (input, delta) -> add(layer, input, delta, gradients, weights, bias);
    }

    private void add(
            DepthwiseConvolution2DLayer layer,
            INDArray input,
            INDArray delta,
            SampleGradients gradients,
            Place weights,
            Place bias) {
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
                gradients, images, deltas, new ConvolutionGeometry(kernel, stride, dilation, padding), weights, bias);
    }
}
