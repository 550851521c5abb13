package io.dl4jext.experiments.engine;

/** One training of an experiment, as it is declared: a variant under a setting with a seed. */
public interface Trial {

    /** For whoever waits: variant, setting, seed. */
    String name();

    /** How long it takes at most, in the units of {@link Training#cost}. */
    long work();

    /** The training, ready to run; called once, when its turn has come. */
    Training training();
}
