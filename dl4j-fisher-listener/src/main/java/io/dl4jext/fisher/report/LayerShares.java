package io.dl4jext.fisher.report;

import io.dl4jext.fisher.FisherMeasurement;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * How Tr F̃ is shared out among the layers over a training, of the measurements that have traces by layer. Where there
 * are more than there is room for, evenly chosen ones stay, the first and the last among them; none is averaged.
 */
final class LayerShares {

    private static final int MOST_COLUMNS = 200;
    private static final int FEWEST_COLUMNS = 8;

    /** The layers that have traces, in the network's order. */
    final Set<String> layers = new LinkedHashSet<>();

    private final List<FisherMeasurement> measurements;

    /** Which of the measurements have them. */
    private final int[] held;

    LayerShares(List<FisherMeasurement> measurements) {
        this.measurements = measurements;
        this.held = IntStream.range(0, measurements.size())
                .filter(i -> !measurements.get(i).layerTraces().isEmpty())
                .toArray();
        for (int measurement : held) {
            layers.addAll(measurements.get(measurement).layerTraces().keySet());
        }
    }

    boolean isEmpty() {
        return held.length == 0;
    }

    /**
     * The indices of the measurements that are shown.
     *
     * @param cells how many shares may be
     */
    int[] shown(int cells) {
        if (isEmpty()) {
            return new int[0];
        }
        int most = Math.max(FEWEST_COLUMNS, Math.min(MOST_COLUMNS, cells / layers.size()));
        int columns = Math.min(held.length, most);
        return IntStream.range(0, columns)
                .map(column -> held[SpectrumImage.place(column, columns, held.length)])
                .toArray();
    }

    /** From 0 to 1; NaN where the measurement has no trace of the layer, or none that is a number and not zero. */
    double share(String layer, int measurement) {
        FisherMeasurement of = measurements.get(measurement);
        double share = of.layerTraces().getOrDefault(layer, Double.NaN) / of.trace();
        return Double.isFinite(share) ? share : Double.NaN;
    }

    /** Of the last measurement that has traces. */
    double last(String layer) {
        return isEmpty() ? Double.NaN : share(layer, held[held.length - 1]);
    }
}
