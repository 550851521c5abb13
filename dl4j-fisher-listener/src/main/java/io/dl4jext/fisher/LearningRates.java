package io.dl4jext.fisher;

import io.dl4jext.fisher.internal.capture.Network;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * α of a network at an iteration: its updaters' learning rate, the mean over parameters where layers, or vertices with
 * parameters of their own, differ. Parameters whose updater has none (NoOp, AdaDelta) are left out of the mean.
 */
final class LearningRates {

    private final double mean;
    private final boolean uniform;

    private LearningRates(double mean, boolean uniform) {
        this.mean = mean;
        this.uniform = uniform;
    }

    /** The mean weighted by parameter count; NaN when no parameter has a learning rate. */
    double mean() {
        return mean;
    }

    /** Whether all parameters that have a rate have the same. */
    boolean uniform() {
        return uniform;
    }

    static LearningRates of(Model model, int iteration, int epoch) {
        double weighted = 0;
        double count = 0;
        double first = Double.NaN;
        boolean uniform = true;
        for (Trainable layer : Network.of(model).trained()) {
            for (Map.Entry<String, INDArray> parameter : layer.paramTable(true).entrySet()) {
                if (isStatistic(parameter.getKey())) {
                    continue;
                }
                IUpdater updater = layer.getConfig().getUpdaterByParam(parameter.getKey());
                if (updater == null || !updater.hasLearningRate()) {
                    continue;
                }
                double rate = updater.getLearningRate(iteration, epoch);
                uniform &= count == 0 || rate == first;
                first = count == 0 ? rate : first;
                weighted += rate * parameter.getValue().length();
                count += parameter.getValue().length();
            }
        }
        return new LearningRates(uniform ? first : weighted / count, uniform);
    }

    /** Batch normalisation keeps its running statistics among its parameters; they are not trained. */
    private static boolean isStatistic(String parameter) {
        return parameter.equals(BatchNormalizationParamInitializer.GLOBAL_MEAN)
                || parameter.equals(BatchNormalizationParamInitializer.GLOBAL_VAR)
                || parameter.equals(BatchNormalizationParamInitializer.GLOBAL_LOG_STD);
    }
}
