package io.dl4jext.experiments.implicit;

import io.dl4jext.experiments.engine.Run;
import io.dl4jext.experiments.engine.Training;
import io.dl4jext.experiments.engine.Trial;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.implicit.ExactImplicitSgd;
import io.dl4jext.implicit.activation.RootRule;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.api.buffer.DataType;

/** A task trained by one method at one learning rate; what does not differ between two trials stays the same. */
final class RateTrial extends Trial {

    /** What all trials of an experiment have in common. Immutable. */
    static final class Setting {

        final int epochs;
        final RootRule rootRule;

        Setting(int epochs, RootRule rootRule) {
            this.epochs = epochs;
            this.rootRule = rootRule;
        }
    }

    final Task task;
    final Method method;
    final double rate;
    private final Setting setting;

    RateTrial(Task task, Method method, double rate, long seed, Setting setting) {
        super(
                task.name + " " + method + " " + Numbers.plain(rate) + " seed " + seed,
                seed,
                (long) setting.epochs
                        * task.batches.apply(seed).batches()
                        * method.variant.cost()); // in explicit steps
        this.task = task;
        this.method = method;
        this.rate = rate;
        this.setting = setting;
    }

    Training training() {
        Training training = new Training(network(), task.batches.apply(seed))
                .epochs(setting.epochs)
                .cost(size -> method.variant.cost())
                .measure(network -> task.score((MultiLayerNetwork) network));
        return method.variant == Variant.EXACT ? training.step(new ExactImplicitSgd(rate)::step) : training;
    }

    /** The network at the beginning. */
    MultiLayerNetwork network() {
        NeuralNetConfiguration.Builder common = new NeuralNetConfiguration.Builder()
                .seed(seed)
                .dataType(DataType.FLOAT)
                .weightInit(WeightInit.XAVIER_UNIFORM)
                .updater(method.variant.updater(rate, setting.rootRule));
        if (method.variant.isClipped) {
            common.gradientNormalization(GradientNormalization.ClipL2PerLayer)
                    .gradientNormalizationThreshold(method.clip);
        }
        MultiLayerNetwork network = new MultiLayerNetwork(task.network(common));
        network.init();
        task.initialWeights().draw(network, seed);
        return network;
    }

    /** The mean training loss at the end; NaN or infinite if the training diverged. */
    static double loss(Run<RateTrial> run) {
        return run.diverged ? Double.NaN : run.last().score.loss;
    }

    /** Whether the loss at the end is NaN or infinite. */
    static boolean hasDiverged(Run<RateTrial> run) {
        return !Double.isFinite(loss(run));
    }

    /** The accuracy on the test examples at the end; NaN if the training diverged. */
    static double testAccuracy(Run<RateTrial> run) {
        return hasDiverged(run) ? Double.NaN : run.last().score.accuracy;
    }

    /** The mean training loss of a task's network before the first step. */
    static double untrained(Task task, long seed, Setting setting) {
        return task.loss.mean(task, new RateTrial(task, Method.EXPLICIT, 1, seed, setting).network());
    }
}
