package io.dl4jext.experiments.doctor;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code doctor}: what DL4J runs on here, how fast, and what would make it faster. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description =
                "Prints versions, threads and environment, whether oneDNN is reached, the times of training steps of"
                        + " three small networks (some 20 seconds), and what to set to make DL4J faster on this machine.")
public final class DoctorCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = "--no-times", description = "Leave the training steps out.")
    private boolean noTimes;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Doctor doctor = new Doctor();
        out.println(doctor.environment());
        out.flush();
        if (!noTimes) {
            out.println(doctor.stepTimes());
        }
        out.print(doctor.advice());
        out.flush();
        return 0;
    }
}
