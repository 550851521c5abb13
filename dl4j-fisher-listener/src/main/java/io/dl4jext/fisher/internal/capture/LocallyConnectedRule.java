package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.ConvolutionGeometry;
import io.dl4jext.fisher.internal.gram.LocallyConnectedContribution;
import io.dl4jext.fisher.internal.gram.Place;
import io.dl4jext.fisher.internal.gram.SampleGradients;
import java.util.EnumSet;
import java.util.OptionalInt;
import java.util.Set;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.LocallyConnected1D;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.layers.samediff.SameDiffLayer;
import org.deeplearning4j.nn.params.ConvolutionParamInitializer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Locally connected layers: an outer product at each position. They are SameDiff's and hand out no delta, so the
 * pre-activations are computed once more and the delta from them and the incoming gradient, with activation functions
 * of single elements only. The order is that of W, (position, input channel and kernel position, output channel), then
 * b.
 */
final class LocallyConnectedRule implements LayerRule {

    /** What SameDiff has in these layers, and DL4J's own function of that name has the same derivative. */
    private static final Set<Activation> ACTIVATIONS = EnumSet.of(
            Activation.CUBE,
            Activation.ELU,
            Activation.HARDTANH,
            Activation.IDENTITY,
            Activation.RELU,
            Activation.SIGMOID,
            Activation.SOFTPLUS,
            Activation.SOFTSIGN,
            Activation.TANH);

    @Override
    public boolean supports(Layer layer) {
        if (layer.getClass() != SameDiffLayer.class) {
            return false;
        }
        org.deeplearning4j.nn.conf.layers.Layer configuration = layer.conf().getLayer();
        if (configuration.getClass() == LocallyConnected1D.class) {
            return ACTIVATIONS.contains(((LocallyConnected1D) configuration).getActivation());
        }
        return configuration.getClass() == LocallyConnected2D.class
                && ACTIVATIONS.contains(((LocallyConnected2D) configuration).getActivation());
    }

    @Override
    public LayerPass watch(LayerSite site, SampleGradients gradients) {
        return new PositionsPass(site, gradients);
    }

    private static final class PositionsPass extends LayerPass {

        private final LayerSite site;
        private final SampleGradients gradients;
        /** [position, sample, input]. */
        private INDArray patches;
        /** [position, sample, output]. */
        private INDArray deltas;
        /** Rounding may flip the slope of the activation where the pre-activation is next to 0. */
        private boolean kinked;

        PositionsPass(LayerSite site, SampleGradients gradients) {
            this.site = site;
            this.gradients = gradients;
        }

        @Override
        void before(Layer layer, INDArray epsilon, OptionalInt truncation) {
            org.deeplearning4j.nn.conf.layers.Layer configuration = layer.conf().getLayer();
            if (configuration instanceof LocallyConnected1D) {
                take((LocallyConnected1D) configuration, layer, epsilon);
            } else {
                take((LocallyConnected2D) configuration, layer, epsilon);
            }
        }

        @Override
        void after(Layer layer) {
            String bias = ConvolutionParamInitializer.BIAS_KEY;
            deltas.muli(factor(layer));
            LocallyConnectedContribution.add(
                    gradients,
                    patches,
                    deltas,
                    site.place(ConvolutionParamInitializer.WEIGHT_KEY),
                    layer.paramTable().containsKey(bias) ? site.place(bias) : Place.NONE);
            RecordedPass.giveBack(deltas);
        }

        private void take(LocallyConnected1D configuration, Layer layer, INDArray epsilon) {
            INDArray input = layer.input();
            int positions = configuration.getOutputSize();
            patches = LocallyConnectedContribution.patches(
                    gradients,
                    input.reshape('c', input.size(0), input.size(1), 1, input.size(2)),
                    type(layer),
                    1,
                    positions,
                    new ConvolutionGeometry(
                            new int[] {1, configuration.getKernel()},
                            new int[] {1, configuration.getStride()},
                            // DL4J takes the patches without dilation.
                            new int[] {1, 1},
                            new int[] {0, configuration.getPadding()}));
            deltas = deltas(layer, epsilon.permute(2, 0, 1).dup('c'), configuration.getActivation());
        }

        private void take(LocallyConnected2D configuration, Layer layer, INDArray epsilon) {
            boolean channelsLast = configuration.getFormat() == CNN2DFormat.NHWC;
            INDArray images = channelsLast ? layer.input().permute(0, 3, 1, 2) : layer.input();
            INDArray incoming = channelsLast ? epsilon.permute(1, 2, 0, 3) : epsilon.permute(2, 3, 0, 1);
            int height = configuration.getOutputSize()[0];
            int width = configuration.getOutputSize()[1];
            INDArray rowByRow = LocallyConnectedContribution.patches(
                    gradients,
                    images,
                    type(layer),
                    height,
                    width,
                    new ConvolutionGeometry(
                            configuration.getKernel(),
                            configuration.getStride(),
                            new int[] {1, 1},
                            configuration.getPadding()));
            // DL4J takes the patches column by column, and makes of them an image row by row.
            long rows = rowByRow.size(1);
            long columns = rowByRow.size(2);
            patches = rowByRow.reshape('c', height, width, rows, columns)
                    .permute(1, 0, 2, 3)
                    .dup('c')
                    .reshape('c', (long) height * width, rows, columns);
            INDArray byPosition = incoming.dup('c').reshape('c', (long) height * width, rows, incoming.size(3));
            deltas = deltas(layer, byPosition, configuration.getActivation());
        }

        /** The patches' type: HALF is too coarse for sums over samples. */
        private static DataType type(Layer layer) {
            return layer.params().dataType() == DataType.DOUBLE ? DataType.DOUBLE : DataType.FLOAT;
        }

        /** @param epsilon [position, sample, output]; overwritten */
        private INDArray deltas(Layer layer, INDArray epsilon, Activation activation) {
            kinked = activation == Activation.RELU || activation == Activation.HARDTANH;
            INDArray preOutput = Nd4j.matmul(
                    patches,
                    layer.getParam(ConvolutionParamInitializer.WEIGHT_KEY).castTo(patches.dataType()));
            INDArray bias = layer.getParam(ConvolutionParamInitializer.BIAS_KEY);
            if (bias != null) {
                preOutput.addi(bias.castTo(patches.dataType())
                        .reshape('c', 1, 1, bias.length())
                        .broadcast(preOutput.shape()));
            }
            return activation
                    .getActivationFunction()
                    .backprop(preOutput, epsilon.castTo(patches.dataType()))
                    .getFirst();
        }

        /** By what the layer's own gradient is larger. */
        private double factor(Layer layer) {
            INDArray sum = Nd4j.matmul(patches, deltas, true, false, false);
            INDArray own = layer.getGradientsViewArray();
            INDArray weights = own.reshape(own.length()).get(NDArrayIndex.interval(0, sum.length()));
            double norms = patches.norm2(2).muli(deltas.norm2(2)).sumNumber().doubleValue();
            try (SumCheck check = new SumCheck(sum.dataType(), sum.length())) {
                check.add(sum, weights.reshape('c', sum.shape()), norms);
                RecordedPass.giveBack(sum);
                return check.factor(kinked ? ReplayPass.ONCE_TOLERANCE : ReplayPass.tolerance(own.dataType()));
            }
        }
    }
}
