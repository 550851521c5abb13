package io.dl4jext.experiments;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two networks trained in two threads, each with a listener, batches of changing size and the stochastic updater, while
 * a third thread collects without pause, in a JVM of its own with a small heap.
 *
 * <p>ND4J itself (1.0.0-M2.1 and 1.0.0-beta7) may crash here: its {@code NativeOpExecutioner.exec(BroadcastOp)} keeps
 * neither the operands nor the operation's own array of dimensions reachable while native code runs, so that a
 * collection at the wrong moment frees them. A crash without any of our loops on the crashed thread's stack is said and
 * skipped; any other outcome counts.
 */
class TwoTrainingsTest {

    @Test
    @Tag("slow")
    void endAsEachAlone(@TempDir Path folder) throws IOException, InterruptedException {
        Path output = folder.resolve("output.txt");
        Path crash = folder.resolve("crash.txt");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-Xcheck:jni",
                        "-XX:ErrorFile=" + crash,
                        "-Dorg.bytedeco.javacpp.maxbytes=2G",
                        "-Dorg.bytedeco.javacpp.maxphysicalbytes=0",
                        "-cp",
                        System.getProperty("java.class.path"),
                        TwoTrainings.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        // What was freed too early does not keep its content.
        builder.environment().put("MALLOC_PERTURB_", "165");
        Process process = builder.start();
        try {
            assertThat(process.waitFor(10, TimeUnit.MINUTES)).as("ends").isTrue();
        } finally {
            process.destroyForcibly();
        }
        if (Files.exists(crash)) {
            String report = Files.readString(crash);
            String stack = report.substring(report.indexOf("T H R E A D"), report.indexOf("P R O C E S S"));
            // HostMemory, or what it is compiled into.
            assertThat(stack).doesNotContainPattern("io[./]dl4jext[./][a-z./]*Host");
            String frame = report.lines()
                    .dropWhile(line -> !line.contains("Problematic frame"))
                    .skip(1)
                    .findFirst()
                    .orElse("unknown");
            System.out.println("Skipped: ND4J's own code crashed the JVM: " + frame);
            Assumptions.abort("ND4J's own code crashed the JVM: " + frame);
        }
        String text = Files.readString(output);
        assertThat(process.exitValue()).as(text).isZero();
        assertThat(text).contains(TwoTrainings.SAME).doesNotContain("FATAL ERROR in native method");
    }
}
