package io.dl4jext.experiments.engine;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Another JVM like this one: the same Java, options, and class path. */
public final class Jvm {

    /** Set in a process that is to end with the one that started it, however that ends. */
    private static final String ENDS_WITH_PARENT = "dl4jext.endsWithParent";

    private static final long TICK_MILLISECONDS = 500;

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

    /**
     * A command of this program as a process of its own, whose output goes to the end of a file. It ends when this
     * process does, also when that is killed.
     */
    public static ProcessBuilder command(List<String> arguments, File log) {
        return again(List.of("-D" + ENDS_WITH_PARENT + "=true"), "io.dl4jext.experiments.Main", arguments)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log));
    }

    /** In a process that {@link #command} started: ends it as soon as the other end of its standard input is closed. */
    public static void endWithParent() {
        if (!Boolean.getBoolean(ENDS_WITH_PARENT)) {
            return;
        }
        Thread watch = new Thread(
                () -> {
                    try {
                        while (System.in.read() >= 0) {
                            // Nobody writes.
                        }
                    } catch (IOException e) {
                        // Closed, too.
                    }
                    Runtime.getRuntime().halt(1);
                },
                "ends with its parent");
        watch.setDaemon(true);
        watch.start();
    }

    /**
     * Waits for a process, which ends with this one at the latest.
     *
     * @param milliseconds how long at most; then it is killed, as it is when this thread is interrupted
     * @return whether it ended by itself
     */
    public static boolean awaitEnd(Process process, long milliseconds) {
        return awaitEnd(process, milliseconds, () -> {});
    }

    /** The same, for somebody who does something twice a second meanwhile. */
    public static boolean awaitEnd(Process process, long milliseconds, Runnable meanwhile) {
        Thread farewell = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(farewell);
        boolean ended = false;
        try {
            long left = milliseconds;
            while (!ended && left > 0) {
                long tick = Math.min(left, TICK_MILLISECONDS);
                ended = process.waitFor(tick, TimeUnit.MILLISECONDS);
                left -= tick;
                meanwhile.run();
            }
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

    /** Whether this JVM is about to end, as it is after Ctrl-C. */
    public static boolean isEnding() {
        Thread nothing = new Thread(() -> {});
        try {
            Runtime.getRuntime().addShutdownHook(nothing);
            Runtime.getRuntime().removeShutdownHook(nothing);
            return false;
        } catch (IllegalStateException e) {
            return true;
        }
    }
}
