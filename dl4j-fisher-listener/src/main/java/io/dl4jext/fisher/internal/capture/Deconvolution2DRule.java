package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.BiasContribution;
import io.dl4jext.fisher.internal.gram.ConvolutionContribution;
import io.dl4jext.fisher.internal.gram.ConvolutionGeometry;
import io.dl4jext.fisher.internal.gram.Place;
import io.dl4jext.fisher.internal.gram.SampleGradients;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.layers.convolution.Deconvolution2DLayer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * 2-D deconvolution: a convolution with the delta as image and the input in the delta's place. W is (input channel,
 * output channel, height, width) as DL4J has it, then b.
 */
final class Deconvolution2DRule implements DeltaRule {

    private final ConvolutionContribution contribution = new ConvolutionContribution();

    @Override
    public boolean supports(Layer layer) {
        return layer.getClass() == Deconvolution2DLayer.class;
    }

    @Override
    public DeltaPass.Contribution contribution(LayerSite site, SampleGradients gradients) {
        Deconvolution2DLayer layer = (Deconvolution2DLayer) site.layer;
        Place weights = site.place("W");
        Place bias = layer.hasBias() ? site.place("b") : Place.NONE;
        return (input, delta) -> add(layer, input, delta, gradients, weights, bias);
    }

    private void add(
            Deconvolution2DLayer layer,
            INDArray input,
            INDArray delta,
            SampleGradients gradients,
            Place weights,
            Place bias) {
        Deconvolution2D configuration = (Deconvolution2D) layer.conf().getLayer();
        boolean channelsLast = configuration.getCnn2dDataFormat() == CNN2DFormat.NHWC;
        INDArray positions = channelsLast ? input.permute(0, 3, 1, 2) : input;
        INDArray images = channelsLast ? delta.permute(0, 3, 1, 2) : delta;
        int[] kernel = configuration.getKernelSize();
        int[] stride = configuration.getStride();
        int[] dilation = configuration.getDilation();
        int[] padding = ConvolutionPadding.of(
                configuration.getConvolutionMode(),
                images,
                positions,
                kernel,
                stride,
                dilation,
                configuration.getPadding());
        contribution.add(
                gradients,
                images,
                positions,
                new ConvolutionGeometry(kernel, stride, dilation, padding),
                weights,
                Place.NONE);
        BiasContribution.add(gradients, images, bias);
    }
}
