package io.dl4jext.implicit;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.nd4j.linalg.learning.regularization.Regularization;

/**
 * Copies the settings of one of DL4J's layer configurations to the implicit layer that extends it. (DenseLayer's
 * constructor from a builder is private, so there is no shorter way; a test compares the JSON of both.)
 */
final class LayerFields {

    private LayerFields() {}

    static <T extends DenseLayer> T copy(DenseLayer from, T to) {
        copyCommon(from, to);
        to.setHasBias(from.hasBias());
        to.setHasLayerNorm(from.hasLayerNorm());
        return to;
    }

    static <T extends BaseOutputLayer> T copy(BaseOutputLayer from, T to) {
        copyCommon(from, to);
        to.setLossFn(from.getLossFn());
        to.setHasBias(from.hasBias());
        return to;
    }

    static <T extends SimpleRnn> T copy(SimpleRnn from, T to) {
        copyCommon(from, to);
        to.setWeightInitFnRecurrent(from.getWeightInitFnRecurrent());
        to.setRnnDataFormat(from.getRnnDataFormat());
        to.setHasLayerNorm(from.hasLayerNorm());
        return to;
    }

    private static void copyCommon(FeedForwardLayer from, FeedForwardLayer to) {
        to.setLayerName(from.getLayerName());
        to.setIDropout(from.getIDropout());
        to.setConstraints(from.getConstraints());
        to.setActivationFn(from.getActivationFn());
        to.setWeightInitFn(from.getWeightInitFn());
        to.setBiasInit(from.getBiasInit());
        to.setGainInit(from.getGainInit());
        to.setRegularization(copy(from.getRegularization()));
        to.setRegularizationBias(copy(from.getRegularizationBias()));
        to.setIUpdater(from.getIUpdater());
        to.setBiasUpdater(from.getBiasUpdater());
        to.setWeightNoise(from.getWeightNoise());
        to.setGradientNormalization(from.getGradientNormalization());
        to.setGradientNormalizationThreshold(from.getGradientNormalizationThreshold());
        to.setNIn(from.getNIn());
        to.setNOut(from.getNOut());
        to.setTimeDistributedFormat(from.getTimeDistributedFormat());
    }

    private static List<Regularization> copy(List<Regularization> list) {
        return list == null ? null : new ArrayList<>(list);
    }
}
