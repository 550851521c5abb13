package io.dl4jext.experiments.selection;

import io.dl4jext.experiments.command.DataOptions;
import io.dl4jext.experiments.command.ExperimentCommand;
import io.dl4jext.experiments.command.MeasuringOptions;
import io.dl4jext.experiments.command.MomentumOption;
import io.dl4jext.experiments.command.SeedsOption;
import io.dl4jext.experiments.command.TrainingOptions;
import io.dl4jext.experiments.data.BatchIterator;
import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.experiments.engine.HeldOut;
import io.dl4jext.experiments.engine.Run;
import io.dl4jext.experiments.engine.Training;
import io.dl4jext.experiments.engine.UserError;
import io.dl4jext.experiments.network.Architecture;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.fisher.FisherListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.schedule.FixedSchedule;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code select}: does a training's place in the (C̄_K, L_K) plane after a few epochs tell how good it will be? */
@Command(
        name = "select",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Trains every combination of batch size and learning rate to the end, and one of them, the beacon, once more with a"
                    + " seed of its own. Then it looks back: ranks the combinations by what was known after a few epochs, by the"
                    + " distance from the beacon in the plane of C_K and L_K (Liao et al., section 3.1) and by the validation"
                    + " loss, and prints how well each rank predicts the test error at the end, which combination each would"
                    + " have chosen, and the time that choosing early saves.",
            "Writes a CSV file of every training, the ranks, and the plane as a picture."
        })
public final class SelectCommand extends ExperimentCommand {

    /** The least measurements of an early part. */
    private static final int MEASUREMENTS = 20;

    private static final long BEACON_SEED = 1_000_003;

    @Option(
            names = "--batch-sizes",
            split = ",",
            paramLabel = "B",
            defaultValue = "8,16,32,64,128,256",
            description = "Batch sizes. Default: ${DEFAULT-VALUE}.")
    private List<Integer> batchSizes;

    @Option(
            names = "--learning-rates",
            split = ",",
            paramLabel = "RATE",
            defaultValue = "0.025,0.05,0.1,0.2,0.4",
            description = "Learning rates. Default: ${DEFAULT-VALUE}.")
    private List<Double> learningRates;

    @Option(
            names = "--beacon",
            split = ",",
            arity = "1",
            paramLabel = "B,RATE",
            defaultValue = "32,0.1",
            description =
                    "Batch size and learning rate of a training that is known to be good. Default: ${DEFAULT-VALUE}.")
    private List<Double> beacon;

    @Option(
            names = "--early",
            paramLabel = "N",
            defaultValue = "2",
            description = "After how many epochs to rank. Default: ${DEFAULT-VALUE}.")
    private int early;

    @Mixin
    private SeedsOption seeds = new SeedsOption("3");

    @Mixin
    private TrainingOptions options = new TrainingOptions(Architecture.MLP, 20);

    @Mixin
    private MomentumOption momentum = new MomentumOption(0);

    @Mixin
    private MeasuringOptions measuring;

    @Mixin
    private DataOptions dataOptions;

    @Override
    public Integer call() throws IOException {
        check();
        ImageSet data = dataOptions.load(seeds.first());
        requireAtMost(data.train().size(), "--batch-sizes", batchSizes);
        UserError.require(
                beacon.get(0) <= data.train().size(),
                "--beacon",
                "a batch size of at most " + data.train().size() + " (the training examples)",
                beacon.get(0));
        options.checkFit(data);
        HeldOut heldOut = new HeldOut(data, options.network().layout());
        Path folder = folder("select-" + options.network() + "-" + data.name());
        String heading = options + ", " + momentum + ", " + seeds + ", ranked after " + Numbers.count(early, "epoch");
        print(data, heading);
        SelectReport report =
                new SelectReport(folder, early, options.epochs(), data.train().size());
        List<Run<SelectTrial>> runs = experiment(folder)
                .run(
                        trials(data.train().size()),
                        trial -> training(trial, data, heldOut),
                        SelectReport::line,
                        (latest, all) -> report.write(all));
        report.draw(options + ", after " + Numbers.count(early, "epoch"), runs);
        return report(folder, "table.txt", data + "\n" + heading + "\n\n", report.text(runs, heldOut));
    }

    private void check() {
        options.check();
        momentum.check();
        measuring.check();
        requirePositive("--learning-rates", learningRates);
        requireAtLeast(1, "--batch-sizes", batchSizes);
        UserError.require(
                early >= 1 && early < options.epochs(), "--early", "at least 1 and less than --epochs", early);
        UserError.require(
                beacon.size() == 2 && beacon.get(0) >= 1 && beacon.get(0) == Math.rint(beacon.get(0)),
                "--beacon",
                "a batch size and a learning rate",
                beacon);
        requirePositive("--beacon", beacon.get(1));
        UserError.require(
                new TreeSet<>(batchSizes).size() * new TreeSet<>(learningRates).size() >= SelectReport.FEWEST,
                "--batch-sizes, --learning-rates",
                "at least " + SelectReport.FEWEST + " combinations",
                batchSizes + ", " + learningRates);
    }

    /** The beacon first, then all combinations for each seed. */
    private List<SelectTrial> trials(int examples) {
        List<SelectTrial> trials = new ArrayList<>();
        trials.add(trial(beacon.get(0).intValue(), beacon.get(1), BEACON_SEED, examples));
        for (long seed : seeds.all()) {
            for (int batchSize : new TreeSet<>(batchSizes)) {
                for (double learningRate : new TreeSet<>(learningRates)) {
                    trials.add(trial(batchSize, learningRate, seed, examples));
                }
            }
        }
        return trials;
    }

    private SelectTrial trial(int batchSize, double learningRate, long seed, int examples) {
        long steps = (long) options.epochs() * ((examples + batchSize - 1) / batchSize);
        return new SelectTrial(batchSize, learningRate, seed, steps);
    }

    private Training training(SelectTrial trial, ImageSet data, HeldOut heldOut) {
        Architecture architecture = options.network();
        Model network = architecture.create(
                data.shape(),
                data.classes(),
                momentum.updater(new FixedSchedule(trial.learningRate)),
                trial.seed,
                DataType.FLOAT);
        long earlySteps = (long) early * ((data.train().size() + trial.batchSize - 1) / trial.batchSize);
        FisherListener fisher = measuring.listener(earlySteps / MEASUREMENTS).build();
        network.addListeners(fisher);
        return new Training(
                        network,
                        BatchIterator.shuffled(data.train(), architecture.layout(), trial.batchSize, trial.seed))
                .epochs(options.epochs())
                .measureEveryEpoch(heldOut)
                .atEnd(() -> {
                    trial.history = fisher.history();
                    fisher.close();
                });
    }
}
