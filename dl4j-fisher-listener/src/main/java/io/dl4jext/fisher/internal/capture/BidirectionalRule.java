package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.SampleGradients;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.AbstractLSTM;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.layers.recurrent.BidirectionalLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.util.TimeSeriesUtils;
import org.nd4j.linalg.activations.impl.ActivationRReLU;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Both directions of a recurrent layer, each as if alone, the forward one's parameters first. DL4J does not hand out
 * the layers inside, so a {@link Twin} takes the whole mini-batch once.
 */
final class BidirectionalRule implements LayerRule {

    private static final Set<Class<?>> INSIDE = Set.of(LSTM.class, GravesLSTM.class, SimpleRnn.class);

    private final Map<String, Long> workspaceBytes = new HashMap<>();

    @Override
    public boolean supports(Layer layer) {
        if (layer.getClass() != BidirectionalLayer.class) {
            return false;
        }
        Bidirectional configuration = (Bidirectional) layer.conf().getLayer();
        return supports(configuration.getFwd()) && supports(configuration.getBwd());
    }

    private static boolean supports(org.deeplearning4j.nn.conf.layers.Layer inside) {
        if (!INSIDE.contains(inside.getClass()) || inside.getIDropout() != null) {
            return false;
        }
        BaseLayer settings = (BaseLayer) inside;
        if (settings.getWeightNoise() != null || settings.getActivationFn() instanceof ActivationRReLU) {
            return false;
        }
        return inside instanceof SimpleRnn
                ? !((SimpleRnn) inside).hasLayerNorm()
                : !(((AbstractLSTM) inside).getGateActivationFn() instanceof ActivationRReLU);
    }

    @Override
    public LayerPass watch(LayerSite site, SampleGradients gradients) {
        return new BothPass(site, gradients);
    }

    private final class BothPass extends LayerPass {

        private final LayerSite site;
        private final SampleGradients gradients;
        private RecordedPass recorded;

        BothPass(LayerSite site, SampleGradients gradients) {
            this.site = site;
            this.gradients = gradients;
        }

        @Override
        void before(Layer layer, INDArray epsilon, OptionalInt truncation) {
            recorded = new RecordedPass(layer, epsilon, truncation);
        }

        @Override
        void after(Layer layer) {
            Bidirectional configuration = (Bidirectional) layer.conf().getLayer();
            INDArray own = layer.getGradientsViewArray();
            INDArray flat = own.reshape(own.length());
            long half = flat.length() / 2;
            try (RecordedPass pass = recorded) {
                boolean channelsLast = configuration.getRNNDataFormat() == RNNFormat.NWC;
                INDArray series = channelsLast ? pass.input : pass.input.permute(0, 2, 1);
                int sequences = Math.toIntExact(series.size(0));
                int steps = Math.toIntExact(series.size(1));
                try (Twin twin = new Twin(
                                site.configuration,
                                layer,
                                pass,
                                gradients.samples(),
                                workspaceBytes.getOrDefault(site.name(), 0L));
                        SeriesTrace forward = trace(layer, "f", configuration.getFwd(), sequences, steps);
                        SeriesTrace backward = trace(layer, "b", configuration.getBwd(), sequences, steps)) {
                    Bidirectional settings = (Bidirectional) twin.configuration();
                    twin.wholeBatch(() -> {
                        forward.watch((BaseLayer) settings.getFwd());
                        backward.watch((BaseLayer) settings.getBwd());
                    });
                    workspaceBytes.put(site.name(), twin.workspaceBytes());
                    forward.complete(series, pass.mask);
                    forward.requireSum(flat.get(NDArrayIndex.interval(0, half)));
                    forward.addTo(gradients, key -> site.place("f" + key));
                    backward.complete(
                            TimeSeriesUtils.reverseTimeSeries(series.permute(0, 2, 1))
                                    .permute(0, 2, 1),
                            TimeSeriesUtils.reverseTimeSeriesMask(
                                    pass.mask, LayerWorkspaceMgr.noWorkspaces(), ArrayType.INPUT));
                    backward.requireSum(flat.get(NDArrayIndex.interval(half, 2 * half)));
                    backward.addTo(gradients, key -> site.place("b" + key));
                }
            }
        }

        private SeriesTrace trace(
                Layer layer,
                String direction,
                org.deeplearning4j.nn.conf.layers.Layer inside,
                int sequences,
                int steps) {
            return inside instanceof SimpleRnn
                    ? new SimpleRnnTrace(layer.params().dataType(), sequences, steps, (SimpleRnn) inside, Runnable::run)
                    : new LstmTrace(
                            layer.params().dataType(),
                            sequences,
                            steps,
                            (AbstractLSTM) inside,
                            layer.getParam(direction + "RW"),
                            Map.of(),
                            Runnable::run);
        }
    }
}
