package io.dl4jext.experiments.optimisers;

import io.dl4jext.acceleratedsgd.AcceleratedSgd;
import io.dl4jext.adagrad.AdaGradPresets;
import io.dl4jext.adagrad.Centre;
import io.dl4jext.entropysgd.EntropySgd;
import io.dl4jext.experiments.command.EnumName;
import io.dl4jext.experiments.network.ClassicalSgd;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ISchedule;

/** Ways to train: those of Yotkov, other AdaGrads, and what Nakamura et al. compare with. */
enum Method {
    /** Yotkov, Algorithm 1 and eq. 6. */
    SGD((rate, momentum, seed) -> ClassicalSgd.updater(rate, momentum)),
    /** Yotkov, Algorithm 2. */
    ADAGRAD((rate, momentum, seed) ->
            AdaGradPresets.yotkov().learningRateSchedule(rate).build()),
    ADAGRAD_PYTORCH((rate, momentum, seed) ->
            AdaGradPresets.pyTorch().learningRateSchedule(rate).build()),
    ADAGRAD_KERAS((rate, momentum, seed) ->
            AdaGradPresets.keras().learningRateSchedule(rate).build()),
    ADAGRAD_TENSORFLOW((rate, momentum, seed) ->
            AdaGradPresets.tensorFlow().learningRateSchedule(rate).build()),
    ADAGRAD_OPTAX((rate, momentum, seed) ->
            AdaGradPresets.optax().learningRateSchedule(rate).build()),
    ADAGRAD_DL4J((rate, momentum, seed) ->
            AdaGradPresets.dl4j().learningRateSchedule(rate).build()),
    ADAGRAD_NORM((rate, momentum, seed) ->
            AdaGradPresets.norm().learningRateSchedule(rate).build()),
    /** Around the first parameters: with all of them 0 a deep network has no gradient. */
    DUAL_AVERAGING((rate, momentum, seed) -> AdaGradPresets.dualAveraging()
            .centre(Centre.START)
            .learningRateSchedule(rate)
            .build()),
    MADGRAD((rate, momentum, seed) ->
            AdaGradPresets.madGrad().learningRateSchedule(rate).build()),
    ADAM((rate, momentum, seed) -> new Adam(rate)),
    /** The rate is that of the outer steps. */
    ENTROPY_SGD((rate, momentum, seed) ->
            EntropySgd.builder().learningRateSchedule(rate).seed(seed).build()),
    /** The rate is the short step. */
    ACCELERATED_SGD((rate, momentum, seed) ->
            AcceleratedSgd.builder().learningRateSchedule(rate).build()),
    /** Plain SGD under dropout that grows with depth. */
    DEPTH_DROPOUT((rate, momentum, seed) -> new Sgd(rate));

    private final Recipe recipe;

    Method(Recipe recipe) {
        this.recipe = recipe;
    }

    /**
     * The updater.
     *
     * @param momentum 0 for none; only {@link #SGD} takes it, others have one of their own or none
     * @param seed of whatever the updater draws
     */
    IUpdater updater(ISchedule rate, double momentum, long seed) {
        return recipe.updater(rate, momentum, seed);
    }

    /** The name as it is typed. */
    @Override
    public String toString() {
        return EnumName.typed(name());
    }

    private interface Recipe {
        IUpdater updater(ISchedule rate, double momentum, long seed);
    }
}
