package io.dl4jext.experiments.command;

import io.dl4jext.experiments.engine.UserError;
import io.dl4jext.fisher.FisherListener;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** How a Fisher listener measures. */
public final class MeasuringOptions {

    @Option(
            names = "--measure-every",
            paramLabel = "N",
            description =
                    "Measure every Nth iteration. Default: so that a training has twenty to a hundred measurements, depending on the"
                            + " command, or all of its iterations where it has fewer; with batches that grow, or of sizes that are not known"
                            + " beforehand, it may have fewer. For controllers, which need them, 10.")
    private Integer measureEvery;

    @Option(
            names = "--rank-tolerance",
            paramLabel = "T",
            defaultValue = "3.45e-4",
            description =
                    "Singular values up to T times the largest count as zero. Default: ${DEFAULT-VALUE}, the root of a"
                            + " float's precision, which is what a Fisher matrix in single precision, as in the paper, can tell"
                            + " from zero. With much less, examples that are learnt already dominate C_K.")
    private double rankTolerance;

    public void check() {
        UserError.require(measureEvery == null || measureEvery >= 1, "--measure-every", "at least 1", measureEvery);
        UserError.require(
                rankTolerance >= 0 && rankTolerance < 1,
                "--rank-tolerance",
                "0 or more and less than 1",
                rankTolerance);
    }

    /** The options that measure the same. */
    public List<String> arguments() {
        List<String> arguments = new ArrayList<>(List.of("--rank-tolerance", String.valueOf(rankTolerance)));
        if (measureEvery != null) {
            arguments.addAll(List.of("--measure-every", measureEvery.toString()));
        }
        return arguments;
    }

    /** As the user says, or else as often as this; the history holds all of it, also a long training's beginning. */
    public FisherListener.Builder listener(long otherwise) {
        return FisherListener.builder()
                .everyIterations(measureEvery != null ? measureEvery : (int) Math.max(1, otherwise))
                .rankTolerance(rankTolerance)
                .historyLimit(Integer.MAX_VALUE);
    }
}
