package io.dl4jext.fisher.capture;

import io.dl4jext.fisher.gram.GramMatrix;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.AbstractLSTM;
import org.deeplearning4j.nn.layers.recurrent.GravesLSTM;
import org.deeplearning4j.nn.layers.recurrent.LSTM;
import org.nd4j.linalg.activations.impl.ActivationRReLU;

/** LSTM layers of one direction, with or without peepholes. See {@link LstmPass}. */
final class LstmRule implements LayerRule {

    @Override
    public boolean supports(Layer layer) {
        if (layer.getClass() != LSTM.class && layer.getClass() != GravesLSTM.class) {
            return false;
        }
        AbstractLSTM configuration = (AbstractLSTM) layer.conf().getLayer();
        return configuration.getWeightNoise() == null
                && !(configuration.getActivationFn() instanceof ActivationRReLU)
                && !(configuration.getGateActivationFn() instanceof ActivationRReLU);
    }

    @Override
    public LayerPass watch(LayerSite site, GramMatrix gram) {
        return new LstmPass(site, gram);
    }
}
