package io.dl4jext.implicit.arbiter;

import io.dl4jext.fisher.arbiter.CompositeSpace;
import io.dl4jext.implicit.ImplicitBackprop;
import io.dl4jext.implicit.ImplicitSgd;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.arbiter.DL4JConfiguration;
import org.deeplearning4j.arbiter.GraphConfiguration;
import org.deeplearning4j.arbiter.optimize.api.ParameterSpace;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The networks of another space, trained by implicit steps: every candidate is converted by {@link ImplicitBackprop},
 * with an {@link ImplicitSgd} that may be searched as well.
 *
 * <pre>{@code
 * ImplicitNetworkSpace.of(multiLayerSpace, SettingsSpace.of(IUpdater.class, new ImplicitSgd(0.5))
 *         .search("learningRate", new ContinuousParameterSpace(0.1, 1.5))
 *         .search("rootRule", new DiscreteParameterSpace<>(RootRule.values())));
 * }</pre>
 *
 * @param <C> {@code DL4JConfiguration} or {@code GraphConfiguration}
 */
public final class ImplicitNetworkSpace<C> extends CompositeSpace<C> {

    private final ParameterSpace<C> network;
    private final ParameterSpace<IUpdater> updater;

    @JsonCreator
    private ImplicitNetworkSpace(
            @JsonProperty(value = "network", required = true) ParameterSpace<C> network,
            @JsonProperty(value = "updater", required = true) ParameterSpace<IUpdater> updater) {
        this.network = network;
        this.updater = updater;
    }

    /**
     * @param <C> {@code DL4JConfiguration} or {@code GraphConfiguration}
     * @param network a {@code MultiLayerSpace}, a {@code ComputationGraphSpace}, or one's own
     * @param updater of {@link ImplicitSgd}
     * @throws IllegalArgumentException if one is null
     */
    public static <C> ImplicitNetworkSpace<C> of(ParameterSpace<C> network, ParameterSpace<IUpdater> updater) {
        if (network == null || updater == null) {
            throw new IllegalArgumentException(
                    "Expected spaces of networks and of updaters, got " + network + " and " + updater);
        }
        return new ImplicitNetworkSpace<>(network, updater);
    }

    /**
     * @throws IllegalArgumentException if the updater is another one
     * @throws org.deeplearning4j.exception.DL4JInvalidConfigException where {@link ImplicitBackprop} refuses the
     *     configuration
     */
    @Override
    @SuppressWarnings("unchecked")
    public C getValue(double[] parameterValues) {
        IUpdater rule = updater.getValue(parameterValues);
        if (!(rule instanceof ImplicitSgd)) {
            throw new IllegalArgumentException("Expected an ImplicitSgd, got " + rule);
        }
        C plain = network.getValue(parameterValues);
        if (plain instanceof DL4JConfiguration) {
            DL4JConfiguration candidate = (DL4JConfiguration) plain;
            candidate.setMultiLayerConfiguration(
                    ImplicitBackprop.convert(candidate.getMultiLayerConfiguration(), (ImplicitSgd) rule)
                            .result());
            return plain;
        }
        if (plain instanceof GraphConfiguration) {
            GraphConfiguration candidate = (GraphConfiguration) plain;
            candidate.setConfiguration(ImplicitBackprop.convert(candidate.getConfiguration(), (ImplicitSgd) rule)
                    .result());
            return plain;
        }
        throw new IllegalArgumentException("Expected a DL4JConfiguration or a GraphConfiguration, got " + plain);
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Map<String, ParameterSpace> getNestedSpaces() {
        Map<String, ParameterSpace> nested = new LinkedHashMap<>();
        nested.put("network", network);
        nested.put("updater", updater);
        return nested;
    }

    @JsonProperty("network")
    private ParameterSpace<C> network() {
        return network;
    }

    @JsonProperty("updater")
    private ParameterSpace<IUpdater> updater() {
        return updater;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ImplicitNetworkSpace
                && network.equals(((ImplicitNetworkSpace<?>) other).network)
                && updater.equals(((ImplicitNetworkSpace<?>) other).updater);
    }

    @Override
    public int hashCode() {
        return Objects.hash(network, updater);
    }

    @Override
    public String toString() {
        return "ImplicitNetworkSpace(" + updater + ", " + network + ")";
    }
}
