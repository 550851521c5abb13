package io.dl4jext.fisher;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * The measurements of a training run so far, with C̄_K and L_K after each of them.
 *
 * <p>A listener's history holds a bounded number of them, the last ones
 * ({@link FisherListener.Builder#historyLimit(int)}), and the spectra and gradient norms of fewer
 * ({@link FisherListener.Builder#spectraOfLast(int)}). C̄_K, L_K and all counts are those of the whole run whatever is
 * held.
 *
 * <p>Immutable: a snapshot at the time of {@link FisherListener#history()}, or what {@link #read(Path)} found.
 */
public final class FisherHistory {

    /** Of a run that was not measured at all. */
    static final FisherHistory NONE = new Recorder().snapshot();

    private final List<FisherMeasurement> measurements;
    private final List<FisherSummary> summaries;
    private final FisherSummary summary;
    private final Recorder.Row before;
    private final boolean whole;

    FisherHistory(
            List<FisherMeasurement> measurements,
            List<FisherSummary> summaries,
            FisherSummary summary,
            Recorder.Row before,
            boolean whole) {
        this.measurements = List.copyOf(measurements);
        this.summaries = List.copyOf(summaries);
        this.summary = summary;
        this.before = before;
        this.whole = whole;
    }

    /**
     * Reads what a {@code CsvSink} or a {@code JsonLinesSink} has written; which of them, the content says.
     *
     * <p>Every figure in the file comes back to the last bit. A CSV file holds no spectra and no gradient norms
     * ({@link FisherMeasurement#eigenvalues()} and {@link GradientStatistics#gradientNorms()} are empty); a JSON Lines
     * file does, and all are kept. F̃ is in neither.
     *
     * <p>A last line that was cut off when its program died is left out. Where the iterations go back, a run was begun
     * anew, or continued from an earlier checkpoint: the later rows replace those of the same and of later iterations.
     * Iterations after the last measured one are not in the file;
     * {@link FisherListener.Builder#continuing(FisherHistory)} learns of them from the network.
     *
     * @throws IOException if the file cannot be read, or is none of these; the message names file and line
     */
    public static FisherHistory read(Path path) throws IOException {
        return HistoryReader.read(path);
    }

    /**
     * The history of a run in which these were measured, as a listener would have it: iterations between them have
     * passed, with as many examples each as the measured one before. To try sinks and charts with.
     *
     * @param measurements in the order of training
     * @throws IllegalArgumentException unless their iterations ascend
     */
    public static FisherHistory of(FisherMeasurement... measurements) {
        Recorder recorder = new Recorder();
        for (FisherMeasurement measurement : measurements) {
            FisherMeasurement last = recorder.lastMeasurement();
            if (last != null && measurement.iteration() <= last.iteration()) {
                throw new IllegalArgumentException("Expected iterations that ascend, got " + measurement.iteration()
                        + " after " + last.iteration());
            }
            recorder.passTo(measurement.iteration());
            recorder.add(measurement);
        }
        return recorder.snapshot();
    }

    /**
     * All of it as JSON, to be read by {@link #fromJson(String)}: every figure, spectrum and norm that is held to the
     * last bit, and the iterations since the last measurement. Gram matrices are left out.
     */
    public String toJson() {
        List<Recorder.Row> rows = new ArrayList<>(measurements.size());
        for (int i = 0; i < measurements.size(); i++) {
            rows.add(new Recorder.Row(measurements.get(i), summaries.get(i)));
        }
        return HistoryJson.write(rows, summary, before, whole);
    }

    /**
     * What {@link #toJson()} wrote.
     *
     * @throws IllegalArgumentException if it is something else, or of another version; the message says what was
     *     expected
     */
    public static FisherHistory fromJson(String json) {
        return HistoryJson.read(json);
    }

    /** The measurements that are held, in the order of training. */
    public List<FisherMeasurement> measurements() {
        return measurements;
    }

    /** The running measures after each of {@link #measurements()}: same length, same order. */
    public List<FisherSummary> summaries() {
        return summaries;
    }

    /** The running measures now, iterations since the last measurement included. */
    public FisherSummary summary() {
        return summary;
    }

    /** C̄_K: see {@link FisherSummary#averageConditionNumber()}. */
    public double averageConditionNumber() {
        return summary.averageConditionNumber();
    }

    /** L_K: see {@link FisherSummary#cumulativeEnergy()}. */
    public double cumulativeEnergy() {
        return summary.cumulativeEnergy();
    }

    @Override
    public String toString() {
        return summary.toString();
    }

    /**
     * The gradient noise scale from averages over the measurements that are held, as one mini-batch alone hardly tells
     * it: with exponential moving averages m ← β·m + (1 − β)·x of tr Σ and of |G|² from 0 on,
     *
     * <pre>B_simple = m(tr Σ)/m(|G|²),</pre>
     *
     * from which the correction of their start, 1/(1 − βᵏ) after k measurements, cancels out (McCandlish et al., "An
     * Empirical Model of Large-Batch Training", 2018, eq. 2.9 and appendix A.1). Measurements whose {@link
     * GradientStatistics#covarianceTrace()} is no number (of a single sample) are passed over.
     *
     * @param decay β, 0 (each measurement by itself) to below 1; 0.9 averages over some ten
     * @return one number for each of {@link #measurements()}, in examples: NaN before the first, +∞ where |G|² is not
     *     positive on average
     * @throws IllegalArgumentException unless 0 ≤ β &lt; 1
     */
    public double[] noiseScales(double decay) {
        if (!(decay >= 0 && decay < 1)) {
            throw new IllegalArgumentException("Expected a decay from 0 to below 1, got " + decay);
        }
        double[] scales = new double[measurements.size()];
        double variance = 0;
        double squaredNorm = 0;
        for (int i = 0; i < scales.length; i++) {
            GradientStatistics statistics = measurements.get(i).gradientStatistics();
            if (Double.isFinite(statistics.covarianceTrace())
                    && Double.isFinite(statistics.expectedGradientSquaredNorm())) {
                variance = decay * variance + (1 - decay) * statistics.covarianceTrace();
                squaredNorm = decay * squaredNorm + (1 - decay) * statistics.expectedGradientSquaredNorm();
            }
            scales[i] = variance > 0 && squaredNorm <= 0 ? Double.POSITIVE_INFINITY : variance / squaredNorm;
        }
        return scales;
    }

    /** Whether all that was measured at this iteration and later is held. */
    public boolean holdsFrom(int iteration) {
        if (!measurements.isEmpty() && measurements.get(0).iteration() <= iteration) {
            return true;
        }
        return before == null ? whole : before.measurement.iteration() < iteration;
    }

    /**
     * Hands the measurements that are held to a sink, from an iteration on.
     *
     * @throws IOException of the sink
     */
    public void writeTo(FisherSink sink, int fromIteration) throws IOException {
        for (int i = 0; i < measurements.size(); i++) {
            if (measurements.get(i).iteration() >= fromIteration) {
                sink.accept(measurements.get(i), summaries.get(i));
            }
        }
    }

    /** Whether it goes back to its run's first measurement, so that C̄_K and L_K can be continued. */
    boolean isWhole() {
        return whole;
    }

    /** Whether the first measurements are held no more. */
    boolean hasLostBeginning() {
        return before != null;
    }

    /** The growing history behind {@link FisherListener#history()}. Thread-safe. */
    static final class Recorder {

        private final int limit;
        private final int spectra;
        private final Deque<Row> figures = new ArrayDeque<>();
        private final Deque<Row> detailed = new ArrayDeque<>();
        /** The last row that the limit has taken, or null. */
        private Row before;

        private FisherSummary now = FisherSummary.NONE;
        private boolean whole = true;

        /** A measurement and where the run stood after it. */
        static final class Row {

            final FisherMeasurement measurement;
            final FisherSummary summary;

            Row(FisherMeasurement measurement, FisherSummary summary) {
                this.measurement = measurement;
                this.summary = summary;
            }
        }

        /** Holds everything. */
        Recorder() {
            this(Integer.MAX_VALUE, Integer.MAX_VALUE);
        }

        /**
         * @param limit how many measurements are held, the last ones
         * @param spectra of how many of the last ones spectra and norms are held
         */
        Recorder(int limit, int spectra) {
            this.limit = limit;
            this.spectra = spectra;
        }

        /** Goes on where a history ends, instead of what there was. */
        synchronized void continueFrom(FisherHistory history) {
            figures.clear();
            detailed.clear();
            before = history.before;
            whole = history.whole;
            Iterator<FisherSummary> summaries = history.summaries.iterator();
            for (FisherMeasurement measurement : history.measurements) {
                hold(new Row(measurement, summaries.next()));
            }
            now = history.summary;
        }

        /** One more iteration has passed without a measurement. */
        synchronized void skip(long batchSize) {
            now = now.passed(1, batchSize);
        }

        synchronized FisherSummary add(FisherMeasurement measurement) {
            now = now.plus(measurement);
            hold(new Row(measurement, now));
            return now;
        }

        /** Adds a row of a file, whose running figures hold whatever follows from the rows before. */
        synchronized void add(FisherMeasurement measurement, double average, double cumulative, long examples) {
            if (last() == null) {
                whole = examples == measurement.batchSize();
            }
            FisherSummary added = now.plus(measurement);
            Row last = last();
            if (last != null && Double.compare(added.cumulativeEnergy(), cumulative) != 0) {
                // The listener was not there all the time: for how many iterations does the row before stand?
                FisherSummary heard = last.summary
                        .passedUpTo(cumulative - measurement.energy())
                        .plus(measurement);
                added = Double.compare(heard.cumulativeEnergy(), cumulative) == 0 ? heard : added;
            }
            now = added.as(average, cumulative, examples);
            hold(new Row(measurement, now));
        }

        private void hold(Row row) {
            detailed.addLast(row);
            if (detailed.size() > spectra) {
                Row oldest = detailed.removeFirst();
                figures.addLast(new Row(oldest.measurement.figuresOnly(), oldest.summary));
            }
            if (figures.size() + detailed.size() > limit) {
                Row oldest = figures.isEmpty() ? detailed.removeFirst() : figures.removeFirst();
                before = new Row(oldest.measurement.figuresOnly(), oldest.summary);
            }
        }

        /** The iterations from the last measured one to this one, exclusive, were not heard of: they have passed. */
        synchronized void passTo(int iteration) {
            Row last = last();
            if (last != null) {
                long next = last.measurement.iteration() + now.lastIterations();
                if (iteration > next) {
                    now = now.passed(iteration - next, (iteration - next) * last.measurement.batchSize());
                }
            }
        }

        /**
         * Training goes on at an iteration. What was measured at it and later is dropped, since it will be trained
         * again. Iterations before it that were not heard of have passed, with as many examples each as the last
         * measured one.
         *
         * @return how many measurements were dropped
         * @throws IllegalStateException if the iteration lies before everything that is held, unless it is the first
         */
        synchronized int resumeAt(int iteration) {
            if (iteration == 0) {
                before = null;
            }
            int dropped = 0;
            while (!detailed.isEmpty() && detailed.peekLast().measurement.iteration() >= iteration) {
                detailed.removeLast();
                dropped++;
            }
            while (detailed.isEmpty()
                    && !figures.isEmpty()
                    && figures.peekLast().measurement.iteration() >= iteration) {
                figures.removeLast();
                dropped++;
            }
            Row last = last();
            if (last == null) {
                now = FisherSummary.NONE;
                whole = true;
                return dropped;
            }
            if (last.measurement.iteration() >= iteration) {
                throw new IllegalStateException("Expected a network no earlier in its training than the history, which"
                        + " begins after iteration " + last.measurement.iteration() + ", got one at iteration "
                        + iteration + "; raise historyLimit");
            }
            if (last.measurement.iteration() + now.lastIterations() > iteration || dropped > 0) {
                now = last.summary;
            }
            passTo(iteration);
            return dropped;
        }

        private Row last() {
            return !detailed.isEmpty() ? detailed.peekLast() : !figures.isEmpty() ? figures.peekLast() : before;
        }

        synchronized FisherMeasurement lastMeasurement() {
            Row last = last();
            return last == null ? null : last.measurement;
        }

        synchronized FisherHistory snapshot() {
            List<FisherMeasurement> measurements = new ArrayList<>(figures.size() + detailed.size());
            List<FisherSummary> summaries = new ArrayList<>(figures.size() + detailed.size());
            for (Collection<Row> rows : List.of(figures, detailed)) {
                for (Row row : rows) {
                    measurements.add(row.measurement);
                    summaries.add(row.summary);
                }
            }
            return new FisherHistory(measurements, summaries, now, before, whole);
        }
    }
}
