package io.dl4jext.fisher.capture;

import io.dl4jext.fisher.gram.BatchNormalizationShare;
import io.dl4jext.fisher.gram.ConvolutionGeometry;
import io.dl4jext.fisher.gram.ConvolutionShare;
import io.dl4jext.fisher.gram.EmbeddingShare;
import io.dl4jext.fisher.gram.GramMatrix;
import io.dl4jext.fisher.gram.OuterProductShare;
import java.util.HashMap;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.layers.OutputLayer;
import org.deeplearning4j.nn.layers.convolution.ConvolutionLayer;
import org.deeplearning4j.nn.layers.feedforward.dense.DenseLayer;
import org.deeplearning4j.nn.layers.feedforward.embedding.EmbeddingLayer;
import org.deeplearning4j.nn.layers.feedforward.embedding.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.layers.normalization.BatchNormalization;
import org.deeplearning4j.nn.layers.recurrent.RnnOutputLayer;
import org.deeplearning4j.util.ConvolutionUtils;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Chooses the rule for each layer. Exact classes only: a subclass may compute another gradient, and is replayed. */
final class LayerRules {

    private final GramMatrix gram;
    private final ConvolutionShare convolution = new ConvolutionShare();
    private final EmbeddingShare embedding = new EmbeddingShare();
    private final Map<String, ReplayHistory> replays = new HashMap<>();
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
        if (isEmbedding(layer)) {
            boolean bias = ((BaseLayer<?>) layer).hasBias();
            return new DeltaRule((input, delta) -> addEmbedding(layer, input, delta, bias));
        }
        return replay(site);
    }

    /** Replay, whatever kind of layer it is. */
    LayerRule replay(LayerSite site) {
        ReplayHistory history = replays.get(site.name);
        if (history == null || history.layer != site.layer) {
            history = new ReplayHistory(site.layer);
            replays.put(site.name, history);
        }
        return new ReplayRule(site, gram, history);
    }

    /** Whether the layer needs no replay. */
    static boolean isDirect(Layer layer) {
        Class<?> type = layer.getClass();
        return isOuterProduct(layer)
                || isEmbedding(layer)
                || type == ConvolutionLayer.class
                || type == BatchNormalization.class;
    }

    private static boolean isEmbedding(Layer layer) {
        Class<?> type = layer.getClass();
        return type == EmbeddingLayer.class || type == EmbeddingSequenceLayer.class;
    }

    private void addEmbedding(Layer layer, INDArray input, INDArray delta, boolean bias) {
        if (layer instanceof EmbeddingLayer) {
            embedding.add(gram, input, delta, bias);
            return;
        }
        RNNFormat format = ((org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer)
                        layer.conf().getLayer())
                .getOutputFormat();
        // Rows are step · B + sample.
        INDArray indices = input.rank() == 3 ? input.reshape(input.ordering(), input.size(0), input.size(2)) : input;
        INDArray rows = format == RNNFormat.NCW ? delta.permute(2, 0, 1) : delta.permute(1, 0, 2);
        embedding.add(gram, indices.permute(1, 0), rows, bias);
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
