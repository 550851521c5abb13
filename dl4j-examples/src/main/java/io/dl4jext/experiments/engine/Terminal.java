package io.dl4jext.experiments.engine;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether somebody watches what a program writes. */
final class Terminal {

    /** Where Linux has what a process has open; standard error is the third. */
    private static final Path OPEN = Path.of("/proc/self/fd");

    private static final Path ERRORS = OPEN.resolve("2");

    private Terminal() {}

    /** Whether input, output and, as far as this can be known, errors are a terminal's, and not a dumb one's. */
    static boolean isWatched() {
        Console console = System.console();
        return console != null
                && !"dumb".equals(System.getenv("TERM"))
                && isTerminal(console)
                && (!Files.isDirectory(OPEN) || isDevice(ERRORS));
    }

    /** From JDK 22 on there is a console even without a terminal, and this new method to ask it. */
    private static boolean isTerminal(Console console) {
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }

    /** Whether a link leads to a device that shows what it is sent: not to a file, a pipe or nowhere. */
    static boolean isDevice(Path link) {
        try {
            Path target = link.toRealPath();
            return target.startsWith("/dev") && !target.endsWith("null") && !Files.isRegularFile(target);
        } catch (IOException e) {
            return false; // a pipe has no path
        }
    }
}
