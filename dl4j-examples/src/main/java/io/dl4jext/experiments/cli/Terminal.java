package io.dl4jext.experiments.cli;

import java.io.Console;

/** Whether standard output is a terminal that somebody watches. */
final class Terminal {

    private Terminal() {}

    static boolean isInteractive() {
        Console console = System.console();
        return console != null && !"dumb".equals(System.getenv("TERM")) && isTerminal(console);
    }

    /** From JDK 22 on there is a console even without a terminal, and this new method to ask it. */
    private static boolean isTerminal(Console console) {
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }
}
