package io.dl4jext.spark;

import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.FisherMeasurement;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Brings together on the driver what {@link FisherListener}s measure on the workers of a Spark training: each of its
 * own mini-batches, as on one machine.
 *
 * <pre>{@code
 * FisherCollector fisher = new FisherCollector(spark, 10);
 * training.setListeners(fisher.listener());
 * training.fit(data);
 * fisher.history();
 * }</pre>
 *
 * <p>A task that Spark repeats measures once more what it measured before; of one worker and iteration, the last
 * counts. Measurements arrive when their task ends.
 */
public final class FisherCollector {

    private final TaskResults<Row> rows;
    private final int everyIterations;

    /** A measurement and the partition, which with parameter averaging is the worker, that it comes from. */
    private static final class Row implements Serializable {

        private static final long serialVersionUID = 1L;

        private final int worker;
        private final FisherMeasurement measurement;

        Row(int worker, FisherMeasurement measurement) {
            this.worker = worker;
            this.measurement = measurement;
        }
    }

    /** @param everyIterations as {@link FisherListener.Builder#everyIterations(int)} */
    public FisherCollector(JavaSparkContext spark, int everyIterations) {
        this.everyIterations = everyIterations;
        this.rows = new TaskResults<>(spark);
    }

    /** To be given to the training. */
    public WorkerListener listener() {
        // Neither may hold this object, which stays on the driver.
        TaskResults<Row> collected = rows;
        int every = everyIterations;
        return new WorkerListener(() -> FisherListener.builder()
                .everyIterations(every)
                .sink((measurement, soFar) -> collected.add(new Row(TaskContext.getPartitionId(), measurement)))
                .build());
    }

    /** Each worker's measurements: C̄_K and L_K as its mini-batches alone would have them. */
    public SortedMap<Integer, FisherHistory> workers() {
        SortedMap<Integer, SortedMap<Integer, FisherMeasurement>> measured = new TreeMap<>();
        for (Row row : rows.all()) {
            measured.computeIfAbsent(row.worker, worker -> new TreeMap<>())
                    .put(row.measurement.iteration(), row.measurement);
        }
        SortedMap<Integer, FisherHistory> histories = new TreeMap<>();
        measured.forEach((worker, ofWorker) -> histories.put(worker, history(ofWorker.values())));
        return histories;
    }

    /**
     * One history of the whole training: the mini-batches that the workers measured at one iteration, as the one batch
     * that they are ({@link FisherMeasurement#together}).
     */
    public FisherHistory history() {
        SortedMap<Integer, Collection<FisherMeasurement>> iterations = new TreeMap<>();
        for (FisherHistory worker : workers().values()) {
            for (FisherMeasurement measurement : worker.measurements()) {
                iterations
                        .computeIfAbsent(measurement.iteration(), iteration -> new ArrayList<>())
                        .add(measurement);
            }
        }
        SortedMap<Integer, FisherMeasurement> whole = new TreeMap<>();
        iterations.forEach((iteration, parts) -> whole.put(iteration, FisherMeasurement.together(parts)));
        return history(whole.values());
    }

    private static FisherHistory history(Collection<FisherMeasurement> measurements) {
        return FisherHistory.of(measurements.toArray(new FisherMeasurement[0]));
    }
}
