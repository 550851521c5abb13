package io.dl4jext.batch;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.util.ModelSerializer;

/**
 * A folder of saved models, each with its state beside it. A state is there only when its model is there as a whole: it
 * is written after it, and each appears in one step (written under another name, handed to the disk, renamed).
 *
 * <p>Streams, not channels: an interrupt of the training thread would close a channel.
 */
final class CheckpointFiles {

    private static final String MODEL = "checkpoint-";
    private static final String STATE = ".state.json";
    private static final String UNFINISHED = ".tmp";
    private static final Pattern NAME = Pattern.compile("checkpoint-([0-9]{1,10})(-epoch-[0-9]{1,10})?\\.zip");

    /** Of DL4J's CheckpointListener. */
    private static final Pattern ITS_NAME = Pattern.compile("checkpoint_[0-9]+_.*\\.zip");

    /** More than any state of this version. */
    private static final long LARGEST_STATE = 1L << 30;

    private final Path folder;

    CheckpointFiles(Path folder) {
        this.folder = folder;
    }

    private interface Content {

        void writeTo(OutputStream out) throws IOException;
    }

    /** A checkpoint that was found. */
    static final class Found {

        final Path file;
        final CheckpointState state;

        Found(Path file, CheckpointState state) {
            this.file = file;
            this.state = state;
        }

        Path model() {
            return file.resolveSibling(state.model);
        }
    }

