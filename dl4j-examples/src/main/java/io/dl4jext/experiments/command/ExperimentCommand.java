package io.dl4jext.experiments.command;

import io.dl4jext.experiments.engine.Experiment;
import io.dl4jext.experiments.engine.ResultFolder;
import io.dl4jext.experiments.engine.UserError;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command that does an experiment: where it writes and how it reports. */
public abstract class ExperimentCommand implements WritingCommand {

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description =
                    "Folder for the results, new or empty. Default: results/NAME-TIMESTAMP, where NAME says what was done.")
    private Path output;

    private Path folder;

    /** Makes the folder of the results. */
    protected final Path folder(String defaultName) {
        folder = ResultFolder.create(output, defaultName);
        return folder;
    }

    /** Goes on with the results in a folder. */
    protected final Path claimed(Path earlier) {
        ResultFolder.claim(earlier);
        folder = earlier;
        return folder;
    }

    @Override
    public final Path folder() {
        return folder;
    }

    protected final Experiment experiment(Path folder) {
        return new Experiment(spec.name(), folder, err());
    }

    /** The name of the command. */
    protected final String name() {
        return spec.name();
    }

    /** Whether the user gave an option; otherwise its value is the default. */
    protected final boolean isGiven(String option) {
        return spec.commandLine().getParseResult().hasMatchedOption(option);
    }

    protected final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    protected final PrintWriter err() {
        return spec.commandLine().getErr();
    }

    protected final void print(Object... lines) {
        PrintWriter out = out();
        for (Object line : lines) {
            out.println(line);
        }
        out.flush();
    }

    /** Prints the result and writes it to a file below a heading; says what files there are. */
    protected final int report(Path folder, String file, String heading, String text) throws IOException {
        Files.writeString(folder.resolve(file), heading + text);
        print("", text.stripTrailing(), "Written to " + folder + ": " + ResultFolder.names(folder));
        return 0;
    }

    /** Refuses numbers that are not finite and above 0. */
    protected static void requirePositive(String option, Collection<Double> values) {
        values.forEach(value -> UserError.require(isPositive(value), option, "finite numbers above 0", value));
    }

    protected static void requirePositive(String option, double value) {
        UserError.require(isPositive(value), option, "a finite number above 0", value);
    }

    private static boolean isPositive(double value) {
        return value > 0 && value < Double.POSITIVE_INFINITY;
    }

    protected static void requireAtLeast(int least, String option, Integer value) {
        UserError.require(value == null || value >= least, option, "at least " + least, value);
    }

    protected static void requireAtLeast(int least, String option, Collection<Integer> values) {
        values.forEach(value -> requireAtLeast(least, option, value));
    }

    /** Refuses batches that are larger than the data. */
    protected static void requireAtMost(int examples, String option, Collection<Integer> sizes) {
        sizes.forEach(size ->
                UserError.require(size <= examples, option, "at most " + examples + " (the training examples)", size));
    }
}
