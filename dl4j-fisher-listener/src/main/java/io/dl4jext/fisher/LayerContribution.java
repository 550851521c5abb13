package io.dl4jext.fisher;

import io.dl4jext.fisher.internal.capture.GradientCapture;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.deeplearning4j.nn.api.Model;

/**
 * How one layer of a network contributes to the Gram matrix F̃ of the per-sample gradients, known before any
 * measurement: what a {@link FisherListener} or {@link FisherProbe} will do with the network, and what is in its way.
 *
 * <pre>{@code
 * LayerContribution.of(network).forEach(System.out::println); // layer 0 'layer0' (DenseLayer), 392,500 parameters: direct
 * }</pre>
 *
 * <p>Immutable.
 */
public final class LayerContribution {

    /** How the contribution is obtained. */
    public enum Kind {

        /**
         * By a formula, from the network's own backward pass or (bidirectional layers, attention) one more of the
         * layer: cheap.
         */
        DIRECT,

        /** By a backward pass of its own for every sample: costs B backward passes of the layer. */
        REPLAYED,

        /** There is none: no parameters, or none that are trained (frozen layers, locked normalisation). */
        NONE,

        /** It cannot be obtained, and so F̃ of this network cannot: {@link LayerContribution#reason()} says why. */
        REFUSED
    }

    private final String name;
    private final String type;
    private final long parameters;
    private final Kind kind;
    private final String reason;

    private LayerContribution(String name, String type, long parameters, Kind kind, String reason) {
        this.name = name;
        this.type = type;
        this.parameters = parameters;
        this.kind = kind;
        this.reason = reason;
    }

    /**
     * Of all layers (and vertices with parameters), in the network's order.
     *
     * @param network a MultiLayerNetwork or ComputationGraph, initialised; stays as it is
     * @throws IllegalArgumentException if it is null, another model, or not initialised
     */
    public static List<LayerContribution> of(Model network) {
        List<LayerContribution> contributions = new ArrayList<>();
        GradientCapture.visit(network, (name, type, parameters, idle, replayed, problem) -> {
            Kind kind =
                    problem != null ? Kind.REFUSED : idle != null ? Kind.NONE : replayed ? Kind.REPLAYED : Kind.DIRECT;
            contributions.add(new LayerContribution(name, type, parameters, kind, problem != null ? problem : idle));
        });
        return contributions;
    }

    /** Its name and its class, as in messages: {@code layer 0 'hidden' (DenseLayer)}. */
    public String layer() {
        return name + " (" + type + ")";
    }

    /** Its name alone, as {@link FisherMeasurement#layerTraces()} has it: {@code layer 0 'hidden'}. */
    public String name() {
        return name;
    }

    /** The simple name of its class. */
    public String type() {
        return type;
    }

    /** Its parameters, 0 or more. */
    public long parameters() {
        return parameters;
    }

    public Kind kind() {
        return kind;
    }

    /** Why there is none, or why it cannot be had; empty where there is one. */
    public Optional<String> reason() {
        return Optional.ofNullable(reason);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s, %,d parameters: %s%s",
                layer(),
                parameters,
                kind.name().toLowerCase(Locale.ROOT),
                reason == null ? "" : " (" + reason + ")");
    }
}
