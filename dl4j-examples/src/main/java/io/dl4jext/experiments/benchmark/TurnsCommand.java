package io.dl4jext.experiments.benchmark;

import io.dl4jext.experiments.command.WritingCommand;
import io.dl4jext.experiments.doctor.Doctor;
import io.dl4jext.experiments.engine.ResultFolder;
import io.dl4jext.experiments.engine.UserError;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.report.TextTable;
import io.dl4jext.experiments.statistics.Sample;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * A benchmark: contenders take turns, a short block of steps each, so that whatever else the machine does meets them
 * all; the result is printed and written to a file that is headed by what the machine is.
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
            description =
                    "Steps of each before the times count. Default: as many as take 10 seconds, for so long Java goes on compiling"
                            + " what the measured step of a small network runs.")
    private Integer warmUp;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "Folder for the file, new or empty. Default: results/benchmark-WHAT-TIMESTAMP.")
    private Path output;

    private Path folder;

    /** How long each contender runs before it is measured, unless a number of steps is told. */
    Duration warmUpTime() {
        return Duration.ofSeconds(10);
    }

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
        UserError.require(warmUp == null || warmUp >= 0, "--warm-up", "at least 0", warmUp);
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
        contenders.forEach(this::warmUp);
        for (int done = 0; done < steps; done += block) {
            contenders.forEach(contender -> contender.run(block, false));
        }
    }

    private void warmUp(Contender contender) {
        if (warmUp != null) {
            contender.run(warmUp, true);
            return;
        }
        long start = System.nanoTime();
        do {
            contender.run(block, true);
        } while (System.nanoTime() - start < warmUpTime().toNanos());
    }

    /** The line under a table of times, whose ratios are to this. */
    final String legend(String ratiosTo) {
        return steps + " steps of each after " + (warmUp == null ? warmUpTime().toSeconds() + " seconds" : warmUp)
                + " to warm up, in turns, " + block + " at a time. Times: medians. Ratios: to " + ratiosTo + ".\n";
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
                .column("ratio", row -> ratio(row.ratios(i).median()));
    }

    /** Adds to them what the ratio was at least and at most, where there were several runs. */
    static TextTable<Row> addSpread(TextTable<Row> table, int i) {
        return table.column("lowest", row -> ratio(row.ratios(i).least()))
                .column("highest", row -> ratio(row.ratios(i).largest()));
    }

    private static String ratio(double ratio) {
        return Numbers.format("%.3f", ratio);
    }

    /** What takes part in one comparison, with its times in one run or in several. Immutable. */
    static final class Row {

        final String what;
        private final double bar;

        /** Of each run, of each contender. */
        private final List<double[]> runs;

        Row(String what, double bar, double... times) {
            this(what, bar, List.of(times));
        }

        private Row(String what, double bar, List<double[]> runs) {
            this.what = what;
            this.bar = bar;
            this.runs = runs;
        }

        /** The same comparison with the runs of both. */
        Row and(Row later) {
            List<double[]> all = new ArrayList<>(runs);
            all.addAll(later.runs);
            return new Row(what, bar, all);
        }

        /** The median of the runs. */
        String milliseconds(int i) {
            return Numbers.format("%.2f", Sample.of(runs, times -> times[i]).median());
        }

        /** To the plain step of the same run. */
        Sample ratios(int i) {
            return Sample.of(runs, times -> times[i] / times[0]);
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
