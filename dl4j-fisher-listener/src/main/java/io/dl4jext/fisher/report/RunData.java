package io.dl4jext.fisher.report;

import io.dl4jext.fisher.Column;
import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.FisherMeasurement;
import io.dl4jext.fisher.FisherSummary;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** A run of a report: its name, where it comes from, its measurements and what was made with them. */
final class RunData {

    final String name;
    final FisherHistory history;

    /** Of what was measured with; empty where it is not known. */
    final Map<String, String> versions;

    /** After each measurement, with averages over some ten, as batch controllers have it by default. */
    final double[] noiseScales;

    final LayerShares layers;

    private final Map<Column, double[]> figures = new EnumMap<>(Column.class);

    RunData(String name, FisherHistory history, Map<String, String> versions) {
        this.name = name;
        this.history = history;
        this.versions = versions;
        this.noiseScales = history.noiseScales(0.9);
        this.layers = new LayerShares(history.measurements());
        for (Column column : Column.values()) {
            double[] values = new double[count()];
            for (int i = 0; i < values.length; i++) {
                values[i] = value(column, i);
            }
            figures.put(column, values);
        }
    }

    private double value(Column column, int row) {
        FisherMeasurement measurement = history.measurements().get(row);
        FisherSummary soFar = history.summaries().get(row);
        return column.of(measurement, soFar).doubleValue();
    }

    /** How many measurements are held. */
    int count() {
        return history.measurements().size();
    }

    boolean isEmpty() {
        return count() == 0;
    }

    FisherMeasurement last() {
        return history.measurements().get(count() - 1);
    }

    /** At the end, in examples; NaN where it is not known. */
    double noiseScale() {
        return isEmpty() ? Double.NaN : noiseScales[count() - 1];
    }

    double[] figures(Column column) {
        return figures.get(column);
    }

    /** The indices of the measurements that are shown. */
    int[] shown(int most) {
        List<double[]> all = new ArrayList<>(figures.values());
        // They only ever grow.
        all.remove(figures(Column.ITERATION));
        all.remove(figures(Column.EXAMPLES));
        all.remove(figures(Column.EPOCH));
        return Thinning.rows(all, figures(Column.AVERAGE_CONDITION_NUMBER), figures(Column.CUMULATIVE_ENERGY), most);
    }
}
