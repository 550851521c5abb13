package io.dl4jext.experiments.command;

import io.dl4jext.experiments.data.BatchIterator;
import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.experiments.engine.Training;
import io.dl4jext.experiments.engine.Trial;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.FisherListener;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.schedule.FixedSchedule;

/** A batch size and a learning rate with a seed, trained under a Fisher listener. */
public final class GridTrial extends Trial {

    /** As Liao et al. name it: {@code s32-lr0.1}. */
    public final String configuration;

    public final int batchSize;
    public final double learningRate;

    /** Iterations in all. */
    public final long steps;

    /** What the Fisher listener saw. */
    public FisherHistory history;

    /** @param besides what is said behind the configuration, such as the seed where there are several */
    public GridTrial(int batchSize, double learningRate, long seed, String besides, long steps) {
        super(configuration(batchSize, learningRate) + besides, seed, Training.work(steps, batchSize));
        this.configuration = configuration(batchSize, learningRate);
        this.batchSize = batchSize;
        this.learningRate = learningRate;
        this.steps = steps;
    }

    private static String configuration(int batchSize, double learningRate) {
        return "s" + batchSize + "-lr" + Numbers.plain(learningRate);
    }

    /** Every combination once, batch sizes and rates rising. */
    public static List<GridTrial> grid(
            Collection<Integer> batchSizes,
            Collection<Double> learningRates,
            long seed,
            String besides,
            int epochs,
            ImageSet data) {
        List<GridTrial> grid = new ArrayList<>();
        for (int batchSize : new TreeSet<>(batchSizes)) {
            long steps = (long) epochs * data.train().batches(batchSize);
            for (double learningRate : new TreeSet<>(learningRates)) {
                grid.add(new GridTrial(batchSize, learningRate, seed, besides, steps));
            }
        }
        return grid;
    }

    /** Trials of one seed begin with the same parameters and take the examples in the same order. */
    public Training training(ImageSet data, TrainingOptions options, MomentumOption momentum, FisherListener fisher) {
        Model network = options.network().create(data, momentum.updater(new FixedSchedule(learningRate)), seed);
        network.addListeners(fisher);
        return new Training(
                        network,
                        BatchIterator.shuffled(data.train(), options.network().layout(), batchSize, seed))
                .epochs(options.epochs())
                .atEnd(() -> {
                    history = fisher.history();
                    fisher.close();
                });
    }
}
