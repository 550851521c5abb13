package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.Place;
import io.dl4jext.fisher.internal.gram.SampleGradients;
import io.dl4jext.fisher.internal.gram.VolumeConvolutionContribution;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.layers.convolution.Convolution3DLayer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** 3-D convolution. W is (output channel, input channel, depth, height, width) as DL4J has it, then b. */
final class Convolution3DRule implements DeltaRule {

    private final VolumeConvolutionContribution contribution = new VolumeConvolutionContribution();

    @Override
    public boolean supports(Layer layer) {
        return layer.getClass() == Convolution3DLayer.class;
    }

    @Override
    public DeltaPass.Contribution contribution(LayerSite site, SampleGradients gradients) {
        Convolution3DLayer layer = (Convolution3DLayer) site.layer;
        Place weights = site.place("W");
        Place bias = ((Convolution3D) layer.conf().getLayer()).hasBias() ? site.place("b") : Place.NONE;
        return (input, delta) -> add(layer, input, delta, gradients, weights, bias);
    }

    private void add(
            Convolution3DLayer layer,
            INDArray input,
            INDArray delta,
            SampleGradients gradients,
            Place weights,
            Place bias) {
        Convolution3D configuration = (Convolution3D) layer.conf().getLayer();
        boolean channelsLast = configuration.getDataFormat() == Convolution3D.DataFormat.NDHWC;
        INDArray volumes = channelsLast ? input.permute(0, 4, 1, 2, 3) : input;
        INDArray deltas = channelsLast ? delta.permute(0, 4, 1, 2, 3) : delta;
        int[] kernel = configuration.getKernelSize();
        int[] stride = configuration.getStride();
        int[] dilation = configuration.getDilation();
        int[] padding = ConvolutionPadding.of(
                configuration.getConvolutionMode(),
                volumes,
                deltas,
                kernel,
                stride,
                dilation,
                configuration.getPadding());
        contribution.add(gradients, volumes, deltas, kernel, stride, dilation, padding, weights, bias);
    }
}
