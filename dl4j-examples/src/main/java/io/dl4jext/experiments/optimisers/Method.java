package io.dl4jext.experiments.optimisers;

import io.dl4jext.adagrad.AdaGradPresets;
import io.dl4jext.adagrad.Centre;
import io.dl4jext.baseline.AcceleratedSgd;
import io.dl4jext.baseline.EntropySgd;
import io.dl4jext.elementwise.RateBuilder;
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
    ADAGRAD((rate, momentum, seed) -> at(rate, AdaGradPresets.paper3()).build()),
    ADAGRAD_PYTORCH((rate, momentum, seed) -> at(rate, AdaGradPresets.pyTorch()).build()),
    ADAGRAD_KERAS((rate, momentum, seed) -> at(rate, AdaGradPresets.keras()).build()),
    ADAGRAD_TENSORFLOW(
            (rate, momentum, seed) -> at(rate, AdaGradPresets.tensorFlow()).build()),
    ADAGRAD_OPTAX((rate, momentum, seed) -> at(rate, AdaGradPresets.optax()).build()),
    ADAGRAD_DL4J((rate, momentum, seed) -> at(rate, AdaGradPresets.dl4j()).build()),
    ADAGRAD_NORM((rate, momentum, seed) -> at(rate, AdaGradPresets.norm()).build()),
    /** Around the first parameters: with all of them 0 a deep network has no gradient. */
    DUAL_AVERAGING((rate, momentum, seed) ->
            at(rate, AdaGradPresets.dualAveraging().centre(Centre.START)).build()),
    MADGRAD((rate, momentum, seed) -> at(rate, AdaGradPresets.madGrad()).build()),
    ADAM((rate, momentum, seed) -> new Adam(rate)),
    /** The rate is that of the outer steps. */
    ENTROPY_SGD(
            (rate, momentum, seed) -> at(rate, EntropySgd.builder()).seed(seed).build()),
    /** The rate is the short step. */
    ACCELERATED_SGD((rate, momentum, seed) -> at(rate, AcceleratedSgd.builder()).build()),
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

    private static <B extends RateBuilder<B>> B at(ISchedule rate, B builder) {
        return builder.learningRateSchedule(rate);
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
