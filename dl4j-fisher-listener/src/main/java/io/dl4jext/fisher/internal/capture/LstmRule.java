package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.GramMatrix;
import java.util.HashMap;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.AbstractLSTM;
import org.deeplearning4j.nn.layers.recurrent.GravesLSTM;
import org.deeplearning4j.nn.layers.recurrent.LSTM;
import org.nd4j.linalg.activations.impl.ActivationRReLU;

/** LSTM layers of one direction, with or without peepholes. See {@link LstmPass}. */
final class LstmRule implements LayerRule {

    /** What the last pass of each layer took: a workspace that is too small leaves what it spills to Java's collector. */
    private final Map<String, Long> workspaceBytes = new HashMap<>();

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
        return new LstmPass(site, gram, workspaceBytes);
    }
}
