package io.dl4jext.experiments.selection;

import io.dl4jext.experiments.command.DataOptions;
import io.dl4jext.experiments.command.ExperimentCommand;
import io.dl4jext.experiments.command.GridTrial;
import io.dl4jext.experiments.command.MeasuringOptions;
import io.dl4jext.experiments.command.MomentumOption;
import io.dl4jext.experiments.command.SeedsOption;
import io.dl4jext.experiments.command.TrainingOptions;
import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.experiments.engine.HeldOut;
import io.dl4jext.experiments.engine.Run;
import io.dl4jext.experiments.engine.UserError;
import io.dl4jext.experiments.network.Architecture;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.fisher.FisherListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
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
        List<Run<GridTrial>> runs = experiment(folder)
                .run(
                        trials(data),
                        trial -> trial.training(data, options, momentum, listener(trial))
                                .measureEveryEpoch(heldOut),
                        SelectReport::line,
                        (latest, all) -> report.write(all));
        report.draw(options + "; ranked after " + Numbers.count(early, "epoch"), runs);
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
    private List<GridTrial> trials(ImageSet data) {
        List<GridTrial> trials =
                new ArrayList<>(grid(List.of(beacon.get(0).intValue()), beacon.subList(1, 2), BEACON_SEED, data));
        for (long seed : seeds.all()) {
            trials.addAll(grid(batchSizes, learningRates, seed, data));
        }
        return trials;
    }

    private List<GridTrial> grid(List<Integer> sizes, List<Double> rates, long seed, ImageSet data) {
        return GridTrial.grid(sizes, rates, seed, ", seed " + seed, options.epochs(), data);
    }

    private FisherListener listener(GridTrial trial) {
        return measuring
                .listener(early * trial.steps / options.epochs() / MEASUREMENTS)
                .build();
    }
}
