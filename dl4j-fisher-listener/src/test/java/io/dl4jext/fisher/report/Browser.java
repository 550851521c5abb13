package io.dl4jext.fisher.report;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A Chromium without a window. */
final class Browser {

    private static final List<String> NAMES =
            List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome");

    private static final long SECONDS = 120;

    private final Path program;
    private final Path folder;

    private Browser(Path program, Path folder) {
        this.program = program;
        this.folder = folder;
    }

    /**
     * The one on the PATH; without one the test is skipped.
     *
     * @param folder for its files
     */
    static Browser inFolder(Path folder) {
        Optional<Path> program = Stream.of(
                        System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .flatMap(place -> NAMES.stream().map(name -> Path.of(place, name)))
                .filter(Files::isExecutable)
                .findFirst();
        assumeTrue(program.isPresent(), "no browser on the PATH, looked for " + NAMES);
        return new Browser(program.get(), folder);
    }

    /** A page as it was some seconds after it had been opened. */
    static final class Visit {

        /** What was written to the console: errors and whatever else. */
        final List<String> console;

        private final String root;

        private Visit(List<String> console, String dom) {
            this.console = console;
            Matcher matcher = Pattern.compile("<html[^>]*>").matcher(dom);
            this.root = matcher.find() ? matcher.group() : "";
        }

        /** An attribute {@code data-NAME} of the root element, or null. */
        String data(String name) {
            Matcher matcher = Pattern.compile("data-" + name + "=\"([^\"]*)\"").matcher(root);
            return matcher.find() ? matcher.group(1) : null;
        }
    }

    /** Opens a page in a window of this width, in which all of its height is seen. */
    Visit open(Path page, int width) throws IOException, InterruptedException {
        Path dom = folder.resolve("dom.html");
        Path log = folder.resolve("browser.log");
        List<String> command = new ArrayList<>(List.of(
                program.toString(),
                "--headless",
                "--no-sandbox", // without which none starts for root; the page is ours
                "--disable-gpu",
                "--no-first-run",
                "--user-data-dir=" + folder.resolve("profile"),
                "--window-size=" + width + ",12000",
                // Timers and observers run at once, as if so many milliseconds had passed.
                "--virtual-time-budget=10000",
                "--enable-logging=stderr",
                "--dump-dom",
                page.toUri().toString()));
        Process process = new ProcessBuilder(command)
                .redirectOutput(dom.toFile())
                .redirectError(log.toFile())
                .start();
        try {
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("expected " + program + " to end within " + SECONDS + " s, got:\n" + tail(log));
            }
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        if (process.exitValue() != 0) {
            throw new IOException(program + " ended with " + process.exitValue() + ":\n" + tail(log));
        }
        List<String> console =
                lines(log).filter(line -> line.contains(":CONSOLE")).collect(Collectors.toList());
        return new Visit(console, Files.readString(dom));
    }

    /** A console's message may hold any bytes. */
    private static Stream<String> lines(Path log) throws IOException {
        return new String(Files.readAllBytes(log)).lines();
    }

    private static String tail(Path log) throws IOException {
        List<String> lines = lines(log).collect(Collectors.toList());
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
    }
}
