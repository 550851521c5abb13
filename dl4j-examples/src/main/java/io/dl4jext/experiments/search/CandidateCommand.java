package io.dl4jext.experiments.search;

import io.dl4jext.adagrad.AdaGradPresets;
import io.dl4jext.batch.DynamicBatchIterator;
import io.dl4jext.batch.schedule.BatchSchedule;
import io.dl4jext.experiments.command.DataOptions;
import io.dl4jext.experiments.command.EnumName;
import io.dl4jext.experiments.command.MeasuringOptions;
import io.dl4jext.experiments.command.ScheduleName;
import io.dl4jext.experiments.data.BatchIterator;
import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.experiments.data.Layout;
import io.dl4jext.experiments.engine.Evaluator;
import io.dl4jext.experiments.engine.HeldOut;
import io.dl4jext.experiments.engine.Networks;
import io.dl4jext.experiments.engine.Progress;
import io.dl4jext.experiments.engine.Run;
import io.dl4jext.experiments.engine.Score;
import io.dl4jext.experiments.engine.Training;
import io.dl4jext.experiments.engine.UserError;
import io.dl4jext.experiments.network.Architecture;
import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.FisherSummary;
import io.dl4jext.implicit.ImplicitBackprop;
import io.dl4jext.implicit.ImplicitSgd;
import io.dl4jext.stochastic.StochasticBatch;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.node.ObjectNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code candidate}: one training, for any optimiser that can start a program. */
@Command(
        name = "candidate",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Trains one perceptron with the given settings and prints one line of JSON: loss and accuracy on half of the test"
                    + " examples (the other half is left for the setting that is chosen; of a table give --split-seed where"
                    + " --seed is tried, too, as it draws these examples), C_K, L_K, steps and seconds. For"
                    + " optimisers that start a program for each setting they try. Nothing else is printed on standard output"
                    + " and no file written; standard error may say which line of a table was taken for a header."
        })
public final class CandidateCommand implements Callable<Integer> {

    private static final int MEASUREMENTS = 50;

    /** How the network is updated. */
    public enum Updater {
        SGD,
        IMPLICIT,
        ADAGRAD,
        STOCHASTIC_BATCH;

