package io.dl4jext.experiments.engine;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Where a command writes: a folder that is new or empty, so that no earlier result is ever replaced. */
public final class ResultFolder {

    private static final Path DEFAULT_PARENT = Path.of("results");
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

    /** Is in the folder as long as a process writes there, and locked. */
    private static final String CLAIM = ".running";

    private static final Map<Path, FileChannel> CLAIMS = new ConcurrentHashMap<>();

    private ResultFolder() {}

    /**
     * Makes the folder that the user named, or {@code results/NAME-TIMESTAMP} when {@code wanted} is null, and claims
     * it.
     *
     * @throws UserError when it exists and is not an empty folder, cannot be made or written to, or is claimed
     */
    public static Path create(Path wanted, String name) {
        Path folder = wanted == null ? unused(name) : wanted;
        try {
            if (Files.exists(folder) && !isEmptyFolder(folder)) {
                throw new UserError("--output: expected a new or an empty folder, got " + folder
                        + (Files.isDirectory(folder) ? ", which has files in it" : ", which is a file"));
            }
            if (!Files.isDirectory(folder)) { // which may be a link
                Files.createDirectories(folder);
            }
        } catch (IOException e) {
            throw new UserError("--output: expected a folder that can be made, got " + folder + " (" + e + ")");
        }
        claim(folder);
        return folder;
    }

    /**
     * Keeps other processes from writing there until {@link #release(Path)}, or until this one ends, however it does:
     * the claim is a lock, of which a killed process leaves the file alone. On a file system without locks nothing does.
     *
     * @throws UserError when another one writes there, or none can
     */
    public static void claim(Path folder) {
        Path claim = folder.resolve(CLAIM);
        if (CLAIMS.containsKey(claim.toAbsolutePath())) {
            throw taken(folder); // before a second channel: to close that would end the first one's lock
        }
        try {
            FileChannel channel = locked(claim);
            CLAIMS.put(claim.toAbsolutePath(), channel);
            channel.truncate(0);
            channel.write(StandardCharsets.UTF_8.encode(
                    String.valueOf(ProcessHandle.current().pid())));
        } catch (IOException e) {
            throw new UserError("expected a folder that can be written to, got " + folder + " (" + e + ")");
        }
    }

    private static UserError taken(Path folder) {
        return new UserError("expected a folder that no other process writes to, got " + folder);
    }

    private static FileChannel locked(Path claim) throws IOException {
        FileChannel channel = FileChannel.open(claim, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean taken;
        try {
            taken = channel.tryLock() == null;
        } catch (OverlappingFileLockException e) {
            taken = true; // by something else in this very process
        } catch (IOException e) {
            return channel; // a file system without locks
        }
        if (taken) {
            channel.close();
            throw taken(claim.getParent());
        }
        if (!Files.exists(claim)) { // another process removed it just now
            channel.close();
            return locked(claim);
        }
        return channel;
    }

    /** Ends a claim of this process. */
    public static void release(Path folder) {
        Path claim = folder.resolve(CLAIM);
        try (FileChannel channel = CLAIMS.remove(claim.toAbsolutePath())) {
            if (channel != null) {
                Files.deleteIfExists(claim);
            }
        } catch (IOException e) {
            // What is left of it claims nothing.
        }
    }

    /** The names of all files in a folder, for a last line of output. */
    public static String names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> !file.equals(CLAIM))
                    .sorted()
                    .collect(Collectors.joining(", "));
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
            return files.allMatch(file -> file.endsWith(CLAIM));
        }
    }
}
