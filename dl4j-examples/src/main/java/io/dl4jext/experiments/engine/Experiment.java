package io.dl4jext.experiments.engine;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Runs the trainings of an experiment one after the other, for somebody who waits. */
public final class Experiment {

    /** What is done with the runs so far whenever there is one more, such as writing files. */
    public interface After<T> {
        void run(Run<T> latest, List<Run<T>> all) throws IOException;
    }

    private final String name;
    private final Path folder;
    private final PrintWriter err;

    /** @param folder where the results go, for whoever interrupts it */
    public Experiment(String name, Path folder, PrintWriter err) {
        this.name = name;
        this.folder = folder;
        this.err = err;
    }

    /**
     * Trains all.
     *
     * @param training of a trial, ready to run; asked once for each, when its turn has come
     * @param line what a run gave, in a line
     */
    public <T extends Trial> List<Run<T>> run(
            List<T> trials, Function<T, Training> training, Function<Run<T>, String> line, After<T> after)
            throws IOException {
        long work = trials.stream().mapToLong(Trial::work).sum();
        List<Run<T>> runs = new ArrayList<>();
        Thread farewell = new Thread(() -> err.println("\nInterrupted. What was measured so far is in " + folder));
        Runtime.getRuntime().addShutdownHook(farewell);
        try (Progress progress = Progress.of(name, work, err)) {
            for (T trial : trials) {
                progress.started(trial.name());
                Run<T> run = training.apply(trial).run(trial, trial.work(), progress);
                runs.add(run);
                after.run(run, runs);
                progress.finished(
                        trial.name() + ": " + line.apply(run) + " (" + runs.size() + " of " + trials.size() + ")");
            }
        } finally {
            try {
                Runtime.getRuntime().removeShutdownHook(farewell);
            } catch (IllegalStateException e) {
                // Java is going down already: the hook has its say.
            }
        }
        return runs;
    }
}