        @Override
        public String toString() {
            return EnumName.typed(name());
        }
    }

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--updater",
            paramLabel = "NAME",
            defaultValue = "sgd",
            description = "Updater: ${COMPLETION-CANDIDATES} (adagrad: as PyTorch's). Default: ${DEFAULT-VALUE}.")
    private Updater updater;

    @Option(
            names = "--learning-rate",
            paramLabel = "RATE",
            defaultValue = "0.1",
            description = "Learning rate. Default: ${DEFAULT-VALUE}.")
    private double learningRate;

    @Option(
            names = "--mu",
            paramLabel = "MU",
            defaultValue = "0",
            description = "The ridge of the updater implicit. Default: ${DEFAULT-VALUE}.")
    private double mu;

    @Option(
            names = "--alpha",
            paramLabel = "A",
            defaultValue = "0.1",
            description = "The alpha of the updater stochastic-batch. Default: ${DEFAULT-VALUE}.")
    private double alpha;

    @Option(
            names = "--batch-sizes",
            paramLabel = "NAME",
            defaultValue = "s32",
            description =
                    "Batch size or schedule, as the paper names them: s32, s16-to-64 (from 5 epochs on), s32-to-512-MS (from 20 on)."
                            + " Default: ${DEFAULT-VALUE}.")
    private String batchSizes;

    @Option(
            names = "--units",
            paramLabel = "N",
            defaultValue = "100",
            description = "Width of the hidden layer. Default: ${DEFAULT-VALUE}.")
    private int units;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            defaultValue = "3",
            description = "Passes over the training examples. Default: ${DEFAULT-VALUE}.")
    private int epochs;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Seed of the initial parameters, of the order of the examples and, without --split-seed, of"
                    + " which rows of a table are for testing. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Mixin
    private MeasuringOptions measuring;

    @Mixin
    private DataOptions dataOptions;

    @Override
    public Integer call() throws IOException {
        measuring.check();
        UserError.require(epochs >= 1, "--epochs", "at least 1", epochs);
        UserError.require(units >= 1, "--units", "at least 1", units);
        UserError.require(seed != 0, "--seed", "a whole number other than 0 (ND4J takes 0 for the time of day)", seed);
        requireFor(Updater.IMPLICIT, "--mu");
        requireFor(Updater.STOCHASTIC_BATCH, "--alpha");
        BatchSchedule sizes = ScheduleName.complete("--batch-sizes", batchSizes, epochs);
        IUpdater rule = checked("--updater " + updater, this::rule);
        ImageSet data = dataOptions.load(seed);
        HeldOut.requireHalves(data);
        MultiLayerNetwork network = network(data, rule);
        FisherListener fisher = measuring
                .listener((long) epochs * data.train().size() / sizes.batchSize(0, 0) / MEASUREMENTS)
                .build();
        DynamicBatchIterator batches = DynamicBatchIterator.builder(
                        BatchIterator.shuffled(data.train(), Layout.FLAT, 1, seed), sizes)
                .build();
        batches.attachTo(network);
        network.addListeners(fisher);
        Run<Updater> run = new Training(network, batches)
                .epochs(epochs)
                .measure(new Evaluator(data.forChoosingAndTesting()[0].test(), Layout.FLAT))
                .run(updater, 0, Progress.silent());
        spec.commandLine().getOut().println(json(run, fisher.history().summary()));
        return 0;
    }

    /** An option that the updater does not have would be passed over. */
    private void requireFor(Updater owner, String option) {
        if (updater != owner && spec.commandLine().getParseResult().hasMatchedOption(option)) {
            throw new UserError(option + ": expected --updater " + owner + " with it, got " + updater);
        }
    }

    private interface Made<T> {
        T make();
    }

    private static <T> T checked(String option, Made<T> made) {
        try {
            return made.make();
        } catch (IllegalArgumentException e) {
            throw new UserError(option + ": " + e.getMessage());
        }
    }

    private IUpdater rule() {
        switch (updater) {
            case SGD:
                UserError.require(
                        learningRate > 0 && learningRate < Double.POSITIVE_INFINITY,
                        "--learning-rate",
                        "a finite number above 0",
                        learningRate);
                return new Sgd(learningRate);
            case IMPLICIT:
                return ImplicitSgd.builder().learningRate(learningRate).mu(mu).build();
            case ADAGRAD:
                return AdaGradPresets.pyTorch().learningRate(learningRate).build();
            default:
                return StochasticBatch.builder()
                        .learningRate(learningRate)
                        .alpha(alpha)
                        .seed(seed)
                        .build();
        }
    }

    private MultiLayerNetwork network(ImageSet data, IUpdater rule) {
        IUpdater first = rule instanceof ImplicitSgd ? new Sgd(learningRate) : rule;
        MultiLayerConfiguration configuration = Architecture.common(first, seed, DataType.FLOAT)
                .list()
                .layer(new DenseLayer.Builder()
                        .nIn(data.shape().size())
                        .nOut(units)
                        .activation(Activation.RELU)
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(units)
                        .nOut(data.classes())
                        .activation(Activation.SOFTMAX)
                        .build())
                .build();
        MultiLayerNetwork network = new MultiLayerNetwork(
                rule instanceof ImplicitSgd
                        ? ImplicitBackprop.convert(configuration, (ImplicitSgd) rule)
                                .result()
                        : configuration);
        network.init();
        Networks.attachListeners(network, rule);
        return network;
    }

    /** What is not finite is null. */
    private static String json(Run<Updater> run, FisherSummary summary) {
        Score score = run.last().score;
        ObjectNode json = new ObjectMapper().createObjectNode();
        put(json, "loss", score.loss);
        put(json, "accuracy", score.accuracy);
        put(json, "mean_condition_number", summary.averageConditionNumber());
        put(json, "cumulative_energy", summary.cumulativeEnergy());
        json.put("steps", run.steps);
        put(json, "seconds", run.seconds);
        return json.toString();
    }

    private static void put(ObjectNode json, String name, double value) {
        if (Double.isFinite(value)) {
            json.put(name, value);
        } else {
            json.putNull(name);
        }
    }
}
