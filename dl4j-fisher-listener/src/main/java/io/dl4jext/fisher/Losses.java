package io.dl4jext.fisher;

import java.util.Arrays;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.layers.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.layers.training.CenterLossOutputLayer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The losses of single samples, of the output layers after a forward and backward pass. */
final class Losses {

    private Losses() {}

    /** Adds an output layer's, without regularisation, to those of others. */
    static void add(Layer output, double[] losses) {
        Layer layer = output instanceof FrozenLayerWithBackprop
                ? ((FrozenLayerWithBackprop) output).getInsideLayer()
                : output;
        INDArray scores = layer instanceof CenterLossOutputLayer
                ? centerLosses((CenterLossOutputLayer) layer)
                : ((IOutputLayer) layer).computeScoreForExamples(0, LayerWorkspaceMgr.noWorkspaces());
        if (scores.length() != losses.length) {
            throw new IllegalStateException(
                    "Expected the losses of " + losses.length + " samples from the output layer "
                            + layer.conf().getLayer().getLayerName() + ", got an array of the shape "
                            + Arrays.toString(scores.shape()));
        }
        double[] values = scores.castTo(DataType.DOUBLE).dup('c').data().asDouble();
        for (int i = 0; i < losses.length; i++) {
            losses[i] += values[i];
        }
    }

    /**
     * As its computeScore adds them up; its own computeScoreForExamples adds arrays of different shapes (DL4J
     * 1.0.0-beta7 to -M2.1).
     */
    private static INDArray centerLosses(CenterLossOutputLayer layer) {
        org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer configuration =
                (org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer)
                        layer.conf().getLayer();
        INDArray input = layer.input();
        INDArray bias = layer.getParam("b");
        INDArray preOutput = input.mmul(layer.getParam("W")).addi(bias.reshape(1, bias.length()));
        INDArray labels = layer.getLabels().castTo(preOutput.dataType());
        INDArray losses = configuration
                .getLossFn()
                .computeScoreArray(labels, preOutput, configuration.getActivationFn(), layer.getMaskArray());
        INDArray away = input.sub(labels.mmul(layer.getParam("cL")));
        INDArray squares = away.muli(away).sum(1).muli(configuration.getLambda() / 2);
        return squares.addi(losses.reshape(squares.shape()));
    }
}
