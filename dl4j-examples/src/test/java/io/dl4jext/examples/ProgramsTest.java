package io.dl4jext.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every program of this package runs, and prints what it is there to show. */
class ProgramsTest {

    private static final Path SOURCES = Path.of("src/main/java/io/dl4jext/examples");

    @TempDir
    Path folder;

    interface Program {
        void main(String[] arguments) throws Exception;
    }

    @Test
    void measureTraining() throws Exception {
        assertThat(output(MeasureTraining::main)).containsPattern("C̄ \\d.*L \\d.*23 measurements, 225 iterations");
    }

    @Test
    void batchSizeAndRateInThePlane() throws Exception {
        Path picture = folder.resolve("plane.png");
        String output = output(BatchSizeAndRateInThePlane::main, picture);

        assertThat(output.lines().filter(line -> line.startsWith("s"))).hasSize(7);
        // L_K grows with the rate and falls with the batch size.
        assertThat(lastNumber(output, "s16-lr0.5")).isGreaterThan(lastNumber(output, "s16-lr0.02"));
        assertThat(lastNumber(output, "s16-lr0.1")).isGreaterThan(lastNumber(output, "s64-lr0.1"));
        assertThat(picture).isNotEmptyFile();
    }

    @Test
    void probeOneBatch() throws Exception {
        assertThat(output(ProbeOneBatch::main)).contains("rank 32").containsPattern("eigenvalues \\[\\d+\\.\\d");
    }

    @Test
    void clippedNoisySteps() throws Exception {
        String output = output(ClippedNoisySteps::main);

        assertThat(lastNumber(output, "norm of the first gradient")).isPositive();
        assertThat(lastNumber(output, "test accuracy")).isGreaterThan(0.75);
    }

    @Test
    @Tag("slow")
    void measureZooModel() throws Exception {
        assertThat(output(MeasureZooModel::main))
                .contains(
                        "layer 0 'cnn1' (ConvolutionLayer), 520 parameters: direct",
                        "0 parameters: none (no parameters)")
                .containsPattern("C \\d+, L \\d+\\.\\d\\d after 57 iterations");
    }

    @Test
    void selectBatchSizeAndRate() throws Exception {
        String output = output(SelectBatchSizeAndRate::main);

        assertThat(output.lines().filter(line -> line.contains(": distance "))).hasSize(5);
        assertThat(output.lines().findFirst())
                .hasValueSatisfying(line -> assertThat(line).startsWith("32 0.1: distance 0."));
        assertThat(lastNumber(output, "test accuracy")).isGreaterThan(0.8);
    }

    @Test
    @Tag("slow")
    void searchBatchSchedule() throws Exception {
        Path log = folder.resolve("search.jsonl");
        String output = output(SearchBatchSchedule::main, log);

        assertThat(output.lines().filter(line -> line.matches("candidate \\d \\[.*: Complete, score 0\\.\\d+")))
                .hasSize(4);
        assertThat(output).containsPattern("best: s\\S+, .*StochasticBatch");
        assertThat(output(SearchBatchSchedule::main, log))
                .as("nothing left to do")
                .isEqualTo(output);
    }

    @Test
    void growBatches() throws Exception {
        String output = output(GrowBatches::main);

        assertThat(output).contains("586 iterations instead of 900");
        assertThat(lastNumber(output, "586")).isGreaterThan(0.8);
    }

    /** Started again it has the last 76 of 1,476 updates to do once more. */
    @Test
    void killedAndResumed() throws Exception {
        String whole = output(KilledAndResumed::main, folder);

        assertThat(whole).startsWith("begins at update 0\n1476 updates, C");
        assertThat(output(KilledAndResumed::main, folder)).isEqualTo(whole.replace("update 0", "update 1400"));
    }

    @Test
    void closedLoopBatchSize() throws Exception {
        String output = output(ClosedLoopBatchSize::main);

        assertThat(output).contains("(grew)");
        assertThat(lastNumber(output, "last batch size")).isGreaterThan(0.8);
    }

    @Test
    void accumulateGradients() throws Exception {
        String output = output(AccumulateGradients::main);

        assertThat(output).contains("120 updates of 256 examples");
        assertThat(lastNumber(output, "120")).isGreaterThan(0.8);
    }

