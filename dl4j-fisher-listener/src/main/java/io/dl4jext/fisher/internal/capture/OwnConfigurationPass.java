package io.dl4jext.fisher.internal.capture;

import java.util.OptionalInt;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * For the length of one {@code backpropGradient} call the layer has a configuration of its own, whose functions watch
 * what goes by: the network's configuration, which another thread may be saving or copying, stays as it is.
 */
abstract class OwnConfigurationPass extends LayerPass {

    /** The layer's own. */
    private NeuralNetConfiguration configuration;

    private Throwable failure;

    /** Puts watching functions into the settings. */
    abstract void watch(Layer layer, BaseLayer settings);

    @Override
    void before(Layer layer, INDArray epsilon, OptionalInt truncation) {
        NeuralNetConfiguration watched = layer.conf().clone();
        BaseLayer settings = (BaseLayer) watched.getLayer();
        // It keeps the mask of the forward pass.
        settings.setIDropout(layer.conf().getLayer().getIDropout());
        watch(layer, settings);
        configuration = layer.conf();
        layer.setConf(watched);
    }

    @Override
    void release(Layer layer) {
        if (configuration != null) {
            layer.setConf(configuration);
        }
    }

    /** For all that is done within the layer's own pass, where it must not fail. */
    final void guarded(Runnable measuring) {
        if (failure == null) {
            try {
                measuring.run();
            } catch (Throwable t) {
                failure = t;
            }
        }
    }

    @Override
    void after(Layer layer) {
        if (failure != null) {
            throw new IllegalStateException(failure.toString(), failure);
        }
    }
}
