package io.dl4jext.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A folder of checkpoints belongs to one process. */
@Tag("once")
@Timeout(60)
class FolderLockTest {

    @TempDir
    Path folder;

    /** A process that uses a folder until it is told to end. */
    static final class Other {

        public static void main(String[] arguments) throws IOException {
            Object user = new Object();
            FolderLock.hold(Path.of(arguments[0]), user);
            System.out.println("held by " + user);
            System.in.read();
        }
    }

    /** Empty if it was refused. */
    private Optional<Process> other() throws IOException {
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Other.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(other.getInputStream(), StandardCharsets.UTF_8));
        String line = lines.readLine();
        while (line != null && !line.startsWith("held")) {
            line = lines.readLine();
        }
        return Optional.ofNullable(line).map(held -> other);
    }

    private TrainingCheckpoints checkpoints() {
        return TrainingCheckpoints.builder(folder).everyIterations(1).build();
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().collect(Collectors.toList());
        }
    }

    @Test
    void anotherProcessIsRefusedUntilThisOneEnds() throws IOException, InterruptedException {
        Process other = other().orElseThrow();
        try {
            assertThatExceptionOfType(FileSystemException.class)
                    .isThrownBy(() -> checkpoints().resume(MultiLayerNetwork.class))
                    .withMessageContaining(folder.toString())
                    .withMessageContaining("another process");

            // Nobody called resume: training goes on, and nothing of the other's is replaced.
            MultiLayerNetwork network = Nets.mlp();
            network.setListeners(checkpoints());
            network.fit(Nets.data(4, 5).get(0));
            assertThat(network.getIterationCount()).isEqualTo(1);
            assertThat(files()).containsExactly("in-use.lock");
        } finally {
            other.destroyForcibly().waitFor();
        }
        MultiLayerNetwork network = Nets.mlp();
        network.setListeners(checkpoints());
        network.fit(Nets.data(4, 5).get(0));
        assertThat(checkpoints().resume(MultiLayerNetwork.class)).isPresent();
    }

    @Test
    void aProcessMayUseItAgainAndAgain() throws IOException {
        Path below = folder.resolve("new/one");
        Object first = new Object();
        Object second = new Object();
        FolderLock.hold(below, first);
        FolderLock.hold(folder.resolve("new/../new/one"), second);
        assertThat(below.resolve("in-use.lock")).isEmptyFile();
        FolderLock.hold(folder, first);
        assertThat(other()).isEmpty();
        assertThat(List.of(first, second)).doesNotContainNull();
    }

    /** As a copy of the pack that another class loader has made: it has a list of locks of its own. */
    @Test
    void aSecondCopyOfThePackInThisProcessIsToldOf() throws IOException {
        try (FileOutputStream file =
                new FileOutputStream(folder.resolve("in-use.lock").toFile())) {
            assertThat(file.getChannel().tryLock()).isNotNull();
            assertThatThrownBy(() -> checkpoints().resume(MultiLayerNetwork.class))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(folder.getFileName().toString())
                    .hasMessageContaining("another class loader's copy");
        }
    }

    @Test
    void whoeverIsLeftHoldsItStill() throws IOException {
        Object left = new Object();
        FolderLock.hold(folder, left);
        FolderLock.hold(folder, new Object());
        for (int attempt = 0; attempt < 3; attempt++) {
            System.gc();
            // Long enough for the other one's part to be given up.
            assertThat(other()).isEmpty();
        }
        Reference.reachabilityFence(left);
    }

    /** As long as somebody may save there, and no longer. */
    @Test
    void whatIsGarbageHoldsNoFolder() throws IOException, InterruptedException {
        FolderLock.hold(folder, new Object());
        Optional<Process> other = Optional.empty();
        for (int attempt = 0; attempt < 20 && other.isEmpty(); attempt++) {
            System.gc();
            other = other();
        }
        assertThat(other).isPresent();
        other.get().destroyForcibly().waitFor();
    }
}
