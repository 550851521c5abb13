package io.dl4jext.experiments.implicit;

import io.dl4jext.experiments.cli.Progress;
import io.dl4jext.implicit.prox.RootRule;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;

/** Trains a task's network anew for each arm, rate and seed; what does not differ between them stays the same. */
final class Training {

    private final Task task;
    private final int epochs;
    private final double clip;
    private final RootRule rootRule;

    /**
     * A kind of training.
     *
     * @param clip the largest norm of a layer's gradient in the arms that clip
     */
    Training(Task task, int epochs, double clip, RootRule rootRule) {
        this.task = task;
        this.epochs = epochs;
        this.clip = clip;
        this.rootRule = rootRule;
    }

    /** How long a run takes, in explicit steps. */
    long work(Arm arm) {
        return (long) epochs * task.steps() * arm.cost();
    }

    /** The network at the beginning of a run. */
    MultiLayerNetwork network(Arm arm, double rate, long seed) {
        NeuralNetConfiguration.Builder common = new NeuralNetConfiguration.Builder()
                .seed(seed)
                .dataType(DataType.FLOAT)
                .weightInit(WeightInit.XAVIER_UNIFORM)
                .updater(arm.updater(rate, rootRule));
        if (arm.isClipped()) {
            common.gradientNormalization(GradientNormalization.ClipL2PerLayer).gradientNormalizationThreshold(clip);
        }
        MultiLayerNetwork network = new MultiLayerNetwork(task.network(common));
        network.init();
        task.prepare(network, seed);
        return network;
    }

    /** The mean training loss before the first step. */
    double untrained(long seed) {
        return TrainingLoss.of(task, network(Arm.EXPLICIT, 1, seed));
    }

    /** Trains and measures; stops as soon as a loss is NaN or infinite. */
    Run run(Arm arm, double rate, long seed, Progress progress) {
        long start = System.nanoTime();
        long left = work(arm);
        MultiLayerNetwork network = network(arm, rate, seed);
        Arm.Step step = arm.step(rate);
        Iterable<DataSet> batches = task.batches(seed);
        boolean finite = true;
        for (int epoch = 0; epoch < epochs && finite; epoch++) {
            for (DataSet batch : batches) {
                step.take(network, batch);
                progress.advanced(arm.cost());
                left -= arm.cost();
                finite = Double.isFinite(network.score());
                if (!finite) {
                    break;
                }
            }
        }
        progress.advanced(left);
        double loss = finite ? TrainingLoss.of(task, network) : Double.NaN;
        return new Run(arm, rate, seed, loss, (System.nanoTime() - start) / 1e9);
    }
}
