package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.BiasContribution;
import io.dl4jext.fisher.internal.gram.Place;
import io.dl4jext.fisher.internal.gram.SampleGradients;
import io.dl4jext.fisher.internal.gram.VolumeConvolutionContribution;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.layers.convolution.Deconvolution3DLayer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * 3-D deconvolution: a convolution with the delta as volume and the input in the delta's place. W comes as (input
 * channel, output channel, depth, height, width), where DL4J has (depth, height, width, output channel, input channel);
 * then b.
 */
final class Deconvolution3DRule implements DeltaRule {

    private final VolumeConvolutionContribution contribution = new VolumeConvolutionContribution();

    @Override
    public boolean supports(Layer layer) {
        return layer.getClass() == Deconvolution3DLayer.class;
    }

    @Override
    public DeltaPass.Contribution contribution(LayerSite site, SampleGradients gradients) {
        Deconvolution3DLayer layer = (Deconvolution3DLayer) site.layer;
        Place weights = site.place("W").permuted(4, 3, 0, 1, 2);
        Place bias = ((Deconvolution3D) layer.conf().getLayer()).hasBias() ? site.place("b") : Place.NONE;
        return (input, delta) -> add(layer, input, delta, gradients, weights, bias);
    }

    private void add(
            Deconvolution3DLayer layer,
            INDArray input,
            INDArray delta,
            SampleGradients gradients,
            Place weights,
            Place bias) {
        Deconvolution3D configuration = (Deconvolution3D) layer.conf().getLayer();
        boolean channelsLast = configuration.getDataFormat() == Convolution3D.DataFormat.NDHWC;
        INDArray positions = channelsLast ? input.permute(0, 4, 1, 2, 3) : input;
        INDArray volumes = channelsLast ? delta.permute(0, 4, 1, 2, 3) : delta;
        int[] kernel = configuration.getKernelSize();
        int[] stride = configuration.getStride();
        int[] dilation = configuration.getDilation();
        int[] padding = ConvolutionPadding.of(
                configuration.getConvolutionMode(),
                volumes,
                positions,
                kernel,
                stride,
                dilation,
                configuration.getPadding());
        contribution.add(gradients, volumes, positions, kernel, stride, dilation, padding, weights, Place.NONE);
        BiasContribution.add(gradients, volumes, bias);
    }
}
