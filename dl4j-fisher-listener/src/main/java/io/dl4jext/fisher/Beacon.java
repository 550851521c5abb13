package io.dl4jext.fisher;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect.Visibility;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The trajectory of a training run in the (C̄_K, L_K) plane, with the batch sizes it used, for others to follow: C̄_K,
 * L_K and B as functions of the number of examples trained on. Liao et al. call such runs beacons.
 *
 * <p>Between two measurements C̄_K and L_K are interpolated linearly; before the first and after the last
 * measurement they are constant.
 *
 * <p>Immutable. As JSON (Jackson) it is its four lists.
 */
@JsonAutoDetect(
        fieldVisibility = Visibility.ANY,
        getterVisibility = Visibility.NONE,
        isGetterVisibility = Visibility.NONE)
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
            if (point.size <= 0) {
                throw new IllegalArgumentException("Expected batch size > 0 in " + source + ", got " + point.size);
            }
            sizes[i] = point.size;
        }
    }

    @JsonCreator
    private static Beacon of(
            @JsonProperty(value = "examples", required = true) long[] examples,
            @JsonProperty(value = "conditionNumbers", required = true) double[] conditionNumbers,
            @JsonProperty(value = "energies", required = true) double[] energies,
            @JsonProperty(value = "sizes", required = true) int[] sizes) {
        boolean complete = examples != null && conditionNumbers != null && energies != null && sizes != null;
        int n = complete ? examples.length : 0;
        if (n == 0 || conditionNumbers.length != n || energies.length != n || sizes.length != n) {
            throw new IllegalArgumentException("Expected a beacon's four lists to be equally long, and not empty, got "
                    + (complete
                            ? examples.length + ", " + conditionNumbers.length + ", " + energies.length + " and "
                                    + sizes.length + " entries"
                            : "null for one of them"));
        }
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            points.add(new Point(examples[i], conditionNumbers[i], energies[i], sizes[i]));
        }
        return new Beacon(points, "the JSON");
    }

    /**
     * A run as its listener recorded it.
     *
     * @throws IllegalArgumentException if it is empty or holds only the end of a run, or if C̄_K or L_K is not finite
     *     after its first non-zero gradient (a run that diverged, or an updater without a learning rate)
     */
    public static Beacon of(FisherHistory history) {
        if (history.hasLostBeginning()) {
            throw new IllegalArgumentException("Expected a run from its first measurement on, got one whose history"
                    + " begins at iteration " + history.measurements().get(0).iteration()
                    + ": raise historyLimit, or read it from the file of a sink (Beacon.read)");
        }
        return new Beacon(points(history), "the history");
    }

    private static List<Point> points(FisherHistory history) {
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
        return points;
    }

    /**
     * A run from a file of {@code CsvSink} or {@code JsonLinesSink}, see {@link FisherHistory#read(Path)}.
     *
     * @throws IOException if the file cannot be read, or a row is not as expected; the message names the file and the
     *     line
     * @throws IllegalArgumentException as {@link #of(FisherHistory)}
     */
    public static Beacon read(Path file) throws IOException {
        if (file == null) {
            throw new IllegalArgumentException("Expected a file written by CsvSink or JsonLinesSink, got null");
        }
        return new Beacon(points(FisherHistory.read(file)), file.toString());
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
     * How far another training is from this one after as many examples, √(ln²(C̄/C̄_b) + ln²(L/L_b)): 0.1 is a tenth in
     * one of the two, whichever way.
     *
     * @param other where the other training stands
     * @return NaN or infinite where one of the trainings has no finite measures (L_K of an updater without a learning
     *     rate is NaN); where L is 0 in both (a learning rate of 0) C̄ alone counts
     */
    public double distance(FisherSummary other) {
        double inCondition = Math.log(other.averageConditionNumber() / conditionNumber(other.examples()));
        double own = energy(other.examples());
        double inEnergy = own == 0 && other.cumulativeEnergy() == 0 ? 0 : Math.log(other.cumulativeEnergy() / own);
        return Math.hypot(inCondition, inEnergy);
    }

    /**
     * The batch size in use after that many examples: the larger one of the two measurements around it, or of the last
     * two, since an epoch's last mini-batch may be smaller.
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
        int found = Arrays.binarySearch(examples, trainedOn);
        return found < 0 ? -found - 1 : found + 1;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Beacon
                && Arrays.equals(examples, ((Beacon) other).examples)
                && Arrays.equals(conditionNumbers, ((Beacon) other).conditionNumbers)
                && Arrays.equals(energies, ((Beacon) other).energies)
                && Arrays.equals(sizes, ((Beacon) other).sizes);
    }

    @Override
    public int hashCode() {
        return Objects.hash(Arrays.hashCode(examples), Arrays.hashCode(conditionNumbers), Arrays.hashCode(energies));
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
