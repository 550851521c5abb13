package io.dl4jext.experiments.engine;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Runs the trainings of an experiment one after the other, for somebody who waits: a list of them, or what a plan asks
 * for.
 */
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

    /** Trains one trial after the other, for a plan in which the next depends on what the last one gave. */
    public interface Trainer<T extends Trial> {

        Run<T> train(T trial) throws IOException;

        /** Some of the work that was foreseen turned out not to be needed; only the progress shown depends on it. */
        void skip(long work);
    }

    /** What is trained, step by step. */
    public interface Plan<T extends Trial> {
        void carryOut(Trainer<T> trainer) throws IOException;
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
        Plan<T> inOrder = trainer -> {
            for (T trial : trials) {
                trainer.train(trial);
            }
        };
        return run(inOrder, work(trials), " of " + trials.size(), training, line, after);
    }

    private static long work(List<? extends Trial> trials) {
        return trials.stream().mapToLong(Trial::work).sum();
    }

    /**
     * Trains what a plan asks for.
     *
     * @param work of all trainings that may be needed, with what the plan skips
     * @param training of a trial, ready to run; asked once for each, when its turn has come
     * @param line what a run gave, in a line
     */
    public <T extends Trial> List<Run<T>> run(
            Plan<T> plan, long work, Function<T, Training> training, Function<Run<T>, String> line, After<T> after)
            throws IOException {
        return run(plan, work, "", training, line, after);
    }

    private <T extends Trial> List<Run<T>> run(
            Plan<T> plan,
            long work,
            String ofAll,
            Function<T, Training> training,
            Function<Run<T>, String> line,
            After<T> after)
            throws IOException {
        List<Run<T>> runs = new ArrayList<>();
        Thread farewell = new Thread(() -> err.println("\nInterrupted. What was measured so far is in " + folder));
        Runtime.getRuntime().addShutdownHook(farewell);
        try (Progress progress = Progress.of(name, work, err)) {
            plan.carryOut(new Trainer<>() {
                @Override
                public Run<T> train(T trial) throws IOException {
                    progress.started(trial.name());
                    Run<T> run = training.apply(trial).run(trial, trial.work(), progress);
                    runs.add(run);
                    after.run(run, runs);
                    progress.finished(trial.name() + ": " + line.apply(run) + " (" + runs.size() + ofAll + ")");
                    return run;
                }

                @Override
                public void skip(long skipped) {
                    progress.advanced(skipped);
                }
            });
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
