package io.dl4jext.experiments.engine;

import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Another JVM like this one: the same Java, options, and class path. */
public final class Jvm {

    /** The number of the process that started this one, which is to end with it, however that ends. */
    private static final String PARENT = "dl4jext.parent";

    private static final long TICK_MILLISECONDS = 500;

    private Jvm() {}

    /** The options that this one was started with. */
    public static List<String> options() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments();
    }

    /**
     * A process to be started. The program ends there when this process does, also when that is killed.
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
        command.add("-D" + PARENT + "=" + ProcessHandle.current().pid()); // the last one counts, not this one's own
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

    /** In a process that {@link #again} started: ends it half a second after the one that started it, at the latest. */
    public static void endWithParent() {
        Long parent = Long.getLong(PARENT);
        if (parent == null) {
            return;
        }
        Thread watch = new Thread(
                () -> {
                    while (isChildOf(parent)) {
                        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(TICK_MILLISECONDS));
                    }
                    if (!isEnding()) { // else the shutdown hooks have their say
                        Runtime.getRuntime().halt(1);
                    }
                },
                "ends with its parent");
        watch.setDaemon(true);
        watch.start();
    }

    /** Who has lost its parent is given another. */
    private static boolean isChildOf(long parent) {
        return ProcessHandle.current()
                .parent()
                .filter(process -> process.pid() == parent)
                .isPresent();
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
