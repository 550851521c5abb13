package io.dl4jext.experiments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LauncherTest {

    @TempDir
    Path folder;

    @Test
    void addsWhatTheUserHasNotSet() {
        assertThat(Launcher.missingOptions(List.of("-Xmx1g", "-Dorg.bytedeco.javacpp.maxbytes=1G")))
                .containsExactly(
                        "-Dorg.bytedeco.javacpp.maxphysicalbytes=0",
                        "-Dorg.eclipse.deeplearning4j.helpers.disable=false");
        assertThat(Launcher.missingOptions(Launcher.missingOptions(List.of()))).isEmpty();
    }

    @Test
    void beta7GetsAThreadPoolThatDoesNotCrash() {
        assertThat(Launcher.environment("1.0.0-beta7"))
                .containsExactly(entry("OMP_WAIT_POLICY", "PASSIVE"), entry("SD_MAX_THREADS", "16"));
        assertThat(Launcher.environment("1.0.0-M2.1")).containsExactly(entry("OMP_WAIT_POLICY", "PASSIVE"));
    }

    @Test
    void startsItselfAgainOnceFromAnyFolder() throws Exception {
        Run run = run(List.of(), "fisher", "--help");

        assertThat(run.code).isZero();
        assertThat(run.output).contains("Usage:", "--batch-sizes");
        assertThat(run.output.split("Starting again", -1)).hasSize(2);
        assertThat(run.output).contains("OMP_WAIT_POLICY=PASSIVE");
    }

    @Test
    void passesTheExitCodeOn() throws Exception {
        assertThat(run(List.of(), "no-such-command").code).isEqualTo(2);
    }

    @Test
    void doesNotStartAgainInTheFastSetting() throws Exception {
        Run run = run(Launcher.missingOptions(List.of()), "--version");

        assertThat(run.code).isZero();
        assertThat(run.output).doesNotContain("Starting again");
    }

    /** Which no shutdown hook notices. */
    @Tag("slow")
    @Test
    void whoKillsItKillsTheSecondJvm() throws Exception {
        Process process = builder(
                        List.of(),
                        "fisher",
                        "--limit",
                        "3000",
                        "--batch-sizes",
                        "10",
                        "--learning-rates",
                        "0.1",
                        "--epochs",
                        "10000",
                        "--output",
                        folder.resolve("results").toString())
                .start();
        List<ProcessHandle> second = List.of();
        try (BufferedReader output = new BufferedReader(new InputStreamReader(process.getInputStream()))) {
            String line = "";
            while (!line.contains("training and")) {
                line = output.readLine();
                assertThat(line).isNotNull();
            }
            second = process.descendants().collect(Collectors.toList());
            assertThat(second).hasSize(1);
            process.destroyForcibly();
            second.get(0).onExit().get(1, TimeUnit.MINUTES);
        } finally {
            process.destroyForcibly();
            second.forEach(ProcessHandle::destroyForcibly);
        }
    }

    private static final class Run {
        int code;
        String output;
    }

    private Run run(List<String> options, String... arguments) throws IOException, InterruptedException {
        Process process = builder(options, arguments).start();
        Run run = new Run();
        run.output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        run.code = process.exitValue();
        return run;
    }

    /** With the environment's part of the setting where there are options, and without it where there are none. */
    private ProcessBuilder builder(List<String> options, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.add("-Dlogback.configurationFile="
                + Path.of("src/test/resources/debug-launcher.xml").toAbsolutePath());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Launcher.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        if (options.isEmpty()) {
            builder.environment().remove("OMP_WAIT_POLICY");
        } else {
            builder.environment().put("OMP_WAIT_POLICY", "PASSIVE");
        }
        return builder;
    }
}
