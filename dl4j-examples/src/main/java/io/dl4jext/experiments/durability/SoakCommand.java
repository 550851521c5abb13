package io.dl4jext.experiments.durability;

import io.dl4jext.experiments.command.ExperimentCommand;
import io.dl4jext.experiments.engine.Progress;
import io.dl4jext.experiments.engine.UserError;
import io.dl4jext.experiments.report.CsvFile;
import io.dl4jext.experiments.report.Numbers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code soak}: a long training with everything on, and what the JVM holds meanwhile. */
@Command(
        name = "soak",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Trains small networks on the UCI digits, all at once in this JVM, each on a thread of its own, with all modules at"
                    + " work: implicit steps, schedules, a controller, accumulation, the stochastic batch size, AdaGrad,"
                    + " measurements with CSV and JSON Lines files, checkpoints. Samples heap, native memory, direct"
                    + " buffers, the process, threads and open files.",
            "Exit code 1 if one of them grows."
        })
public final class SoakCommand extends ExperimentCommand {

    private static final int MEASURED = 20;
    private static final int SAVED = 500;

    @Option(
            names = "--minutes",
            paramLabel = "M",
            defaultValue = "60",
            description = "How long. Default: ${DEFAULT-VALUE}.")
    private double minutes;

    @Option(
            names = "--every",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "Time between samples. Default: ${DEFAULT-VALUE}.")
    private double seconds;

    @Option(
            names = "--setups",
            split = ",",
            paramLabel = "NAME",
            description = "What to train: ${COMPLETION-CANDIDATES}. Default: all.")
    private Set<Setup> setups = EnumSet.allOf(Setup.class);

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Seed. Default: ${DEFAULT-VALUE}.")
    private long seed;

    private volatile boolean over;

    @Override
    public Integer call() throws IOException {
        requirePositive("--minutes", minutes);
        requirePositive("--every", seconds);
        UserError.require(seed != 0, "--seed", "a whole number other than 0 (ND4J takes 0 for the time of day)", seed);
        Path folder = folder("soak");
        String heading = Numbers.plain(minutes) + " minutes, seed " + seed + ", " + setups;
        print(heading);
        List<SavedTraining> trainings = new ArrayList<>();
        for (Setup setup : setups) {
            Path own = Files.createDirectory(folder.resolve(setup.toString()));
            trainings.add(new SavedTraining(setup, own, seed, MEASURED, SAVED));
        }
        List<SoakSample> samples = soak(trainings, SoakReport.csv(folder.resolve("soak.csv")));
        SoakReport report = new SoakReport(samples);
        report.writePicture(folder.resolve("soak.png"));
        report(folder, "table.txt", heading + "\n\n", report.text());
        return report.isFlat() ? 0 : 1;
    }

    private List<SoakSample> soak(List<SavedTraining> trainings, CsvFile<SoakSample> file) throws IOException {
        List<SoakSample> samples = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(trainings.size());
        try (Progress progress = Progress.of(name(), Math.round(60 * minutes), err())) {
            progress.started("training");
            List<Future<?>> running = new ArrayList<>();
            trainings.forEach(training -> running.add(threads.submit(() -> train(training))));
            long start = System.nanoTime();
            long shown = 0;
            while (!over) {
                pause(running.get(0));
                requireAlive(running);
                double elapsed = (System.nanoTime() - start) / 1e9;
                over = elapsed >= 60 * minutes;
                samples.add(sample(elapsed / 60, trainings));
                file.replace(samples);
                long passed = Math.min(Math.round(elapsed), Math.round(60 * minutes));
                progress.advanced(passed - shown);
                shown = passed;
            }
            threads.shutdown();
            for (Future<?> training : running) {
                await(training);
            }
        } finally {
            over = true;
            threads.shutdownNow();
        }
        return samples;
    }

    private Void train(SavedTraining training) throws IOException {
        try {
            while (!over) {
                training.trainEpoch();
            }
        } finally {
            training.fisher.close();
        }
        return null;
    }

    private static SoakSample sample(double minutes, List<SavedTraining> trainings) {
        long updates = 0;
        long measurements = 0;
        for (SavedTraining training : trainings) {
            updates += training.updates();
            measurements += training.fisher.history().summary().measurements();
        }
        return SoakSample.take(minutes, updates, measurements);
    }

    /** Until the next sample, or until a training that should not end does. */
    private void pause(Future<?> training) throws IOException {
        try {
            training.get(Math.round(1e9 * seconds), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            // As it should be.
        } catch (ExecutionException e) {
            await(training);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            over = true;
        }
    }

    private static void requireAlive(List<Future<?>> running) throws IOException {
        for (Future<?> training : running) {
            if (training.isDone()) {
                await(training);
            }
        }
    }

    /** @throws IllegalStateException with its failure, which is for the pack's authors and none of the user's files */
    static void await(Future<?> training) {
        try {
            training.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("A training has ended: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
