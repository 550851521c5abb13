package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.GramMatrix;
import io.dl4jext.fisher.internal.gram.SampleGradients;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes F̃ of one backward pass of a {@code MultiLayerNetwork} or {@code ComputationGraph}.
 *
 * <p>{@link #begin} between the forward and the backward pass, {@link #end} after it. {@link #abandon} at any time puts
 * the network back as it was. Used again for any number of passes; its working memory is kept until {@link #close()}.
 * Not thread-safe.
 */
public final class GradientCapture implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(GradientCapture.class);

    private final ReplayBudget replayBudget;
    private final GramMatrix gram = new GramMatrix();
    private final LayerRules rules;
    private final List<LayerTap> taps = new ArrayList<>();
    /** Null where nobody asks for them. */
    private final LayerTraces traces;

    private final List<VertexTap> vertexTaps = new ArrayList<>();
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
        List<ParameterSite> trained = new ArrayList<>(network.sites());
        trained.addAll(network.vertices());
        requireSupported(trained);
    }

    /**
     * Checks that every one of these layers is supported; what is not trained counts as such.
     *
     * @throws IllegalArgumentException naming all layers that are not, and why
     */
    public static void requireAllSupported(Collection<LayerColumns> layers) {
        requireSupported(layers.stream().map(columns -> columns.site).collect(Collectors.toList()));
    }

    private static void requireSupported(List<ParameterSite> sites) {
        LayerRules rules = new LayerRules(ReplayBudget.DEFAULT);
        List<String> problems = new ArrayList<>();
        for (ParameterSite site : sites) {
            if (site.idle().isEmpty()) {
                problems.addAll(rules.problems(site));
            }
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(
                    "Per-sample gradients cannot be taken of " + String.join("; ", problems));
        }
    }

    /** Is told how each layer's contribution to F̃ is had. */
    public interface LayerVisitor {

        /**
         * @param name its own in the network, as in {@link #layerTraces()}
         * @param type the simple name of its class
         * @param idle why there is none, or null
         * @param replayed whether its samples are replayed one by one
         * @param problem why it cannot be had, or null
         */
        void layer(String name, String type, long parameters, String idle, boolean replayed, String problem);
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
        List<ParameterSite> sites = new ArrayList<>(network.places());
        sites.addAll(network.vertices());
        for (ParameterSite site : sites) {
            String idle = site.idle().orElse(null);
            List<String> problems = idle == null ? rules.problems(site) : List.of();
            visitor.layer(
                    site.name(),
                    site.type(),
                    site.numParams(),
                    idle,
                    idle == null && problems.isEmpty() && rules.isReplayed(site),
                    problems.isEmpty() ? null : String.join("; ", problems).replace(site + ": ", ""));
        }
    }

    /**
     * Watches the backward pass that comes next.
     *
     * @throws IllegalStateException if the replay of a layer is beyond the budget, naming the layer
     * @throws IllegalArgumentException if the mini-batch is too large for a Gram matrix
     */
    public void begin(Model model) {
        abandon();
        int samples = Network.of(model).batchSize();
        gram.reset(samples);
        watchAll(model, samples, true);
    }

    /**
     * Watches the backward pass that comes next, for some layers only, each of which has its own taker of gradients.
     *
     * @param takers by layer; layers that are not trained are passed over
     * @throws IllegalStateException if the replay of a layer is beyond the budget, naming the layer
     */
    public void begin(Model model, Map<LayerColumns, ? extends SampleGradients> takers) {
        abandon();
        Map<String, SampleGradients> byPlace = new HashMap<>();
        takers.forEach((columns, taker) -> byPlace.put(columns.place(), taker));
        watch(model, Network.of(model).batchSize(), site -> byPlace.get(site.name()));
    }

    /**
     * Watches the backward pass that comes next, over a part of a batch (gradient accumulation).
     *
     * @param first whether the batch begins with it
     * @param last whether it ends with it
     * @param budget how many bytes may be kept of the parts before it
     */
    public void beginPart(Model model, boolean first, boolean last, long budget) {
        abandon();
        int samples = Network.of(model).batchSize();
        gram.resetPart(samples, first, last, budget);
        watchAll(model, samples, first);
    }

    private void watchAll(Model model, int samples, boolean first) {
        if (traces != null && first) {
            traces.begin(Network.of(model).sites());
        }
        watch(model, samples, site -> gram);
    }

    /** @param takers null for what is not asked for */
    private void watch(Model model, int samples, Function<ParameterSite, SampleGradients> takers) {
        failures = new Failures();
        Network network = Network.of(model);
        List<LayerSite> sites = network.sites().stream()
                .filter(site -> takers.apply(site) != null)
                .collect(Collectors.toList());
        List<VertexSite> vertices = network.vertices().stream()
                .filter(site -> site.idle().isEmpty() && takers.apply(site) != null)
                .collect(Collectors.toList());
        Map<String, String> reordered = network.rowsReordered();
        sites.forEach(site -> requireInOrder(site, reordered));
        vertices.forEach(site -> requireInOrder(site, reordered));
        List<ReplayCost> costs = rules.costs(sites, samples);
        costs.addAll(rules.costs(vertices, samples));
        ReplayCost.require(costs, replayBudget);
        if (!saidCost && !costs.isEmpty()) {
            saidCost = true;
            log.info(
                    "Layers without a direct rule are replayed sample by sample at each measured step: {}",
                    ReplayCost.describe(costs));
        }
        for (LayerSite site : sites) {
            LayerPass pass = rules.of(site).watch(site, takers.apply(site));
            LayerTap tap = LayerTap.on(site, traces == null ? pass : traces.of(site, pass), failures);
            taps.add(tap);
            site.put(tap);
        }
        for (VertexSite site : vertices) {
            VertexTap tap = new VertexTap(site, rules.watch(site, takers.apply(site)), failures);
            if (traces != null) {
                tap.adding(addition -> traces.add(site.name(), addition));
            }
            vertexTaps.add(tap);
            site.put(tap);
        }
    }

    private static void requireInOrder(ParameterSite site, Map<String, String> reordered) {
        requireInOrder(
                "Per-sample gradients cannot be taken of " + site, site.names().get(0), reordered);
    }

    /**
     * In a forward pass: that the rows of these vertices are those of the samples, in their order.
     *
     * @throws IllegalStateException naming the vertex after which they are not
     */
    public static void requireLossesInOrder(Model model, Collection<String> outputs) {
        Map<String, String> reordered = Network.of(model).rowsReordered();
        outputs.forEach(output ->
                requireInOrder("Losses of single samples cannot be taken of '" + output + "'", output, reordered));
    }

    private static void requireInOrder(String what, String behind, Map<String, String> reordered) {
        String vertex = reordered.get(behind);
        if (vertex != null) {
            throw new IllegalStateException(
                    what + ": vertex '" + vertex
                            + "' (ReshapeVertex) makes several rows of a sample, side by side, or one of several, and which rows"
                            + " behind it are whose is not known. Vertices that keep the size of the batch axis are no hindrance");
        }
    }

    /**
     * The pass of {@link #begin(Model, Map)} has ended: the takers have it all.
     *
     * @throws IllegalStateException as {@link #end()}
     */
    public void complete() {
        abandon();
        failures.rethrow();
    }

    /**
     * F̃ of the pass that has ended: B × B, DOUBLE, overwritten by the next pass.
     *
     * @throws IllegalStateException naming the layer, if the gradients of one could not be taken
     */
    public INDArray end() {
        complete();
        return gram.matrix();
    }

    /**
     * Ends the watch over a part of a batch. What there is of the batch then is asked of {@link #parts()}.
     *
     * @throws IllegalStateException as {@link #end()}
     */
    public void endPart() {
        complete();
        gram.endPart();
    }

    /** F̃ of the batch whose parts have been watched. */
    public GramMatrix parts() {
        return gram;
    }

    /**
     * Of the pass that has ended, or of all parts so far: the trace of each layer's own F̃, by its name; empty unless
     * asked for.
     */
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
        vertexTaps.forEach(VertexTap::retire);
        vertexTaps.clear();
    }

    /**
     * {@linkplain #abandon() Abandons} a pass and gives the working memory back, F̃ too; what comes next takes it anew.
     */
    @Override
    public void close() {
        abandon();
        gram.close();
    }
}
