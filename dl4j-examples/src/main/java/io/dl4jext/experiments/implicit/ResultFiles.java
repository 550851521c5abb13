package io.dl4jext.experiments.implicit;

import io.dl4jext.experiments.engine.Run;
import io.dl4jext.experiments.report.CsvFile;
import java.nio.file.Path;

/** The files in which other programs find the results. A number that there is not is NaN, an infinite one Infinity. */
final class ResultFiles {

    private ResultFiles() {}

    /** {@code runs.csv}: every training. */
    static CsvFile<Run<RateTrial>> runs(Path folder, boolean areTested) {
        CsvFile<Run<RateTrial>> file = new CsvFile<Run<RateTrial>>(folder.resolve("runs.csv"))
                .column("data", run -> run.trial.task.name)
                .column("variant", run -> run.trial.method.variant)
                .column("clip", run -> run.trial.method.clipText())
                .column("learning_rate", run -> run.trial.rate)
                .column("seed", run -> run.trial.seed)
                .column("diverged", RateTrial::hasDiverged)
                .column("loss", RateTrial::loss);
        if (areTested) {
            file.column("test_accuracy", RateTrial::testAccuracy);
        }
        return file.column("seconds", run -> run.seconds);
    }

    /** {@code rates.csv}: every highest stable rate that was searched for. */
    static CsvFile<FoundRate> rates(Path folder) {
        return new CsvFile<FoundRate>(folder.resolve("rates.csv"))
                .column("data", found -> found.task.name)
                .column("variant", found -> found.method.variant)
                .column("clip", found -> found.method.clipText())
                .column("seed", found -> found.seed)
                .column("rate", found -> found.bracket.stable)
                .column("unstable_rate", found -> found.bracket.unstable)
                .column("open", found -> found.bracket.isOpen())
                .column("stable_again_above", found -> found.bracket.isStableAgainAbove)
                .column("threshold", found -> found.threshold);
    }
}
