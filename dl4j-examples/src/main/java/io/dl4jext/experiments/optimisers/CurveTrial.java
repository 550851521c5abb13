package io.dl4jext.experiments.optimisers;

import io.dl4jext.experiments.engine.Run;
import io.dl4jext.experiments.engine.Training;
import io.dl4jext.experiments.engine.Trial;
import io.dl4jext.experiments.report.CsvFile;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.statistics.Sample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** One training whose loss and accuracy are followed as they change. */
final class CurveTrial extends Trial {

    /** What is trained, the same for all seeds. */
    final String what;

    private final Supplier<Training> training;

    CurveTrial(String what, long seed, long work, Supplier<Training> training) {
        super(what + " seed " + seed, seed, work);
        this.what = what;
        this.training = training;
    }

    Training training() {
        return training.get();
    }

    static String line(Run<CurveTrial> run) {
        return "loss " + (run.diverged ? "NaN" : Numbers.significant(run.last().trainLoss))
                + Numbers.format(", accuracy %.4f", run.last().score.accuracy)
                + Numbers.format(", %.1f s", run.seconds);
    }

    /** {@code runs.csv}, a row for each training, and {@code curves.csv}, one for each of its points. */
    static final class Files {

        private final CsvFile<Run<CurveTrial>> runs;
        private final CsvFile<At> points;

        Files(Path folder) {
            runs = new CsvFile<Run<CurveTrial>>(folder.resolve("runs.csv"))
                    .quotedColumn("run", run -> run.trial.what)
                    .column("seed", run -> run.trial.seed)
                    .column("diverged", run -> run.diverged)
                    .column("loss", run -> run.last().trainLoss)
                    .column("accuracy", run -> run.last().score.accuracy)
                    .column("seconds", run -> run.seconds);
            points = new CsvFile<At>(folder.resolve("curves.csv"))
                    .quotedColumn("run", at -> at.trial.what)
                    .column("seed", at -> at.trial.seed)
                    .column("steps", at -> at.point.steps)
                    .column("train_loss", at -> at.point.trainLoss)
                    .column("test_loss", at -> at.point.score.loss)
                    .column("test_accuracy", at -> at.point.score.accuracy);
        }

        void add(Run<CurveTrial> run) throws IOException {
            runs.add(run);
            points.add(run.curve.stream().map(point -> new At(run.trial, point)).collect(Collectors.toList()));
        }
    }

    /** A point of a training's curve. */
    private static final class At {

        final CurveTrial trial;
        final Run.Point point;

        At(CurveTrial trial, Run.Point point) {
            this.trial = trial;
            this.point = point;
        }
    }

    /** What the trainings of one name with all seeds came to, as it stands in a table. */
    static final class Cells {

        final String loss;
        final String accuracy;
        final String seconds;

        /** Of the first seed; empty without trainings. */
        final List<Run.Point> curve;

        /** @param all where there are none, the cells are "-" */
        Cells(List<Run<CurveTrial>> all) {
            Sample losses = Sample.of(all, run -> run.last().trainLoss);
            int diverged = losses.notFinite();
            loss = diverged > 0 && diverged == losses.size()
                    ? "NaN"
                    : Numbers.spread(losses.finite(), Numbers::significant)
                            + (diverged == 0 ? "" : ", NaN " + diverged + " of " + losses.size());
            accuracy = Numbers.spread(
                    Sample.of(all, run -> run.last().score.accuracy), value -> Numbers.format("%.4f", value));
            seconds = Numbers.format("%.0f", Sample.of(all, run -> run.seconds).mean());
            curve = all.isEmpty() ? List.of() : all.get(0).curve;
        }

        static Cells of(String what, List<Run<CurveTrial>> runs) {
            return new Cells(Run.of(runs, trial -> trial.what.equals(what)));
        }
    }
}
