package io.dl4jext.batch.internal.accumulation;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.Cnn3DLossLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffOutputLayer;
import org.deeplearning4j.nn.conf.ocnn.OCNNOutputLayer;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossFMeasure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a loss is a sum over examples, whose parts add up. */
final class SummedLosses {

    private static final Logger log = LoggerFactory.getLogger(SummedLosses.class);

    private SummedLosses() {}

    /** Of outputs whose loss is none, and those of which it cannot be known. */
    static void warn(Layer[] layers) {
        for (Layer layer : layers) {
            org.deeplearning4j.nn.conf.layers.Layer conf = layer.conf().getLayer();
            String own = whatOfAllExamples(conf);
            if (own != null) {
                log.warn(
                        "Layer '{}' has {}, which the parts of an accumulated batch each have of their own examples: their"
                                + " gradients do not add up to that of the whole batch",
                        conf.getLayerName(),
                        own);
            } else if (conf instanceof SameDiffOutputLayer) {
                log.warn(
                        "Layer '{}' is a SameDiff output: the gradients of an accumulated batch's parts add up to that of"
                                + " the whole batch only if its loss is a sum over the examples, not a mean",
                        conf.getLayerName());
            }
        }
    }

    private static String whatOfAllExamples(org.deeplearning4j.nn.conf.layers.Layer conf) {
        if (conf instanceof OCNNOutputLayer) {
            return "a one-class loss, a mean and a quantile over the batch (OCNNOutputLayer)";
        }
        if (conf instanceof CenterLossOutputLayer) {
            return "centres that move by means over the batch (CenterLossOutputLayer)";
        }
        return loss(conf) instanceof LossFMeasure ? "a loss of the whole batch's counts (LossFMeasure)" : null;
    }

    private static ILossFunction loss(org.deeplearning4j.nn.conf.layers.Layer conf) {
        if (conf instanceof BaseOutputLayer) {
            return ((BaseOutputLayer) conf).getLossFn();
        }
        if (conf instanceof LossLayer) {
            return ((LossLayer) conf).getLossFn();
        }
        if (conf instanceof RnnLossLayer) {
            return ((RnnLossLayer) conf).getLossFn();
        }
        if (conf instanceof CnnLossLayer) {
            return ((CnnLossLayer) conf).getLossFn();
        }
        return conf instanceof Cnn3DLossLayer ? ((Cnn3DLossLayer) conf).getLossFn() : null;
    }
}
