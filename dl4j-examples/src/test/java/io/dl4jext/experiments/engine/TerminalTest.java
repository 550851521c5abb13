package io.dl4jext.experiments.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TerminalTest {

    @Test
    void testsHaveNone() {
        assertThat(Terminal.isWatched()).isFalse();
    }

    /** As 2> log on a terminal makes it, | less, 2>&-, 2> /dev/null, and without any. */
    @Test
    void aBarGoesToDevicesOnly(@TempDir Path folder) throws IOException {
        Path device = Path.of("/dev/zero");
        assumeTrue(Files.exists(device), "no devices with paths");
        Path file = Files.createFile(folder.resolve("log"));
        assertThat(Terminal.isDevice(link(folder, file))).isFalse();
        assertThat(Terminal.isDevice(link(folder, Path.of("pipe:[12]")))).isFalse();
        assertThat(Terminal.isDevice(folder.resolve("nothing"))).isFalse();
        assertThat(Terminal.isDevice(link(folder, Path.of("/dev/null")))).isFalse();
        assertThat(Terminal.isDevice(link(folder, device))).isTrue();
    }

    private static Path link(Path folder, Path target) throws IOException {
        Path link = folder.resolve("2");
        Files.deleteIfExists(link);
        return Files.createSymbolicLink(link, target);
    }
}
