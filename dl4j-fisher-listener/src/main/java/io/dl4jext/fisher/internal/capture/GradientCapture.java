package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.GramMatrix;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes F̃ of one backward pass of a {@code MultiLayerNetwork} or {@code ComputationGraph}.
 *
 * <p>{@link #begin} between the forward and the backward pass, {@link #end} after it. {@link #abandon} at any time puts the
 * network back as it was. Used again for any number of passes; its working memory is kept. Not thread-safe.
 */
public final class GradientCapture {

    private static final Logger log = LoggerFactory.getLogger(GradientCapture.class);

    private static final String STRANGER = "a vertex with parameters that is not a layer cannot be replayed";

    private final ReplayBudget replayBudget;
    private final GramMatrix gram = new GramMatrix();
    private final LayerRules rules;
    private final List<LayerTap> taps = new ArrayList<>();
    /** Null where nobody asks for them. */
    private final LayerTraces traces;

    private Failures failures = new Failures();
    private boolean saidCost;

    public GradientCapture() {
        this(ReplayBudget.DEFAULT, false, true);
    }

    /**
     * @param layerTraces whether {@link #layerTraces()} are taken
     * @param sayCost whether the first pass that replays logs what that takes
     */
    public GradientCapture(ReplayBudget replayBudget, boolean layerTraces, boolean sayCost) {
        this.replayBudget = replayBudget;
        this.traces = layerTraces ? new LayerTraces(gram) : null;
        this.rules = new LayerRules(replayBudget);
        this.saidCost = !sayCost;
    }

    /**
     * Checks that every layer with trainable parameters is supported.
     *
     * @throws IllegalArgumentException naming all layers that are not, and why; or if the model is of another kind
     */
    public static void requireSupported(Model model) {
        Network network = Network.of(model);
        List<String> problems = new ArrayList<>(new LayerRules(ReplayBudget.DEFAULT).problems(network.sites()));
        network.strangers().forEach(vertex -> problems.add(name(vertex) + ": " + STRANGER));
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(
                    "Per-sample gradients cannot be taken of " + String.join("; ", problems));
        }
    }

    private static String name(GraphVertex vertex) {
        return "vertex '" + vertex.getVertexName() + "' (" + vertex.getClass().getSimpleName() + ")";
    }

    /** Is told how each layer's contribution to F̃ is had. */
    public interface LayerVisitor {

        /**
         * @param layer its name and kind
         * @param idle why there is none, or null
         * @param replayed whether its samples are replayed one by one
         * @param problem why it cannot be had, or null
         */
        void layer(String layer, long parameters, String idle, boolean replayed, String problem);
    }

    /**
     * Tells of all layers, in the network's order.
     *
     * @throws IllegalArgumentException if it is null, another model, or not initialised
     */
    public static void visit(Model model, LayerVisitor visitor) {
        Network network = Network.of(model);
        if (network.layers() == null) {
            throw new IllegalArgumentException("Expected a network that has been initialised, got a "
                    + model.getClass().getSimpleName() + " before init(): call init() first");
        }
        LayerRules rules = new LayerRules(ReplayBudget.DEFAULT);
        for (LayerSite site : network.places()) {
            String idle = site.idle().orElse(null);
            List<String> problems = idle == null ? rules.of(site).problems(site) : List.of();
            visitor.layer(
                    site.toString(),
                    site.layer.numParams(),
                    idle,
                    idle == null && rules.of(site).cost(site, 1).isPresent(),
                    problems.isEmpty() ? null : String.join("; ", problems).replace(site + ": ", ""));
        }
        network.strangers().forEach(vertex -> visitor.layer(name(vertex), vertex.numParams(), null, false, STRANGER));
    }

    /**
     * Watches the backward pass that comes next.
     *
     * @throws IllegalStateException if the replay of a layer is beyond the budget, naming the layer
     * @throws IllegalArgumentException if the mini-batch is too large for a Gram matrix
     */
    public void begin(Model model) {
        abandon();
        gram.reset(Network.of(model).batchSize());
        watch(model, true);
    }

    /**
     * Watches the backward pass that comes next, over a part of a batch (gradient accumulation).
     *
     * @param first whether the batch begins with it
     * @param budget how many bytes may be kept of the parts before it
     */
    public void beginPart(Model model, boolean first, long budget) {
        abandon();
        gram.resetPart(Network.of(model).batchSize(), first, budget);
        watch(model, first);
    }

    private void watch(Model model, boolean first) {
        failures = new Failures();
        List<LayerSite> sites = Network.of(model).sites();
        if (traces != null && first) {
            traces.begin(sites);
        }
        int samples = gram.samples();
        List<ReplayCost> costs = rules.costs(sites, samples);
        ReplayCost.require(costs, replayBudget);
        if (!saidCost && !costs.isEmpty()) {
            saidCost = true;
            log.info(
                    "Layers without a direct rule are replayed sample by sample at each measured step: {}",
                    ReplayCost.describe(costs));
        }
        for (LayerSite site : sites) {
            LayerPass pass = rules.of(site).watch(site, gram);
            LayerTap tap = LayerTap.on(site, traces == null ? pass : traces.of(site, pass), failures);
            taps.add(tap);
            site.put(tap);
        }
    }

    /**
     * F̃ of the pass that has ended: B × B, DOUBLE, overwritten by the next pass.
     *
     * @throws IllegalStateException naming the layer, if the gradients of one could not be taken
     */
    public INDArray end() {
        abandon();
        failures.rethrow();
        return gram.matrix();
    }

    /**
     * Ends the watch over a part of a batch. What there is of the batch then is asked of {@link #parts()}.
     *
     * @throws IllegalStateException as {@link #end()}
     */
    public void endPart() {
        abandon();
        failures.rethrow();
        gram.endPart();
    }

    /** F̃ of the batch whose parts have been watched. */
    public GramMatrix parts() {
        return gram;
    }

    /** Of the pass that has ended, or of all parts so far: the trace of each layer's own F̃, by its name; empty unless asked for. */
    public Map<String, Double> layerTraces() {
        return traces == null ? Map.of() : traces.byName();
    }

    /** The entries of F̃ of the pass that has ended, column by column. */
    public double[] values() {
        return gram.values();
    }

    /** Puts every layer back. Does nothing when none is watched. */
    public void abandon() {
        taps.forEach(LayerTap::retire);
        taps.clear();
    }
}
