package io.dl4jext.experiments.sampling;

import io.dl4jext.batch.control.BatchDecision;
import io.dl4jext.experiments.cli.ResultFolder;
import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.sink.CsvSink;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * CSV files: a row for each training, a row for each decision of a controller, and the measurements of one training for
 * each policy. An interrupted experiment leaves what it has.
 */
final class ResultFiles {

    static final String RUNS = "policy,seed,measured,iterations,mean_batch_size,diverged,test_error,"
            + "average_condition_number,cumulative_energy,seconds";
    static final String DECISIONS = "policy,seed,epoch,iteration,measured_size,requested,averaged,applied,outcome";

    private final Path folder;
    private final List<String> runs = new ArrayList<>(List.of(RUNS));
    private final List<String> decisions = new ArrayList<>(List.of(DECISIONS));

    ResultFiles(Path folder) {
        this.folder = folder;
    }

    void add(Run run) throws IOException {
        FisherHistory history = run.history();
        runs.add(String.join(
                ",",
                run.policy().name(),
                Long.toString(run.seed()),
                Boolean.toString(run.measured()),
                Integer.toString(run.iterations()),
                Double.toString(run.meanSize()),
                Boolean.toString(run.diverged()),
                Double.toString(run.testError()),
                history == null ? "" : Double.toString(history.averageConditionNumber()),
                history == null ? "" : Double.toString(history.cumulativeEnergy()),
                Double.toString(run.seconds())));
        ResultFolder.replace(folder.resolve("runs.csv"), runs);
        if (!run.decisions().isEmpty()) {
            run.decisions().forEach(decision -> decisions.add(row(run, decision)));
            ResultFolder.replace(folder.resolve("decisions.csv"), decisions);
        }
    }

    private static String row(Run run, BatchDecision decision) {
        return String.join(
                ",",
                run.policy().name(),
                Long.toString(run.seed()),
                Integer.toString(decision.epoch()),
                Integer.toString(decision.iteration()),
                Integer.toString(decision.measuredSize()),
                Double.toString(decision.requested()),
                Double.toString(decision.averaged()),
                Integer.toString(decision.applied()),
                decision.outcome().name().toLowerCase(Locale.ROOT));
    }

    /** Writes what was measured, in the form that {@link io.dl4jext.batch.control.Beacon#read} takes. */
    void addMeasurements(Run run) throws IOException {
        FisherHistory history = run.history();
        try (CsvSink sink = new CsvSink(folder.resolve(run.policy().name() + ".csv"))) {
            for (int i = 0; i < history.measurements().size(); i++) {
                sink.accept(history.measurements().get(i), history.summaries().get(i));
            }
        }
    }
}
