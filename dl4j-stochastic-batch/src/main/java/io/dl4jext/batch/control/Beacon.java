package io.dl4jext.batch.control;

import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.FisherMeasurement;
import io.dl4jext.fisher.FisherSummary;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The way of a training run through the (C̄_K, L_K) plane, with the batch sizes it used, for others to follow: C̄_K, L_K
 * and B as functions of the number of examples trained on. Paper 1 (Liao et al.) calls such runs beacons.
 *
 * <p>Between two measurements C̄_K and L_K are interpolated linearly; before the first and after the last they stay.
 *
 * <p>Immutable.
 */
public final class Beacon implements Serializable {

    private static final long serialVersionUID = 1L;

    private final long[] examples;
    private final double[] conditionNumbers;
    private final double[] energies;
    private final int[] sizes;

    private Beacon(List<Point> points, String source) {
        int n = points.size();
        if (n == 0) {
            throw new IllegalArgumentException(
                    "Expected a beacon run with at least one measurement, got none in " + source);
        }
        examples = new long[n];
        conditionNumbers = new double[n];
        energies = new double[n];
        sizes = new int[n];
        for (int i = 0; i < n; i++) {
            Point point = points.get(i);
            if (!(point.conditionNumber >= 1) || Double.isInfinite(point.conditionNumber)) {
                throw new IllegalArgumentException("Expected a finite mean condition number >= 1 in " + source
                        + ", got " + point.conditionNumber + " after " + point.examples + " examples");
            }
            if (!(point.energy >= 0) || Double.isInfinite(point.energy)) {
                throw new IllegalArgumentException("Expected a finite cumulative energy >= 0 in " + source + ", got "
                        + point.energy + " after " + point.examples + " examples");
            }
            if (i > 0 && point.examples <= examples[i - 1]) {
                throw new IllegalArgumentException("Expected the number of examples to grow in " + source + ", got "
                        + point.examples + " after " + examples[i - 1]);
            }
            examples[i] = point.examples;
            conditionNumbers[i] = point.conditionNumber;
            energies[i] = point.energy;
            sizes[i] = Checks.positive("batch size", point.size);
        }
    }

    /**
     * A run as its listener recorded it.
     *
     * @throws IllegalArgumentException if it is empty, or if C̄_K or L_K is not finite after its first non-zero gradient
     *     (a run that diverged, or an updater without a learning rate)
     */
    public static Beacon of(FisherHistory history) {
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < history.measurements().size(); i++) {
            FisherMeasurement measurement = history.measurements().get(i);
            FisherSummary summary = history.summaries().get(i);
            add(
                    points,
                    new Point(
                            summary.examples(),
                            summary.averageConditionNumber(),
                            summary.cumulativeEnergy(),
                            measurement.batchSize()));
        }
        return new Beacon(points, "the history");
    }

    /**
     * A run as {@code CsvSink} recorded it: its columns {@code examples}, {@code average_condition_number},
     * {@code cumulative_energy} and {@code batch_size}. (An appended file holds several runs and is refused.)
     *
     * @throws IOException if the file cannot be read, or a column is missing
     * @throws IllegalArgumentException as {@link #of(FisherHistory)}
     */
    public static Beacon read(Path csv) throws IOException {
        List<Point> points = new ArrayList<>();
        try (BufferedReader reader = Files.newBufferedReader(csv)) {
            List<String> columns = null;
            int number = 0;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                if (line.isEmpty() || line.startsWith("#")) {
                    continue;
                }
                // Numbers only: CsvSink never quotes.
                List<String> values = Arrays.asList(line.split(",", -1));
                if (columns == null) {
                    columns = values;
                    continue;
                }
                try {
                    add(
                            points,
                            new Point(
                                    Long.parseLong(value(columns, values, "examples")),
                                    Double.parseDouble(value(columns, values, "average_condition_number")),
                                    Double.parseDouble(value(columns, values, "cumulative_energy")),
                                    Integer.parseInt(value(columns, values, "batch_size"))));
                } catch (IllegalArgumentException e) {
                    throw new IOException(
                            csv + ", line " + number + ": expected a row written by CsvSink: " + e.getMessage(), e);
                }
            }
        }
        return new Beacon(points, csv.toString());
    }

    private static String value(List<String> columns, List<String> values, String column) {
        int index = columns.indexOf(column);
        if (index < 0) {
            throw new IllegalArgumentException("no column '" + column + "' among " + columns);
        }
        if (index >= values.size()) {
            throw new IllegalArgumentException(
                    "expected " + columns.size() + " values, got " + values.size() + ": " + values);
        }
        return values.get(index);
    }

    /** Leaves out what comes before the first gradient that is not zero: no condition number yet. */
    private static void add(List<Point> points, Point point) {
        if (!points.isEmpty() || !Double.isNaN(point.conditionNumber)) {
            points.add(point);
        }
    }

    /** C̄_K after that many examples. */
    public double conditionNumber(long trainedOn) {
        return interpolated(conditionNumbers, trainedOn);
    }

    /** L_K after that many examples. */
    public double energy(long trainedOn) {
        return interpolated(energies, trainedOn);
    }

    /**
     * The batch size in use after that many examples: the larger one of the two measurements around it, or of the last two,
     * since an epoch's last mini-batch may be smaller.
     */
    public int batchSize(long trainedOn) {
        int next = Math.min(sizes.length - 1, firstAfter(trainedOn));
        return Math.max(sizes[Math.max(0, next - 1)], sizes[next]);
    }

    private double interpolated(double[] values, long trainedOn) {
        int next = firstAfter(trainedOn);
        if (next == 0 || next == values.length) {
            return values[Math.max(0, next - 1)];
        }
        double part = (double) (trainedOn - examples[next - 1]) / (examples[next] - examples[next - 1]);
        return values[next - 1] + part * (values[next] - values[next - 1]);
    }

    /** The index of the first measurement that comes after that many examples, or the number of measurements. */
    private int firstAfter(long trainedOn) {
        int low = 0;
        int high = examples.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (examples[middle] <= trainedOn) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    @Override
    public String toString() {
        int last = examples.length - 1;
        return "Beacon(" + examples.length + " measurements, " + examples[last] + " examples, C "
                + conditionNumbers[last] + ", L " + energies[last] + ")";
    }

    private static final class Point {

        final long examples;
        final double conditionNumber;
        final double energy;
        final int size;

        Point(long examples, double conditionNumber, double energy, int size) {
            this.examples = examples;
            this.conditionNumber = conditionNumber;
            this.energy = energy;
            this.size = size;
        }
    }
}
