package io.dl4jext.experiments.engine;

/** One training of an experiment, as it is declared: a variant under a setting with a seed. */
public abstract class Trial {

    /** Of all that is drawn at random: trials that share it are pairs. */
    public final long seed;

    private final String name;
    private final long work;

    /**
     * A trial.
     *
     * @param name for whoever waits: variant, setting, seed
     * @param seed of all that is drawn at random
     * @param work how long it takes at most, in the units of {@link Training#cost}
     */
    protected Trial(String name, long seed, long work) {
        this.name = name;
        this.seed = seed;
        this.work = work;
    }

    public final String name() {
        return name;
    }

    public final long work() {
        return work;
    }
}
