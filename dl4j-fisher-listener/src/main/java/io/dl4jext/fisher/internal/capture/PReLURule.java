package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.Place;
import io.dl4jext.fisher.internal.gram.SampleGradients;
import io.dl4jext.fisher.internal.gram.ScaleContribution;
import java.util.Arrays;
import java.util.OptionalInt;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.layers.feedforward.PReLU;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** PReLU: y = x, or α ∘ x where x is negative. W (α) in its own order. */
final class PReLURule implements LayerRule {

    @Override
    public boolean supports(Layer layer) {
        return layer.getClass() == PReLU.class;
    }

    @Override
    public LayerPass watch(LayerSite site, SampleGradients gradients) {
        Place slopes = site.place("W");
        return new LayerPass() {
            @Override
            void before(Layer layer, INDArray epsilon, OptionalInt truncation) {
                long[] axes = ((PReLULayer) layer.conf().getLayer()).getSharedAxes();
                int[] shared = axes == null
                        ? new int[0]
                        : Arrays.stream(axes).mapToInt(Math::toIntExact).toArray();
                INDArray negative = Transforms.min(layer.input().dup('c'), 0, false);
                ScaleContribution.add(gradients, negative, epsilon, slopes, shared);
                RecordedPass.giveBack(negative);
            }
        };
    }
}
