package io.dl4jext.experiments;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code zoo} from the command line to the files; each model in a JVM of its own. */
class ZooMainTest extends ProgramTest {

    @Test
    @Tag("slow")
    void measuresAndNamesWhatDl4jCannotTrain() throws IOException {
        Path output = folder.resolve("out");
        int code = run(
                "zoo",
                "--models",
                "lenet,simple-cnn",
                "--steps",
                "1",
                "--interval",
                "4",
                "--output",
                output.toString());

        assertThat(code).as(err.toString()).isZero();
        String text = Files.readString(output.resolve("table.txt"));
        assertThat(out.toString())
                .contains(text.substring(text.indexOf("model  ")).stripTrailing());
        assertThat(text)
                .containsPattern("(?m)^lenet +3 x 48 x 48 +3,629,575 +4 +0 +2 +\\d+ ")
                .containsPattern("(?m)^lenet +measures +2 layers, trains +\\S+e-[67] off +trains +trains, trains$")
                .contains("simple-cnn, DL4J itself: DL4JException: Cannot calculate gradient");
        List<String> rows = Files.readAllLines(output.resolve("models.csv"));
        assertThat(rows).hasSize(3);
        double identity = Double.parseDouble(cell(rows, "identity"));
        assertThat(identity).isLessThan(1e-6);
        assertThat(cell(rows, "interval")).isEqualTo("4");
        assertThat(Double.parseDouble(cell(rows, "interval_times_plain"))).isPositive();
        assertThat(output.resolve("lenet.log")).exists();
    }

    /** Where there are weights they are downloaded, which a test does not. */
    @Test
    void saysWhatHasNoPretrainedWeights() throws IOException {
        Path output = folder.resolve("out");
        run("zoo", "--models", "alexnet", "--pretrained", "--output", output.toString());
        assertThat(output.resolve("table.txt"))
                .content()
                .contains(
                        "alexnet, DL4J itself: UnsupportedOperationException: DL4J has no pretrained weights of alexnet");
    }

    /** Of the first model. */
    private static String cell(List<String> rows, String column) {
        return rows.get(1).split(",")[List.of(rows.get(0).split(",")).indexOf(column)];
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--models vgg | expected one of lenet, simple-cnn, alexnet, vgg16",
                "--batch-size 1 | --batch-size: expected at least 2, got 1",
                "--interval 0 | --interval: expected at least 1, got 0",
                "--steps 0 | --steps: expected at least 1, got 0",
                "--seed 0 | --seed: expected a whole number other than 0",
            })
    void whatTheUserCanPutRightIsOneLine(String arguments, String message) {
        assertThat(run(("zoo " + arguments).split(" "))).isEqualTo(2);
        assertThat(err.toString().lines())
                .singleElement()
                .satisfies(line -> assertThat(line).contains(message));
    }
}
