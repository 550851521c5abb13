package io.dl4jext.fisher.report;

import io.dl4jext.fisher.FisherMeasurement;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Eigenvalues of F̃ over a training: a column for each of some measurements, rows from the largest eigenvalue to the
 * least. Where there are more of either than there is room for, evenly chosen ones stay, the first and the last among
 * them; none is averaged.
 */
final class SpectrumImage {

    private static final int MOST_COLUMNS = 120;
    private static final int MOST_ROWS = 48;
    private static final int FEWEST_ROWS = 16;

    /** Those of the columns, in the order of training; none where no spectrum is held. */
    final List<FisherMeasurement> measurements;

    final int rows;

    /** @param cells how many eigenvalues may be shown */
    SpectrumImage(List<FisherMeasurement> all, int cells) {
        List<FisherMeasurement> held = all.stream()
                .filter(measurement -> measurement.eigenvalues().length > 0)
                .collect(Collectors.toList());
        int samples = held.stream().mapToInt(FisherMeasurement::batchSize).max().orElse(0);
        int most = Math.max(FEWEST_ROWS, Math.min(MOST_ROWS, (int) Math.sqrt(cells / 2.5)));
        rows = Math.min(samples, most);
        int columns = held.isEmpty() ? 0 : Math.min(held.size(), Math.min(MOST_COLUMNS, Math.max(2, cells / rows)));
        measurements = IntStream.range(0, columns)
                .mapToObj(column -> held.get(place(column, columns, held.size())))
                .collect(Collectors.toList());
    }

    boolean isEmpty() {
        return measurements.isEmpty();
    }

    /** The eigenvalues of a column that the rows show; a smaller batch's rows repeat some. */
    double[] column(FisherMeasurement measurement) {
        double[] eigenvalues = measurement.eigenvalues();
        double[] shown = new double[rows];
        for (int row = 0; row < rows; row++) {
            shown[row] = eigenvalues[place(row, rows, eigenvalues.length)];
        }
        return shown;
    }

    /** Which of some values stands at a place; the first and the last stand at the first and the last. */
    static int place(int index, int places, int values) {
        return places < 2 ? values - 1 : (int) Math.round((double) index * (values - 1) / (places - 1));
    }
}
