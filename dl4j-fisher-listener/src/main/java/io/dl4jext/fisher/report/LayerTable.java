package io.dl4jext.fisher.report;

import io.dl4jext.fisher.LayerContribution;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The layers: those of the network, if it is known, and how each is measured; then those of which only traces are
 * known; and how much of Tr F̃ each has at the end of each run.
 */
final class LayerTable {

    /** More runs than these have their range in one column. */
    private static final int MOST_COLUMNS = 4;

    private final Map<String, LayerContribution> network = new LinkedHashMap<>();
    private final List<RunData> traced;

    /** The names of the rows. */
    final List<String> names;

    /** @param network its layers; empty where it is not known */
    LayerTable(List<LayerContribution> network, List<RunData> runs) {
        network.forEach(layer -> this.network.put(layer.name(), layer));
        this.traced = runs.stream().filter(run -> !run.layers.isEmpty()).collect(Collectors.toList());
        Map<String, LayerContribution> all = new LinkedHashMap<>(this.network);
        traced.forEach(run -> run.layers.layers.forEach(name -> all.putIfAbsent(name, null)));
        this.names = new ArrayList<>(all.keySet());
    }

    boolean isEmpty() {
        return names.isEmpty();
    }

    boolean hasTraces() {
        return !traced.isEmpty();
    }

    String html() {
        long parameters = network.values().stream()
                .mapToLong(LayerContribution::parameters)
                .sum();
        Table<String> table = new Table<>(names).name("Layer", name -> name);
        if (!network.isEmpty()) {
            table.word(
                            "Class",
                            name -> network.containsKey(name)
                                    ? network.get(name).type()
                                    : Numbers.NONE)
                    .number(
                            "Parameters",
                            name -> network.containsKey(name)
                                    ? Numbers.of(network.get(name).parameters())
                                    : Numbers.NONE)
                    .number(
                            "Share of them",
                            name -> network.containsKey(name)
                                    ? percent((double) network.get(name).parameters() / parameters)
                                    : Numbers.NONE);
        }
        if (traced.size() > MOST_COLUMNS) {
            table.number("Share of Tr F̃, least to most", this::range);
        } else {
            for (RunData run : traced) {
                table.number(
                        traced.size() == 1 ? "Share of Tr F̃" : "Tr F̃, " + run.name,
                        name -> percent(run.layers.last(name)));
            }
        }
        if (!network.isEmpty()) {
            table.text("Measured", name -> network.containsKey(name) ? measured(network.get(name)) : Numbers.NONE);
        }
        return table.html("Layers" + (network.isEmpty() ? "" : ", " + Numbers.of(parameters) + " parameters together"));
    }

    private String range(String layer) {
        double[] known = traced.stream()
                .mapToDouble(run -> run.layers.last(layer))
                .filter(share -> !Double.isNaN(share))
                .sorted()
                .toArray();
        if (known.length == 0) {
            return Numbers.NONE;
        }
        String least = percent(known[0]);
        String largest = percent(known[known.length - 1]);
        return least.equals(largest) ? least : least.replace(" %", "") + " to " + largest;
    }

    /** One decimal; "<0.1 %" for less than half of it that is not zero. */
    private static String percent(double share) {
        if (Double.isNaN(share)) {
            return Numbers.NONE;
        }
        return share > 0 && share < 5e-4 ? "<0.1 %" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    private static String measured(LayerContribution layer) {
        return how(layer.kind()) + layer.reason().map(reason -> ": " + reason).orElse("");
    }

    private static String how(LayerContribution.Kind kind) {
        switch (kind) {
            case DIRECT:
                return "direct";
            case REPLAYED:
                return "replayed, sample by sample";
            case NONE:
                return "not";
            default:
                return "cannot be";
        }
    }
}
