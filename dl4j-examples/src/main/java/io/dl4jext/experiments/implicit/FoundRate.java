package io.dl4jext.experiments.implicit;

/** What the search for a method's highest stable rate gave on one task with one seed. Immutable. */
final class FoundRate {

    final Task task;
    final Method method;
    final long seed;
    final RateSearch.Bracket bracket;

    /** The largest loss that counted as stable with this seed; infinite if explicit training diverged at every rate. */
    final double threshold;

    FoundRate(Task task, Method method, long seed, RateSearch.Bracket bracket, double threshold) {
        this.task = task;
        this.method = method;
        this.seed = seed;
        this.bracket = bracket;
        this.threshold = threshold;
    }
}
