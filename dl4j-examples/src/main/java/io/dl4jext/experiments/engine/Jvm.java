package io.dl4jext.experiments.engine;

import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Another JVM like this one: the same Java, options, and class path. */
public final class Jvm {

    private Jvm() {}

    /** The options that this one was started with. */
    public static List<String> options() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments();
    }

    /**
     * A process to be started.
     *
     * @param more options besides
     * @param main the class to start
     */
    public static ProcessBuilder again(List<String> more, String main, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String option : options()) {
            // A debugger's port is taken already.
            if (!option.startsWith("-agentlib:jdwp")) {
                command.add(option);
            }
        }
        command.addAll(more);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
        command.addAll(arguments);
        return new ProcessBuilder(command);
    }

    /** A command of this program as a process of its own, whose output goes to the end of a file. */
    public static ProcessBuilder command(List<String> arguments, File log) {
        return again(List.of(), "io.dl4jext.experiments.Main", arguments)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log));
    }

    /**
     * Waits for a process, which ends with this one at the latest.
     *
     * @param milliseconds how long at most; then it is killed, as it is when this thread is interrupted
     * @return whether it ended by itself
     */
    public static boolean awaitEnd(Process process, long milliseconds) {
        Thread farewell = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(farewell);
        boolean ended = false;
        try {
            ended = process.waitFor(milliseconds, TimeUnit.MILLISECONDS);
            if (!ended) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
        try {
            Runtime.getRuntime().removeShutdownHook(farewell);
        } catch (IllegalStateException e) {
            // Java is going down already.
        }
        return ended;
    }
}
