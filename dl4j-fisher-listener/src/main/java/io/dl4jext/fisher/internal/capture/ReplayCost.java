package io.dl4jext.fisher.internal.capture;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What it takes to replay one layer for a mini-batch of B samples, known before it is done. */
final class ReplayCost {

    /** Forward, and the two products of the backward pass. */
    private static final int PLAIN_PASSES = 3;

    /** Forward, forward again inside the backward pass, and the two products of the backward pass. */
    private static final int PASSES = 4;

    private final String place;
    private final long parameters;
    private final int samples;
    private final double positions;
    private final int width;

    ReplayCost(LayerSite site, int samples) {
        this.place = site.toString();
        this.samples = samples;
        this.parameters = site.layer.numParams();
        this.width = site.layer.params().dataType().width();
        this.positions = positions(site.layer, samples);
    }

    ReplayCost(VertexSite site, int samples) {
        this.place = site.toString();
        this.samples = samples;
        this.parameters = site.vertex.numParams();
        this.width = site.vertex.params().dataType().width();
        this.positions = 1;
    }

    /** How often a sample uses each parameter: its time steps or the positions of a kernel, about. */
    private static double positions(Layer layer, int samples) {
        org.deeplearning4j.nn.conf.layers.Layer configuration = layer.conf().getLayer();
        while (configuration instanceof BaseWrapperLayer) {
            configuration = ((BaseWrapperLayer) configuration).getUnderlying();
        }
        INDArray input = layer.input();
        if (input == null || !(configuration instanceof FeedForwardLayer)) {
            return 1;
        }
        double inputs = ((FeedForwardLayer) configuration).getNIn();
        return inputs > 0 ? Math.max(1, input.length() / inputs / samples) : 1;
    }

    /** Of the gradients of all samples, which are held together. */
    long bytes() {
        return parameters * width * samples;
    }

    /** Multiplications: the passes of all samples one by one, and the Gram matrix of their gradients. */
    double operations() {
        return (double) parameters * samples * (PASSES * positions + (samples + 1) / 2.0);
    }

    /** Multiplications of the layer's own pass over the mini-batch. */
    private double plainOperations() {
        return (double) parameters * samples * PLAIN_PASSES * positions;
    }

    /** What all of it comes to, beside the layers' own passes. */
    static String describe(List<ReplayCost> costs) {
        double plain = costs.stream().mapToDouble(ReplayCost::plainOperations).sum();
        return String.format(
                Locale.ROOT,
                "about %.1f times the multiplications of their plain pass, and as they are done for one sample at a time"
                        + " up to %d times its time: %s",
                operations(costs) / plain,
                costs.get(0).samples,
                joined(costs));
    }

    private static double operations(List<ReplayCost> costs) {
        return costs.stream().mapToDouble(ReplayCost::operations).sum();
    }

    private static String joined(List<ReplayCost> costs) {
        return costs.stream().map(ReplayCost::toString).collect(Collectors.joining("; "));
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s: %,d parameters x %d samples = %s of gradients, about %.1e multiplications",
                place,
                parameters,
                samples,
                size(bytes()),
                operations());
    }

    /**
     * Refuses what the budget does not allow.
     *
     * @throws IllegalStateException naming the layers, their costs and the setting
     */
    static void require(List<ReplayCost> costs, ReplayBudget budget) {
        if (costs.isEmpty()) {
            return;
        }
        String dear = joined(
                costs.stream().filter(cost -> cost.bytes() > budget.bytes).collect(Collectors.toList()));
        if (!dear.isEmpty()) {
            throw new IllegalStateException(String.format(
                    Locale.ROOT,
                    "Layers without a direct rule are replayed sample by sample, and that is beyond the replay budget of"
                            + " %s for the gradients of one layer: %s. Raise FisherListener.Builder.replayBudget,"
                            + " measure smaller mini-batches, or freeze the layer",
                    size(budget.bytes),
                    dear));
        }
    }

    private static String size(long bytes) {
        double mebibytes = bytes / (double) (1 << 20);
        return mebibytes < 0.1
                ? String.format(Locale.ROOT, "%,d bytes", bytes)
                : String.format(Locale.ROOT, "%.1f MiB", mebibytes);
    }
}
