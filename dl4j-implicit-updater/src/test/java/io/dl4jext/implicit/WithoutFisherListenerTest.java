package io.dl4jext.implicit;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.fisher.layer.OuterProductLayers;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A user who does not measure has no dl4j-fisher-listener: a JVM of its own, on the tests' class path without it. */
class WithoutFisherListenerTest {

    @TempDir
    Path folder;

    @Test
    void aTrainingIsTheSameWithoutIt() throws Exception {
        List<String> all = Arrays.asList(System.getProperty("java.class.path").split(File.pathSeparator));
        List<String> without = all.stream()
                .filter(entry -> !entry.contains("dl4j-fisher-listener"))
                .collect(Collectors.toList());
        assertThat(without).hasSize(all.size() - 1);
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        String.join(File.pathSeparator, without),
                        ImplicitTraining.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        int status = process.waitFor();
        String text = Files.readString(output, StandardCharsets.UTF_8);
        assertThat(status).as(text).isZero();
        assertThat(text).contains("measuring: false").contains(ImplicitTraining.parameters());
    }

    @Test
    void itFindsTheRuleOfImplicitLayers() {
        assertThat(ServiceLoader.load(OuterProductLayers.class)).hasExactlyElementsOfTypes(ImplicitOuterProducts.class);
    }
}
