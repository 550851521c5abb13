package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.ConvolutionContribution;
import io.dl4jext.fisher.internal.gram.ConvolutionGeometry;
import io.dl4jext.fisher.internal.gram.Place;
import io.dl4jext.fisher.internal.gram.SampleGradients;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.layers.convolution.Convolution1DLayer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * 1-D convolution: a 2-D one over images of height 1. Columns of W are in the order (input channel, kernel position);
 * DL4J 1.0.0-M2.1 keeps the gradient as (kernel position, input channel, output channel) under NCW; beta7, and M2.1
 * under NWC, as (output channel, input channel, kernel position).
 */
final class Convolution1DRule implements LayerRule {

    private final ConvolutionContribution contribution = new ConvolutionContribution();

    @Override
    public boolean supports(Layer layer) {
        return layer.getClass() == Convolution1DLayer.class;
    }

    @Override
    public LayerPass watch(LayerSite site, SampleGradients gradients) {
        // In its backward pass DL4J 1.0.0-beta7 gives the layer another input for a while, with one axis more.
        INDArray input = site.layer.input();
        Convolution1DLayer layer = (Convolution1DLayer) site.layer;
        Place weights = weights(site);
        Place bias = layer.hasBias() ? site.place("b") : Place.NONE;
        return new DeltaPass((ignored, delta) -> add(layer, input, delta, gradients, weights, bias));
    }

    /**
     * (Output channel, input channel, kernel position): of the gradient, whose order is not always that of the weights
     * (1.0.0-M2.1 under NWC).
     */
    private static Place weights(LayerSite site) {
        NeuralNetConfiguration settings = site.layer.conf();
        org.deeplearning4j.nn.conf.layers.Convolution1DLayer configuration =
                (org.deeplearning4j.nn.conf.layers.Convolution1DLayer) settings.getLayer();
        INDArray own = site.layer.params();
        INDArray gradient = configuration
                .initializer()
                .getGradientsFromFlattened(settings, own)
                .get("W");
        long outputs = gradient.size(0);
        long inputs = gradient.size(1);
        long taps = gradient.size(2);
        long offset = gradient.offset() - own.offset();
        // What tells the versions apart: beta7 has one axis more.
        boolean tapsFirst = gradient.rank() == 3 && configuration.getRnnDataFormat() == RNNFormat.NCW;
        return tapsFirst
                ? Place.of(offset, new long[] {outputs, inputs, taps}, new long[] {1, outputs, inputs * outputs})
                : Place.of(offset, new long[] {outputs, inputs, taps}, new long[] {inputs * taps, taps, 1});
    }

    private void add(
            Convolution1DLayer layer,
            INDArray input,
            INDArray delta,
            SampleGradients gradients,
            Place weights,
            Place bias) {
        org.deeplearning4j.nn.conf.layers.Convolution1DLayer configuration =
                (org.deeplearning4j.nn.conf.layers.Convolution1DLayer)
                        layer.conf().getLayer();
        INDArray series = configuration.getRnnDataFormat() == RNNFormat.NWC ? input.permute(0, 2, 1) : input;
        // The delta is channels first in either format: so DL4J's native operation takes it.
        INDArray images = series.reshape('c', series.size(0), series.size(1), 1, series.size(2));
        INDArray deltas = delta.reshape('c', delta.size(0), delta.size(1), 1, delta.size(2));
        int[] kernel = {1, configuration.getKernelSize()[0]};
        int[] stride = {1, configuration.getStride()[0]};
        int[] dilation = {1, configuration.getDilation()[0]};
        int[] configured = {0, configuration.getPadding()[0]};
        ConvolutionMode mode = configuration.getConvolutionMode();
        int[] padding = ConvolutionPadding.of(mode, images, deltas, kernel, stride, dilation, configured);
        contribution.add(
                gradients, images, deltas, new ConvolutionGeometry(kernel, stride, dilation, padding), weights, bias);
    }
}
