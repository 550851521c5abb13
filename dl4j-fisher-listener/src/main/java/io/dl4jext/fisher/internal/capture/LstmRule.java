package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.SampleGradients;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.layers.recurrent.GravesLSTM;
import org.deeplearning4j.nn.layers.recurrent.LSTM;

/** LSTM layers of one direction, with or without peepholes. See {@link LstmPass}. */
final class LstmRule implements LayerRule {

    @Override
    public boolean supports(Layer layer) {
        // The peepholes that weight noise has drawn nobody else sees.
        return layer.getClass() == LSTM.class
                || layer.getClass() == GravesLSTM.class
                        && ((BaseLayer) layer.conf().getLayer()).getWeightNoise() == null;
    }

    @Override
    public LayerPass watch(LayerSite site, SampleGradients gradients) {
        return new LstmPass(site, gradients);
    }
}
