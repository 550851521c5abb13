package io.dl4jext.stochastic;

import org.deeplearning4j.nn.api.TrainingConfig;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;

/**
 * What a parameter tensor is for: gradients of different kinds differ in size, so that only those of a kind compare.
 */
enum ParameterKind {
    CONVOLUTION_WEIGHTS,
    DENSE_WEIGHTS,
    /** Of a recurrent layer, for its input and for its own past. */
    RECURRENT_WEIGHTS,
    BIASES,
    /** Scales of a normalisation. */
    GAMMAS,
    /** Shifts of a normalisation. */
    BETAS,
    /** Of PReLU, of SameDiff layers and vertices. */
    OTHER,
    /** All of a layer: {@link GroupBy#LAYER}. */
    LAYER;

    static ParameterKind of(TrainingConfig config, String parameter) {
        if (config instanceof Bidirectional) {
            // The wrapped layer's names with one letter before them, for the direction.
            return of(((Bidirectional) config).getFwd(), parameter.substring(1));
        }
        if (config instanceof BaseWrapperLayer) {
            return of(((BaseWrapperLayer) config).getUnderlying(), parameter);
        }
        if (!(config instanceof FeedForwardLayer) || config instanceof PReLULayer) {
            return OTHER;
        }
        if (config instanceof BatchNormalization) {
            return BatchNormalizationParamInitializer.GAMMA.equals(parameter) ? GAMMAS : BETAS;
        }
        Layer layer = (Layer) config;
        if (layer.initializer().isBiasParam(layer, parameter)) {
            return BIASES;
        }
        if (DefaultParamInitializer.GAIN_KEY.equals(parameter)) {
            return GAMMAS;
        }
        if (config instanceof ConvolutionLayer) {
            return CONVOLUTION_WEIGHTS;
        }
        return config instanceof BaseRecurrentLayer ? RECURRENT_WEIGHTS : DENSE_WEIGHTS;
    }
}
