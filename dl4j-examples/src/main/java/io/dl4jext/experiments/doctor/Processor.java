package io.dl4jext.experiments.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The processor's model, as the operating system names it. */
public final class Processor {

    private Processor() {}

    public static String model() {
        String system = System.getProperty("os.name");
        String model = null;
        if (system.startsWith("Linux")) {
            model = fromCpuInfo(Path.of("/proc/cpuinfo"));
        } else if (system.startsWith("Mac")) {
            model = fromSysctl();
        } else if (system.startsWith("Windows")) {
            model = System.getenv("PROCESSOR_IDENTIFIER");
        }
        return model == null || model.isBlank() ? System.getProperty("os.arch") : model.trim();
    }

    private static String fromCpuInfo(Path cpuInfo) {
        try {
            for (String line : Files.readAllLines(cpuInfo)) {
                if (line.startsWith("model name")) {
                    return line.substring(line.indexOf(':') + 1);
                }
            }
        } catch (IOException e) {
            // No model then.
        }
        return null;
    }

    private static String fromSysctl() {
        try {
            Process sysctl = new ProcessBuilder("sysctl", "-n", "machdep.cpu.brand_string").start();
            String output = new String(sysctl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return sysctl.waitFor(5, TimeUnit.SECONDS) ? output : null;
        } catch (IOException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
