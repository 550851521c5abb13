package io.dl4jext.experiments.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Where a command writes: a folder that is new or empty, so that no earlier result is ever replaced. */
public final class ResultFolder {

    private static final Path DEFAULT_PARENT = Path.of("results");
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

    private ResultFolder() {}

    /**
     * Makes the folder that the user named, or {@code results/NAME-TIMESTAMP} when {@code wanted} is null.
     *
     * @throws UserError when it exists and is not an empty folder, or cannot be made
     */
    public static Path create(Path wanted, String name) {
        Path folder = wanted == null ? unused(name) : wanted;
        try {
            if (Files.exists(folder) && !isEmptyFolder(folder)) {
                throw new UserError("--output: expected a new or an empty folder, got " + folder
                        + (Files.isDirectory(folder) ? ", which has files in it" : ", which is a file"));
            }
            Files.createDirectories(folder);
            return folder;
        } catch (IOException e) {
            throw new UserError("--output: expected a folder that can be made, got " + folder + " (" + e + ")");
        }
    }

    /** The names of all files in a folder, for a last line of output. */
    public static String names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().collect(Collectors.joining(", "));
        }
    }

    private static Path unused(String name) {
        String base = name + "-" + LocalDateTime.now().format(STAMP);
        Path folder = DEFAULT_PARENT.resolve(base);
        for (int i = 2; Files.exists(folder); i++) {
            folder = DEFAULT_PARENT.resolve(base + "-" + i);
        }
        return folder;
    }

    private static boolean isEmptyFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.findAny().isEmpty();
        }
    }
}
