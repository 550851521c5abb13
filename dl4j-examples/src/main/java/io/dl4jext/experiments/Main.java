package io.dl4jext.experiments;

import io.dl4jext.experiments.benchmark.BenchmarkCommand;
import io.dl4jext.experiments.command.EnumName;
import io.dl4jext.experiments.command.GroupCommand;
import io.dl4jext.experiments.command.WritingCommand;
import io.dl4jext.experiments.data.DataFileException;
import io.dl4jext.experiments.doctor.DoctorCommand;
import io.dl4jext.experiments.doctor.PackVersion;
import io.dl4jext.experiments.durability.KillCommand;
import io.dl4jext.experiments.durability.SoakCommand;
import io.dl4jext.experiments.engine.Jvm;
import io.dl4jext.experiments.engine.ResultFolder;
import io.dl4jext.experiments.engine.UserError;
import io.dl4jext.experiments.evidence.ReportCommand;
import io.dl4jext.experiments.fisher.FisherCommand;
import io.dl4jext.experiments.gradientcheck.GradientCheckCommand;
import io.dl4jext.experiments.implicit.ImplicitCommand;
import io.dl4jext.experiments.optimisers.OptimisersCommand;
import io.dl4jext.experiments.sampling.DynamicSamplingCommand;
import io.dl4jext.experiments.search.ArbiterCommand;
import io.dl4jext.experiments.search.CandidateCommand;
import io.dl4jext.experiments.selection.SelectCommand;
import io.dl4jext.experiments.stochastic.StochasticBatchCommand;
import io.dl4jext.experiments.zoo.ZooCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Collection;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The program. Exit codes: 0 done, 2 something that the user can put right (one line on standard error), 1 anything
 * else (a stack trace).
 */
@Command(
        name = "dl4j-examples",
        description = "Experiments with the DL4J extension pack.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            FisherCommand.class,
            ImplicitCommand.class,
            DynamicSamplingCommand.class,
            OptimisersCommand.class,
            GradientCheckCommand.class,
            StochasticBatchCommand.class,
            SelectCommand.class,
            ZooCommand.class,
            KillCommand.class,
            SoakCommand.class,
            ArbiterCommand.class,
            CandidateCommand.class,
            ReportCommand.class,
            DoctorCommand.class,
            BenchmarkCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:an unexpected failure, with a stack trace",
            "2:a wrong option or data file, or a file that cannot be written, in one line"
        })
public final class Main extends GroupCommand {

    private Main() {}

    public static void main(String[] args) {
        Jvm.endWithParent();
        if (System.getProperty("java.awt.headless") == null) {
            System.setProperty("java.awt.headless", "true"); // pictures are files only
        }
        System.exit(commandLine().execute(args));
    }

    /** The parser with all commands; tests set its streams. */
    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new Main());
        EnumName.registerAll(commandLine);
        commandLine.setUsageHelpAutoWidth(true);
        commandLine.setParameterExceptionHandler((e, args) -> fail(e.getCommandLine(), message(e)));
        commandLine.setExecutionStrategy(Main::executeAndRelease);
        commandLine.setExecutionExceptionHandler((e, command, parsed) -> {
            if (e instanceof UserError || e instanceof DataFileException) {
                return fail(command, e.getMessage());
            }
            if (e instanceof IOException || e instanceof UncheckedIOException) {
                return fail(command, fileFault(e, command.getCommand()));
            }
            e.printStackTrace(command.getErr());
            return CommandLine.ExitCode.SOFTWARE;
        });
        return commandLine;
    }

    private static int executeAndRelease(ParseResult parsed) {
        try {
            parsed.asCommandLineList().forEach(command -> requireValues(command.getParseResult()));
            return new RunLast().execute(parsed);
        } finally {
            for (CommandLine command : parsed.asCommandLineList()) {
                Path folder = folder(command.getCommand());
                if (folder != null) {
                    ResultFolder.release(folder);
                }
            }
        }
    }

    /** A list of nothing, such as a comma alone, is none. */
    private static void requireValues(ParseResult parsed) {
        for (OptionSpec option : parsed.matchedOptions()) {
            Object value = option.getValue();
            if (value instanceof Collection && ((Collection<?>) value).isEmpty()) {
                throw new ParameterException(
                        parsed.commandSpec().commandLine(),
                        option.longestName() + ": expected a value at least, got none");
            }
        }
    }

    private static Path folder(Object command) {
        return command instanceof WritingCommand ? ((WritingCommand) command).folder() : null;
    }

    /** Data files say themselves what is wrong; what is left is a full disk, a folder that is gone, and the like. */
    private static String fileFault(Throwable e, Object command) {
        Throwable cause = e;
        // Only these name the file.
        while (cause.getCause() != null && !(cause instanceof FileSystemException)) {
            cause = cause.getCause();
        }
        Path folder = folder(command);
        return "expected to read and write files" + (folder == null ? "" : ", results in " + folder) + ", got "
                + cause.getClass().getSimpleName() + ": " + cause.getMessage();
    }

    private static String message(ParameterException e) {
        CommandLine command = e.getCommandLine();
        if (e instanceof UnmatchedArgumentException
                && !((UnmatchedArgumentException) e).isUnknownOption()
                && !command.getSubcommands().isEmpty()) {
            return "expected a command out of "
                    + String.join(", ", command.getSubcommands().keySet()) + ", got '"
                    + ((UnmatchedArgumentException) e).getUnmatched().get(0) + "'";
        }
        return e.getMessage() + " (" + command.getCommandSpec().name() + " --help tells the options)";
    }

    private static int fail(CommandLine command, String message) {
        command.getErr().println("error: " + message.replaceAll("\\s*\\R\\s*", " "));
        return USER_ERROR;
    }

    /** What {@code --version} prints. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"dl4j-examples " + PackVersion.text()};
        }
    }
}