    @Test
    void stochasticBatchSize() throws Exception {
        String output = output(StochasticBatchSize::main);

        assertThat(output).contains("layer0_W", "layer0_b", "layer1_W", "layer1_b");
        assertThat(lastNumber(output, "test accuracy")).isGreaterThan(0.8);
    }

    @Test
    void implicitSteps() throws Exception {
        String output = output(ImplicitSteps::main);

        assertThat(output).contains("Implicit layers: 2");
        Matcher accuracies =
                Pattern.compile("explicit (\\d\\.\\d+), implicit (\\d\\.\\d+)").matcher(output);
        assertThat(accuracies.find()).isTrue();
        assertThat(Double.parseDouble(accuracies.group(1))).isLessThan(0.5);
        assertThat(Double.parseDouble(accuracies.group(2))).isGreaterThan(0.8);
    }

    @Test
    void transferWithImplicitSteps() throws Exception {
        String output = output(TransferWithImplicitSteps::main);

        assertThat(output).contains("Implicit layers: 2", "0 FrozenLayer: is frozen, stays as it is");
        Matcher accuracies =
                Pattern.compile("explicit (\\d\\.\\d+), implicit (\\d\\.\\d+)").matcher(output);
        assertThat(accuracies.find()).isTrue();
        double implicit = Double.parseDouble(accuracies.group(2));
        assertThat(implicit).isGreaterThan(0.85);
        assertThat(Double.parseDouble(accuracies.group(1))).isLessThan(implicit);
    }

    @Test
    void adaGradAsInPyTorch() throws Exception {
        String output = output(AdaGradAsInPyTorch::main);

        assertThat(lastNumber(output, "AdaGrad")).isGreaterThan(0.8);
        assertThat(lastNumber(output, "Sgd")).isGreaterThan(0.8);
    }

    @Test
    void csvThroughDataVec() throws Exception {
        assertThat(output(CsvThroughDataVec::main)).containsPattern("loss 0\\.\\d+, C̄ \\d.*29 measurements");
    }

    @Test
    void seriesThroughDataVec() throws Exception {
        String output = output(SeriesThroughDataVec::main);

        assertThat(output).contains("1797 series of 2 to 8 steps").containsPattern("C̄ \\d.*L \\d");
        assertThat(lastNumber(output, "test accuracy")).isGreaterThan(0.5);
    }

    @Test
    void checkGradients() throws Exception {
        assertThat(output(CheckGradients::main)).contains("CENTRAL          200");
    }

    @Test
    void filesAndPictures() throws Exception {
        assertThat(output(FilesAndPictures::main, folder)).contains("run.csv");

        assertThat(List.of("run.csv", "run.jsonl", "run.png", "plane.svg", "report.html"))
                .allSatisfy(name -> assertThat(folder.resolve(name)).isNotEmptyFile());
    }

    /** Short, whole, and none of them without a test here. */
    @TestFactory
    Stream<DynamicTest> everyProgram() throws IOException {
        String tests = Files.readString(Path.of("src/test/java/io/dl4jext/examples/ProgramsTest.java"));
        return programs().stream()
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> {
                    String name = file.getFileName().toString().replace(".java", "");
                    String source = Files.readString(file);
                    assertThat(source.substring(source.indexOf("public static void main"))
                                    .lines())
                            .hasSizeLessThanOrEqualTo(80);
                    assertThat(tests).contains(name + "::main");
                }));
    }

    private static List<Path> programs() throws IOException {
        try (Stream<Path> files = Files.list(SOURCES)) {
            return files.filter(file -> file.toString().endsWith(".java") && !file.endsWith("package-info.java"))
                    .sorted()
                    .collect(Collectors.toList());
        }
    }

    private static String output(Program program, Path... arguments) throws Exception {
        PrintStream standard = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            program.main(Stream.of(arguments).map(Path::toString).toArray(String[]::new));
        } finally {
            System.setOut(standard);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** The last number on the first line that begins with the text. */
    private static double lastNumber(String output, String begin) {
        String line = output.lines()
                .filter(text -> text.startsWith(begin))
                .findFirst()
                .orElseThrow(() -> new AssertionError("No line begins with '" + begin + "' in:\n" + output));
        return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
    }
}
