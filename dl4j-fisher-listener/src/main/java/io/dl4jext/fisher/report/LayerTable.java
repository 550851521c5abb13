package io.dl4jext.fisher.report;

import io.dl4jext.fisher.LayerContribution;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The layers of a network, and how each is measured. */
final class LayerTable {

    /** As {@link LayerContribution#layer()} names it: name and, in parentheses, class. */
    private static final Pattern LAYER = Pattern.compile("(.*) \\(([^()]*)\\)", Pattern.DOTALL);

    private LayerTable() {}

    static String html(List<LayerContribution> layers) {
        long parameters =
                layers.stream().mapToLong(LayerContribution::parameters).sum();
        // What is measured of single layers goes here, a column for each figure.
        return new Table<>(layers)
                .name("Layer", layer -> part(layer, 1))
                .text("Class", layer -> part(layer, 2))
                .number("Parameters", layer -> Numbers.of(layer.parameters()))
                .number("Share", layer -> share(layer.parameters(), parameters))
                .text("Measured", LayerTable::measured)
                .html("Layers, " + Numbers.of(parameters) + " parameters together");
    }

    private static String part(LayerContribution layer, int part) {
        Matcher matcher = LAYER.matcher(layer.layer());
        return matcher.matches() ? matcher.group(part) : part == 1 ? layer.layer() : Numbers.NONE;
    }

    private static String share(long parameters, long all) {
        return all == 0 ? Numbers.NONE : String.format(Locale.ROOT, "%.1f %%", 100.0 * parameters / all);
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