    /** Saves model and state, then removes all but the last of this kind. */
    void save(Model model, CheckpointState state, int keepLast) throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder);
        }
        // A name of its own: what was saved after the epoch's last update is there until this is complete.
        String file = MODEL + state.iteration + (state.constrained ? "-epoch-" + state.epoch : "") + ".zip";
        write(folder.resolve(file), out -> ModelSerializer.writeModel(model, out, true));
        removeAllBut(keepLast, saveState(state, file));
    }

    /**
     * By the time when they were written: one of a later iteration that cannot be resumed from must not outlive those
     * that were written since.
     */
    private void removeAllBut(int keepLast, Path saved) throws IOException {
        List<Path> others = states(folder).stream()
                .filter(file -> isOwn(modelOf(file)) && !file.equals(saved))
                .sorted(Comparator.comparingLong((Path file) -> file.toFile().lastModified())
                        .thenComparing(Comparator.comparingLong(CheckpointFiles::iteration)))
                .collect(Collectors.toList());
        for (Path old : others.subList(0, Math.max(0, others.size() - keepLast + 1))) {
            // The state first: one without its model would be taken for a checkpoint.
            Files.deleteIfExists(old);
            Files.deleteIfExists(modelOf(old));
        }
        removeUnfinished();
    }

    /** What a process that was killed while it saved has left. */
    private void removeUnfinished() throws IOException {
        List<Path> left;
        try (Stream<Path> files = Files.list(folder)) {
            left = files.filter(file -> {
                        String name = file.getFileName().toString();
                        return name.endsWith(UNFINISHED)
                                ? isOwn(file.resolveSibling(
                                        name.replace(UNFINISHED, "").replace(STATE, "")))
                                : isOwn(file) && !Files.exists(file.resolveSibling(name + STATE));
                    })
                    .collect(Collectors.toList());
        }
        for (Path file : left) {
            Files.deleteIfExists(file);
        }
    }

    private static boolean isOwn(Path model) {
        return NAME.matcher(model.getFileName().toString()).matches();
    }

    /** Saves the state of a model that is there. */
    Path saveState(CheckpointState state, String model) throws IOException {
        byte[] json = state.of(model, crc(folder.resolve(model))).toJson().getBytes(StandardCharsets.UTF_8);
        Path file = folder.resolve(model + STATE);
        write(file, out -> out.write(json));
        return file;
    }

    /** Removes the states of models that are there no more. */
    void removeStatesWithoutModel() throws IOException {
        for (Path state : states(folder)) {
            if (!Files.exists(modelOf(state))) {
                Files.deleteIfExists(state);
            }
        }
    }

    private static void write(Path file, Content content) throws IOException {
        Path unfinished = file.resolveSibling(file.getFileName() + UNFINISHED);
        try {
            try (FileOutputStream out = new FileOutputStream(unfinished.toFile())) {
                content.writeTo(out);
                out.getFD().sync();
            }
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    /** Of the parameters, from the directory of the zip file. */
    private static long crc(Path model) throws IOException {
        try (ZipFile zip = new ZipFile(model.toFile())) {
            ZipEntry parameters = zip.getEntry(ModelSerializer.COEFFICIENTS_BIN);
            if (parameters == null) {
                throw new FileSystemException(model.toString(), null, "expected a model of DL4J with parameters");
            }
            return parameters.getCrc();
        } catch (ZipException e) {
            throw new FileSystemException(
                    model.toString(),
                    null,
                    "expected a model of DL4J, a whole zip file, got another file, or a part of it");
        }
    }

    /**
     * The checkpoints in a folder that can be read, newest first.
     *
     * @param below whether to look in the folders in it, too
     * @param unread is told of the others
     * @throws IOException if the folder cannot be looked into
     */
    static List<Found> newestFirst(Path folder, boolean below, Map<Path, Exception> unread) throws IOException {
        List<Found> found = new ArrayList<>();
        for (Path file : below ? statesBelow(folder) : statesIn(folder)) {
            try {
                found.add(read(file));
            } catch (IOException | IllegalArgumentException e) {
                unread.put(file, e);
            }
        }
        // A training that was taken back to an earlier iteration has left later ones; and clocks may go wrong.
        found.sort(Comparator.comparingLong((Found one) -> one.state.savedAt())
                .thenComparingInt(one -> one.state.iteration)
                .thenComparingInt(one -> one.state.epoch)
                .reversed());
        return found;
    }

    /** The states in a folder. */
    private static List<Path> statesIn(Path folder) throws IOException {
        return Files.isDirectory(folder) ? states(folder) : List.of();
    }

    /** The states in a folder and the folders in it, as far as they can be read. */
    private static List<Path> statesBelow(Path folder) throws IOException {
        List<Path> all = new ArrayList<>(statesIn(folder));
        if (Files.isDirectory(folder)) {
            try (Stream<Path> inside = Files.list(folder)) {
                for (Path other : inside.filter(file -> Files.isDirectory(file) && Files.isReadable(file))
                        .sorted()
                        .collect(Collectors.toList())) {
                    all.addAll(states(other));
                }
            }
        }
        return all;
    }

    private static List<Path> states(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().endsWith(STATE))
                    .filter(file -> isOwn(modelOf(file))
                            || ITS_NAME.matcher(modelOf(file).getFileName().toString())
                                    .matches())
                    .sorted()
                    .collect(Collectors.toList());
        }
    }

    private static Path modelOf(Path state) {
        String name = state.getFileName().toString();
        return state.resolveSibling(name.substring(0, name.length() - STATE.length()));
    }

    private static long iteration(Path state) {
        Matcher name = NAME.matcher(modelOf(state).getFileName().toString());
        return name.matches() ? Long.parseLong(name.group(1)) : -1;
    }

    /**
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException if it is something else
     */
    private static Found read(Path file) throws IOException {
        long size = Files.size(file);
        if (size > LARGEST_STATE) {
            throw new IllegalArgumentException(
                    "Expected a training state of at most " + LARGEST_STATE + " bytes, got " + size);
        }
        CheckpointState state = CheckpointState.fromJson(Files.readString(file, StandardCharsets.UTF_8));
        String expected = modelOf(file).getFileName().toString();
        if (!expected.equals(state.model)) {
            throw new IllegalArgumentException(
                    "Expected the state of " + expected + ", beside which it lies, got that of " + state.model);
        }
        return new Found(file, state);
    }

    /** @throws FileSystemException if the model is not there, or is not the one that the state was saved with */
    static void requireModel(Found found) throws IOException {
        if (!Files.exists(found.model())) {
            throw new FileSystemException(
                    found.model().toString(), null, "expected the model of a checkpoint, got none");
        }
        long crc = crc(found.model());
        if (crc != found.state.parametersCrc) {
            throw new FileSystemException(
                    found.model().toString(),
                    null,
                    "expected parameters with the checksum " + found.state.parametersCrc + ", got " + crc
                            + ": another model than the one this state was saved with");
        }
    }
}
