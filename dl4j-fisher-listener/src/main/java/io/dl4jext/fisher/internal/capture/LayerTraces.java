package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.GramMatrix;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.deeplearning4j.nn.api.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * By how much the trace of F̃ grows with the contribution of each layer. Each layer finds a diagonal of 0, to which the
 * layers before are added afterwards: beside theirs a small share would be lost to rounding.
 */
final class LayerTraces {

    private final GramMatrix gram;
    private final Map<String, Double> traces = new LinkedHashMap<>();

    LayerTraces(GramMatrix gram) {
        this.gram = gram;
    }

    /** A mini-batch begins. */
    void begin(List<LayerSite> sites) {
        traces.clear();
        sites.forEach(site -> traces.put(site.name(), 0.0));
    }

    Map<String, Double> byName() {
        return new LinkedHashMap<>(traces);
    }

    /**
     * The pass, with its own diagonal of F̃ between its beginning and its end: the layers that a wrapper holds contribute in between.
     */
    LayerPass of(LayerSite site, LayerPass pass) {
        return new LayerPass() {
            private double[] others;

            @Override
            void before(Layer layer, INDArray epsilon, OptionalInt truncation) {
                others = gram.takeDiagonal();
                pass.before(layer, epsilon, truncation);
            }

            @Override
            void release(Layer layer) {
                pass.release(layer);
            }

            @Override
            void after(Layer layer) {
                pass.after(layer);
                grown(site.name(), others);
            }
        };
    }

    /** Makes an addition to F̃, which is this vertex's. */
    void add(String name, Runnable addition) {
        double[] others = gram.takeDiagonal();
        addition.run();
        grown(name, others);
    }

    private void grown(String name, double[] others) {
        traces.merge(name, gram.trace(), Double::sum);
        gram.addDiagonal(others);
    }
}
