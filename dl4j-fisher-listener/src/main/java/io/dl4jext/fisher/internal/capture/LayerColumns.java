package io.dl4jext.fisher.internal.capture;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The columns that the parameters of a layer, or of a vertex with some, have in a matrix of gradients of some layers,
 * in DL4J's flattened order. Immutable.
 */
public final class LayerColumns {

    /** One parameter. */
    public static final class Parameter {

        public final String key;
        public final long first;
        public final long[] shape;
        public final char order;

        private Parameter(String key, long first, long[] shape, char order) {
            this.key = key;
            this.first = first;
            this.shape = shape;
            this.order = order;
        }
    }

    final ParameterSite site;
    private final long first;

    private LayerColumns(ParameterSite site, long first) {
        this.site = site;
        this.first = first;
    }

    /**
     * Of some layers.
     *
     * @param chosen names; empty for all layers with parameters
     * @throws IllegalArgumentException if a name is not that of a layer with parameters
     */
    public static List<LayerColumns> of(Model model, Collection<String> chosen) {
        INDArray all = model.params();
        Network network = Network.of(model);
        List<ParameterSite> sites = Stream.concat(
                        network.places().stream().filter(site -> site.layer.numParams() > 0),
                        network.vertices().stream())
                .sorted(Comparator.comparingLong(site -> site.params().offset() - all.offset()))
                .collect(Collectors.toList());
        List<ParameterSite> some = chosen.isEmpty() ? sites : named(sites, chosen);
        List<LayerColumns> columns = new ArrayList<>();
        long first = 0;
        for (ParameterSite site : some) {
            // Of all layers: where DL4J has them, whatever lies between.
            columns.add(new LayerColumns(site, chosen.isEmpty() ? site.params().offset() - all.offset() : first));
            first += site.numParams();
        }
        return List.copyOf(columns);
    }

    private static List<ParameterSite> named(List<ParameterSite> sites, Collection<String> chosen) {
        Set<String> unknown = new LinkedHashSet<>(chosen);
        sites.forEach(site -> unknown.removeAll(site.names()));
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("Expected names of layers with parameters ("
                    + sites.stream()
                            .map(site -> String.join(" or ", site.names()))
                            .collect(Collectors.joining(", "))
                    + "), got "
                    + String.join(", ", unknown));
        }
        return sites.stream()
                .filter(site -> site.names().stream().anyMatch(chosen::contains))
                .collect(Collectors.toList());
    }

    /** Its layer's place in the network, the same in a copy of the network. */
    String place() {
        return site.name();
    }

    /** The layer's name, or its index where it has none. */
    public String layer() {
        return site.names().get(site.names().size() - 1);
    }

    /** The layer's name and kind, for messages. */
    @Override
    public String toString() {
        return site.toString();
    }

    /** The layer's first column. */
    public long first() {
        return first;
    }

    /** How many it has. */
    public long count() {
        return site.numParams();
    }

    /** Its parameters, in the order of their columns. */
    public List<Parameter> parameters() {
        List<Parameter> parameters = new ArrayList<>();
        INDArray all = site.params();
        site.paramTable()
                .forEach((key, view) -> parameters.add(new Parameter(
                        key, first + view.offset() - all.offset(), view.shape().clone(), view.ordering())));
        parameters.sort(Comparator.comparingLong(parameter -> parameter.first));
        return parameters;
    }
}
