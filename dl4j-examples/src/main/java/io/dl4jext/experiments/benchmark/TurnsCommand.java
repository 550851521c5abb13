package io.dl4jext.experiments.benchmark;

import io.dl4jext.experiments.command.WritingCommand;
import io.dl4jext.experiments.doctor.Doctor;
import io.dl4jext.experiments.engine.ResultFolder;
import io.dl4jext.experiments.engine.UserError;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.report.TextTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * A benchmark: contenders take turns, a short block of steps each, so that whatever else the machine does meets them all; the
 * result is printed and written to a file that is headed by what the machine is.
 */
abstract class TurnsCommand implements WritingCommand {

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "200",
            description = "Steps of each network. Default: ${DEFAULT-VALUE}.")
    private int steps;

    @Option(
            names = "--block",
            paramLabel = "N",
            defaultValue = "10",
            description = "Steps of one before the next has its turn. Default: ${DEFAULT-VALUE}.")
    private int block;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            defaultValue = "20",
            description = "Steps of each before the times count. Default: ${DEFAULT-VALUE}.")
    private int warmUp;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "Folder for the file, new or empty. Default: results/benchmark-WHAT-TIMESTAMP.")
    private Path output;

    private Path folder;

    /** The fewest steps that tell something. */
    int leastSteps() {
        return 1;
    }

    /** Checks the options of the benchmark's own. */
    void check() {}

    /** Measures: the table and what explains it. */
    abstract String measured();

    @Override
    public final Path folder() {
        return folder;
    }

    @Override
    public final Integer call() throws IOException {
        UserError.require(steps >= leastSteps(), "--steps", "at least " + leastSteps(), steps);
        UserError.require(block >= 1, "--block", "at least 1", block);
        UserError.require(warmUp >= 0, "--warm-up", "at least 0", warmUp);
        check();
        PrintWriter out = spec.commandLine().getOut();
        folder = ResultFolder.create(output, "benchmark-" + spec.name());
        Path file = folder.resolve(spec.name() + ".txt");
        Doctor doctor = new Doctor();
        String heading = doctor.environment() + "\n" + doctor.advice();
        out.println(heading);
        out.flush();
        String text = measured();
        Files.writeString(file, heading + "\n" + text);
        out.print(text);
        out.println("Written to " + file);
        out.flush();
        return 0;
    }

    final void tell(Object what) {
        spec.commandLine().getErr().println("measuring " + what);
    }

    /** Lets them run: first each to warm up, then in blocks until each has its steps (rounded up to whole blocks). */
    final void take(Collection<Contender> contenders) {
        contenders.forEach(contender -> contender.run(warmUp, true));
        for (int done = 0; done < steps; done += block) {
            contenders.forEach(contender -> contender.run(block, false));
        }
    }

    /** The line under a table of times, whose ratios are to this. */
    final String legend(String ratiosTo) {
        return steps + " steps of each after " + warmUp + " to warm up, in turns, " + block
                + " at a time. Times: medians. Ratios: to " + ratiosTo + ".\n";
    }

    /** Lets them take turns and makes a row of their times, the plain step first. */
    final Row timed(String what, double bar, Contender... contenders) {
        take(List.of(contenders));
        return new Row(
                what,
                bar,
                Arrays.stream(contenders).mapToDouble(Contender::typical).toArray());
    }

    /** The columns of all tables: what was timed, the time of the plain step, then time and ratio of another. */
    static TextTable<Row> table(List<Row> rows, String what, String plain, String other) {
        return addTimes(
                new TextTable<>(rows).column(what, row -> row.what).column(plain, row -> row.milliseconds(0)),
                other,
                1);
    }

    /** Adds time and ratio of the i-th after the plain step. */
    static TextTable<Row> addTimes(TextTable<Row> table, String header, int i) {
        return table.column(header, row -> row.milliseconds(i))
                .column("ratio", row -> Numbers.format("%.3f", row.times[i] / row.times[0]));
    }

    /** What takes part in one comparison. Immutable. */
    static final class Row {

        final String what;
        private final double bar;
        private final double[] times;

        Row(String what, double bar, double... times) {
            this.what = what;
            this.bar = bar;
            this.times = times;
        }

        String milliseconds(int i) {
            return Numbers.format("%.2f", times[i]);
        }

        String bar() {
            return TurnsCommand.bar(bar);
        }
    }

    /** The most that the project allows itself; empty for NaN, where nothing is promised. */
    static String bar(double bar) {
        return Double.isNaN(bar) ? "" : Numbers.format("%.2f", bar);
    }
}
