package io.dl4jext.fisher.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A user who does not draw has no XChart: a JVM of its own, on the tests' class path without some of its jars. */
@Tag("once")
class ChartLibraryTest {

    private static final List<String> CLASS_PATH =
            Arrays.asList(System.getProperty("java.class.path").split(File.pathSeparator));

    @TempDir
    Path folder;

    private String outputWithout(String... jars) throws Exception {
        List<String> classPath = CLASS_PATH.stream()
                .filter(entry -> Arrays.stream(jars).noneMatch(fileName(entry)::startsWith))
                .collect(Collectors.toList());
        assertThat(classPath).hasSize(CLASS_PATH.size() - jars.length);
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djava.awt.headless=true",
                        "-cp",
                        String.join(File.pathSeparator, classPath),
                        Drawing.class.getName(),
                        folder.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        int status = process.waitFor();
        String text = Files.readString(output, StandardCharsets.UTF_8);
        assertThat(status).as(text).isZero();
        return text;
    }

    private static String fileName(String entry) {
        return Path.of(entry).getFileName().toString();
    }

    @Test
    void withoutXChartAMeasuredTrainingRunsAndAChartSaysWhatToAdd() throws Exception {
        assertThat(outputWithout("xchart-", "VectorGraphics2D-"))
                .contains("measured 2, rows 3")
                .contains("plane: java.lang.IllegalStateException: Charts need the library " + ChartLibrary.XCHART)
                .contains("<artifactId>xchart</artifactId>")
                .contains("iterations: java.lang.IllegalStateException: Charts need the library " + ChartLibrary.XCHART)
                .doesNotContain("png: ")
                .doesNotContain("NoClassDefFoundError");
        assertThat(folder.resolve("plane.png")).doesNotExist();
    }

    @Test
    void withoutVectorGraphicsOnlySvgSaysWhatToAdd() throws Exception {
        assertThat(outputWithout("VectorGraphics2D-"))
                .contains("png: written")
                .contains("svg: java.lang.IllegalStateException: Charts in SVG need the library " + ChartLibrary.SVG)
                .contains("<artifactId>VectorGraphics2D</artifactId>");
        assertThat(folder.resolve("plane.png")).isNotEmptyFile();
        assertThat(folder.resolve("plane.svg")).doesNotExist();
    }

    @Test
    void theVersionsToAddAreThoseTestedWith() throws IOException {
        List<String> jars = CLASS_PATH.stream().map(ChartLibraryTest::fileName).collect(Collectors.toList());
        for (String coordinates : List.of(ChartLibrary.XCHART, ChartLibrary.SVG)) {
            String[] parts = coordinates.split(":");
            assertThat(jars).contains(parts[1] + "-" + parts[2] + ".jar");
        }
    }
}
