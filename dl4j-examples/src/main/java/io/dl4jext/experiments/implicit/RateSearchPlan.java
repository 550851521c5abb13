package io.dl4jext.experiments.implicit;

import io.dl4jext.experiments.engine.Experiment;
import java.io.IOException;
import java.util.List;
import java.util.TreeMap;

/**
 * Searches for the highest stable rate of every method on every task with every seed by itself, so that the seeds are
 * independent: explicit training comes first and gives the threshold of the seed, from its own losses.
 */
final class RateSearchPlan implements Experiment.Plan<RateTrial> {

    /** What is done with a rate when it is found. */
    interface After {
        void found(FoundRate rate) throws IOException;
    }

    private final List<Task> tasks;
    private final List<Method> methods;
    private final long[] seeds;
    private final RateSearch search;
    private final RateTrial.Setting setting;
    private final After after;

    /** @param methods explicit training must be among them */
    RateSearchPlan(
            List<Task> tasks,
            List<Method> methods,
            long[] seeds,
            RateSearch search,
            RateTrial.Setting setting,
            After after) {
        this.tasks = tasks;
        this.methods = methods;
        this.seeds = seeds;
        this.search = search;
        this.setting = setting;
        this.after = after;
    }

    /** Of all trainings that the searches may need. */
    long mostWork() {
        long work = 0;
        for (Task task : tasks) {
            for (Method method : methods) {
                work += seeds.length * mostWork(task, method);
            }
        }
        return work;
    }

    private long mostWork(Task task, Method method) {
        return search.mostTrainings() * new RateTrial(task, method, 1, seeds[0], setting).work();
    }

    @Override
    public void carryOut(Experiment.Trainer<RateTrial> trainer) throws IOException {
        for (Task task : tasks) {
            for (long seed : seeds) {
                Trainings explicit = new Trainings(trainer, task, Method.EXPLICIT, seed);
                double untrained = RateTrial.untrained(task, seed, setting);
                TreeMap<Double, Double> curve = search.explicitCurve(untrained, explicit);
                double threshold = Divergence.threshold(curve.values(), untrained);
                after.found(explicit.found(curve, threshold));
                for (Method method : methods) {
                    if (!method.equals(Method.EXPLICIT)) {
                        after.found(found(new Trainings(trainer, task, method, seed), threshold));
                    }
                }
            }
        }
    }

    private FoundRate found(Trainings trainings, double threshold) throws IOException {
        boolean isWanted = Double.isFinite(threshold);
        return trainings.found(isWanted ? search.curve(trainings) : new TreeMap<>(), threshold);
    }

    /** Those of one search. */
    private final class Trainings implements RateSearch.Losses {

        private final Experiment.Trainer<RateTrial> trainer;
        private final Task task;
        private final Method method;
        private final long seed;
        private long work;

        Trainings(Experiment.Trainer<RateTrial> trainer, Task task, Method method, long seed) {
            this.trainer = trainer;
            this.task = task;
            this.method = method;
            this.seed = seed;
        }

        @Override
        public double at(double rate) throws IOException {
            RateTrial trial = new RateTrial(task, method, rate, seed, setting);
            work += trial.work();
            return RateTrial.loss(trainer.train(trial));
        }

        FoundRate found(TreeMap<Double, Double> curve, double threshold) throws IOException {
            RateSearch.Bracket bracket =
                    curve.isEmpty() ? RateSearch.Bracket.NONE : search.find(curve, threshold, this);
            trainer.skip(mostWork(task, method) - work);
            return new FoundRate(task, method, seed, bracket, threshold);
        }
    }
}
