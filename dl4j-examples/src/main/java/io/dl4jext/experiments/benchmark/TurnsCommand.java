package io.dl4jext.experiments.benchmark;

import io.dl4jext.experiments.doctor.Doctor;
import io.dl4jext.experiments.engine.ResultFolder;
import io.dl4jext.experiments.engine.UserError;
import io.dl4jext.experiments.report.Numbers;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * A benchmark: contenders take turns, a short block of steps each, so that whatever else the machine does meets them all; the
 * result is printed and written to a file that is headed by what the machine is.
 */
abstract class TurnsCommand implements Callable<Integer> {

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

    /** The fewest steps that tell something. */
    int leastSteps() {
        return 1;
    }

    /** Checks the options of the benchmark's own. */
    void check() {}

    /** Measures: the table and what explains it. */
    abstract String measured();

    @Override
    public final Integer call() throws IOException {
        UserError.require(steps >= leastSteps(), "--steps", "at least " + leastSteps(), steps);
        UserError.require(block >= 1, "--block", "at least 1", block);
        UserError.require(warmUp >= 0, "--warm-up", "at least 0", warmUp);
        check();
        PrintWriter out = spec.commandLine().getOut();
        Path file = ResultFolder.create(output, "benchmark-" + spec.name()).resolve(spec.name() + ".txt");
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
    final void take(List<Contender> contenders) {
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

    /** Cells of a row: what, the time of the plain step, then time and ratio of each other. */
    static List<String> cells(String what, double plain, double... others) {
        List<String> cells = new ArrayList<>(List.of(what, Numbers.format("%.2f", plain)));
        for (double time : others) {
            cells.add(Numbers.format("%.2f", time));
            cells.add(Numbers.format("%.3f", time / plain));
        }
        return cells;
    }

    /** The most that the project allows itself; empty for NaN, where nothing is promised. */
    static String bar(double bar) {
        return Double.isNaN(bar) ? "" : Numbers.format("%.2f", bar);
    }
}
