package io.dl4jext.experiments.durability;

import io.dl4jext.experiments.command.ExperimentCommand;
import io.dl4jext.experiments.engine.Jvm;
import io.dl4jext.experiments.engine.Progress;
import io.dl4jext.experiments.engine.UserError;
import io.dl4jext.experiments.report.CsvFile;
import io.dl4jext.experiments.report.TextTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kill}: trainings that are killed at random moments and resumed. */
@Command(
        name = "kill",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Trains small networks on the UCI digits, each in a process of its own that is killed (SIGKILL) at random moments and"
                    + " started anew until it ends, and compares what it ends with to a training that was left alone:"
                    + " parameters, updater state, history of C_K and L_K, controller, next random numbers, rows of"
                    + " the CSV and JSON Lines files.",
            "Exit code 1 if anything differs."
        })
public final class KillCommand extends ExperimentCommand {

    @Option(names = "--kills", paramLabel = "N", defaultValue = "20", description = "Kills. Default: ${DEFAULT-VALUE}.")
    private int kills;

    @Option(
            names = "--setups",
            split = ",",
            paramLabel = "NAME",
            description = "What to train: ${COMPLETION-CANDIDATES}. Default: all, in turn.")
    private Set<Setup> setups = EnumSet.allOf(Setup.class);

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Seed of trainings and moments. Default: ${DEFAULT-VALUE}.")
    private long seed;

    /** The folder of the training that this process is to begin or to go on with. */
    @Option(names = "--train", hidden = true)
    private Path training;

    @Override
    public Integer call() throws IOException {
        requireAtLeast(1, "--kills", kills);
        UserError.require(seed != 0, "--seed", "a whole number other than 0 (ND4J takes 0 for the time of day)", seed);
        if (training != null) {
            new KilledTraining(setups.iterator().next(), training, seed).run();
            return 0;
        }
        Path folder = folder("kill");
        String heading = kills + " kills, seed " + seed;
        print(heading);
        List<KillRow> rows = new ArrayList<>();
        CsvFile<KillRow> file = new CsvFile<KillRow>(folder.resolve("trainings.csv"))
                .column("setup", row -> row.setup)
                .column("kills_after_ms", row -> row.kills)
                .column("resumed_at", KillRow::resumed)
                .column("updates", row -> row.updates)
                .column("outcome", KillRow::outcome);
        try (Progress progress = Progress.of(name(), kills, err())) {
            Map<Setup, Reference> references = new EnumMap<>(Setup.class);
            SplittableRandom moments = new SplittableRandom(seed);
            List<Setup> order = new ArrayList<>(setups);
            for (int left = kills, i = 0; left > 0; i++) {
                Setup setup = order.get(i % order.size());
                progress.started(setup.toString());
                if (!references.containsKey(setup)) {
                    references.put(setup, reference(training(setup, folder.resolve(setup + "-left-alone"))));
                }
                // What is left is shared out between the setups; a training may end before its share has been used.
                int share = Math.max(1, left / Math.max(1, order.size() - i % order.size()));
                KilledTraining own = training(setup, folder.resolve(setup + "-" + (i / order.size() + 1)));
                KillRow row = killed(own, references.get(setup), share, moments, progress);
                left -= row.kills.size();
                rows.add(row);
                file.replace(rows);
                progress.finished(setup + ": " + row.kills.size() + " kills, " + row.outcome());
            }
        }
        boolean same = rows.stream().allMatch(row -> row.different.isEmpty());
        report(folder, "table.txt", heading + "\n\n", text(rows));
        return same ? 0 : 1;
    }

    private KilledTraining training(Setup setup, Path own) throws IOException {
        return new KilledTraining(setup, Files.createDirectory(own), seed);
    }

    private static String text(List<KillRow> rows) {
        return new TextTable<>(rows)
                        .column("training", row -> row.setup)
                        .column("kills", row -> row.kills.size())
                        .column("updates", row -> row.updates)
                        .column("processes began at update", KillRow::resumed)
                        .column("end", KillRow::outcome)
                + "\nIdentical to a training that was not killed: parameters, updater state, history, controller, random"
                + " numbers,\nrows of the CSV and JSON Lines files.\n";
    }

    /** A training that nobody killed. */
    private static final class Reference {

        final List<String> end;
        final long milliseconds;

        Reference(List<String> end, long milliseconds) {
            this.end = end;
            this.milliseconds = milliseconds;
        }
    }

    private Reference reference(KilledTraining training) throws IOException {
        Process process = start(training);
        long start = begun(training, process, 0);
        requireEnd(training, Jvm.awaitEnd(process, Long.MAX_VALUE), process);
        return new Reference(training.end(), TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
    }

    private KillRow killed(
            KilledTraining training, Reference reference, int share, SplittableRandom moments, Progress progress)
            throws IOException {
        KillRow row = new KillRow(training.setup());
        boolean ended = false;
        while (!ended) {
            Process process = start(training);
            long moment = Long.MAX_VALUE;
            if (row.kills.size() < share) {
                begun(training, process, row.kills.size());
                moment = moments.nextLong(reference.milliseconds);
            }
            ended = Jvm.awaitEnd(process, moment);
            if (ended) {
                requireEnd(training, true, process);
            } else {
                row.kills.add(moment);
                progress.advanced(1);
            }
        }
        row.resumedAt = training.resumedAt();
        List<String> end = training.end();
        row.updates = Integer.parseInt(end.get(0).replace("updates ", ""));
        row.different = new ArrayList<>();
        for (int i = 0; i < end.size(); i++) {
            if (!end.get(i).equals(reference.end.get(i))) {
                row.different.add(end.get(i).replaceFirst(" [^ ]*$", ""));
            }
        }
        return row;
    }

    private Process start(KilledTraining training) throws IOException {
        return Jvm.command(
                        List.of(
                                name(),
                                "--setups",
                                training.setup().toString(),
                                "--seed",
                                Long.toString(seed),
                                "--train",
                                training.folder().toString()),
                        training.log().toFile())
                .start();
    }

    /**
     * Waits until a process has begun or gone on with its training: Java's start is not what is to be killed.
     *
     * @param processes how many there were before it
     * @return the time
     */
    private static long begun(KilledTraining training, Process process, int processes) throws IOException {
        while (process.isAlive() && training.resumedAt().size() <= processes) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
        return System.nanoTime();
    }

    private static void requireEnd(KilledTraining training, boolean ended, Process process) {
        if (!ended || process.exitValue() != 0) {
            throw new IllegalStateException("A process of the training " + training.setup()
                    + " did not come to its end, see " + training.log());
        }
    }
}
