package io.dl4jext.experiments.benchmark;

import io.dl4jext.experiments.cli.ResultFolder;
import io.dl4jext.experiments.cli.UserError;
import io.dl4jext.experiments.doctor.Doctor;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/**
 * How the networks of a benchmark take turns, a short block of steps each, so that whatever else the machine does meets them
 * all; and where the result goes.
 */
final class Turns {

    /** One of the networks that are compared. */
    interface Contender {

        /** Trains some steps; keeps their times unless they are to warm up. */
        void run(int steps, boolean warmUp);
    }

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

    Turns() {}

    Turns(int steps, int block, int warmUp) {
        this.steps = steps;
        this.block = block;
        this.warmUp = warmUp;
    }

    void check(int leastSteps) {
        UserError.require(steps >= leastSteps, "--steps", "at least " + leastSteps, steps);
        UserError.require(block >= 1, "--block", "at least 1", block);
        UserError.require(warmUp >= 0, "--warm-up", "at least 0", warmUp);
    }

    /** Lets them run: first each to warm up, then in blocks until each has its steps (rounded up to whole blocks). */
    void take(List<? extends Contender> contenders) {
        contenders.forEach(contender -> contender.run(warmUp, true));
        for (int done = 0; done < steps; done += block) {
            contenders.forEach(contender -> contender.run(block, false));
        }
    }

    /** The lines under a table of times. */
    String legend() {
        return steps + " steps of each after " + warmUp + " to warm up, in turns, " + block
                + " at a time. Times: medians. Ratios: to plain.\n";
    }

    /** What a benchmark has to do once its options are checked. */
    interface Measuring {

        /** The table and what explains it. */
        String text();
    }

    /** Says what the machine is, measures, and writes both to a file. */
    void report(CommandSpec spec, Measuring measuring) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        Path file = ResultFolder.create(output, "benchmark-" + spec.name()).resolve(spec.name() + ".txt");
        Doctor doctor = new Doctor();
        String heading = doctor.environment() + "\n" + doctor.advice();
        out.println(heading);
        out.flush();
        String text = measuring.text();
        Files.writeString(file, heading + "\n" + text);
        out.print(text);
        out.println("Written to " + file);
        out.flush();
    }
}
