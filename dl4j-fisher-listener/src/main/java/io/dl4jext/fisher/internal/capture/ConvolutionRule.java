package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.ConvolutionContribution;
import io.dl4jext.fisher.internal.gram.ConvolutionGeometry;
import io.dl4jext.fisher.internal.gram.Place;
import io.dl4jext.fisher.internal.gram.SampleGradients;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.layers.convolution.ConvolutionLayer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** 2-D convolution: from the images and the pre-activation deltas. */
final class ConvolutionRule implements DeltaRule {

    private final ConvolutionContribution contribution = new ConvolutionContribution();

    @Override
    public boolean supports(Layer layer) {
        return layer.getClass() == ConvolutionLayer.class;
    }

    @Override
    public DeltaPass.Contribution contribution(LayerSite site, SampleGradients gradients) {
        ConvolutionLayer layer = (ConvolutionLayer) site.layer;
        Place weights = site.place("W");
        Place bias = layer.hasBias() ? site.place("b") : Place.NONE;
        return (input, delta) -> add(layer, input, delta, gradients, weights, bias);
    }

    private void add(
            ConvolutionLayer layer,
            INDArray input,
            INDArray delta,
            SampleGradients gradients,
            Place weights,
            Place bias) {
        org.deeplearning4j.nn.conf.layers.ConvolutionLayer configuration =
                (org.deeplearning4j.nn.conf.layers.ConvolutionLayer)
                        layer.conf().getLayer();
        INDArray images = configuration.getCnn2dDataFormat() == CNN2DFormat.NHWC ? input.permute(0, 3, 1, 2) : input;
        int[] kernel = configuration.getKernelSize();
        int[] stride = configuration.getStride();
        int[] dilation = configuration.getDilation();
        int[] padding = ConvolutionPadding.of(
                configuration.getConvolutionMode(),
                images,
                delta,
                kernel,
                stride,
                dilation,
                configuration.getPadding());
        contribution.add(
                gradients, images, delta, new ConvolutionGeometry(kernel, stride, dilation, padding), weights, bias);
    }
}
