package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.ConvolutionContribution;
import io.dl4jext.fisher.internal.gram.ConvolutionGeometry;
import io.dl4jext.fisher.internal.gram.DepthwiseConvolutionContribution;
import io.dl4jext.fisher.internal.gram.Place;
import io.dl4jext.fisher.internal.gram.SampleGradients;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.layers.convolution.SeparableConvolution2DLayer;
import org.deeplearning4j.nn.params.SeparableConvolutionParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Separable convolution: a depthwise one and a 1 × 1 one above it. What lies between them DL4J does not hand out, so
 * both are computed once more: the depthwise outputs from the input, their deltas from those of the outputs. W comes as
 * (input channel, multiplier, height, width), where DL4J has (multiplier, input channel, height, width); then pW as
 * (output channel, input channel and multiplier), as DL4J has it, and b.
 */
final class SeparableConvolutionRule implements DeltaRule {

    private final DepthwiseConvolutionContribution depthwise = new DepthwiseConvolutionContribution();
    private final ConvolutionContribution pointwise = new ConvolutionContribution();

    @Override
    public boolean supports(Layer layer) {
        // The weights that noise has been added to are DL4J's alone.
        return layer.getClass() == SeparableConvolution2DLayer.class
                && ((SeparableConvolution2D) layer.conf().getLayer()).getWeightNoise() == null;
    }

    @Override
    public DeltaPass.Contribution contribution(LayerSite site, SampleGradients gradients) {
        return (input, delta) -> add(site, input, delta, gradients);
    }

    private void add(LayerSite site, INDArray input, INDArray delta, SampleGradients gradients) {
        SeparableConvolution2DLayer layer = (SeparableConvolution2DLayer) site.layer;
        SeparableConvolution2D configuration =
                (SeparableConvolution2D) layer.conf().getLayer();
        boolean channelsLast = configuration.getCnn2dDataFormat() == CNN2DFormat.NHWC;
        INDArray images = (channelsLast ? input.permute(0, 3, 1, 2) : input).dup('c');
        INDArray deltas = (channelsLast ? delta.permute(0, 3, 1, 2) : delta).dup('c');
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
        // [multiplier, input channel, height, width] and [output channel, channel between, 1, 1].
        INDArray kernels = layer.getParam(SeparableConvolutionParamInitializer.DEPTH_WISE_WEIGHT_KEY);
        INDArray mix = layer.getParam(SeparableConvolutionParamInitializer.POINT_WISE_WEIGHT_KEY);
        long rows = deltas.size(0);
        long outputs = mix.size(0);
        long between = mix.size(1);
        long positions = deltas.size(2) * deltas.size(3);
        INDArray inner = Nd4j.createUninitialized(
                deltas.dataType(), new long[] {rows, between, deltas.size(2), deltas.size(3)}, 'c');
        INDArray innerDeltas = Nd4j.createUninitialized(deltas.dataType(), new long[] {rows, between, positions}, 'c');
        try {
            Nd4j.exec(DynamicCustomOp.builder("depthwise_conv2d")
                    .addInputs(
                            images.castTo(kernels.dataType()),
                            kernels.permute(2, 3, 1, 0).dup('c'))
                    .addOutputs(inner)
                    .addIntegerArguments(
                            kernel[0],
                            kernel[1],
                            stride[0],
                            stride[1],
                            padding[0],
                            padding[1],
                            dilation[0],
                            dilation[1],
                            configuration.getConvolutionMode() == ConvolutionMode.Same ? 1 : 0,
                            0)
                    .build());
            INDArray transposed = mix.reshape('c', outputs, between).transpose().dup('c');
            for (int i = 0; i < rows; i++) {
                Nd4j.gemm(
                        transposed,
                        deltas.slice(i).reshape('c', outputs, positions),
                        innerDeltas.slice(i),
                        false,
                        false,
                        1.0,
                        0.0);
            }
            depthwise.add(
                    gradients,
                    images,
                    innerDeltas.reshape('c', rows, between, deltas.size(2), deltas.size(3)),
                    new ConvolutionGeometry(kernel, stride, dilation, padding),
                    site.place(SeparableConvolutionParamInitializer.DEPTH_WISE_WEIGHT_KEY)
                            .permuted(1, 0, 2, 3),
                    Place.NONE);
            int[] one = {1, 1};
            pointwise.add(
                    gradients,
                    inner,
                    deltas,
                    new ConvolutionGeometry(one, one, one, new int[] {0, 0}),
                    site.place(SeparableConvolutionParamInitializer.POINT_WISE_WEIGHT_KEY),
                    configuration.hasBias() ? site.place("b") : Place.NONE);
        } finally {
            for (INDArray array : new INDArray[] {inner, innerDeltas, images, deltas}) {
                RecordedPass.giveBack(array);
            }
        }
    }
}
