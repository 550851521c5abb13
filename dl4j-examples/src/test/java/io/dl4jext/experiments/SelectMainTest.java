package io.dl4jext.experiments;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code select} from the command line to the files. */
class SelectMainTest extends ProgramTest {

    @Test
    void ranksEarlyAndLooksBack() throws IOException {
        Path output = folder.resolve("out");
        int code =
                run(("select --data digits --limit 120 --batch-sizes 8,40 --learning-rates 0.02,0.2,1e20 --beacon 8,0.2"
                                + " --epochs 4 --early 1 --seeds 2 --measure-every 2 --output " + output)
                        .split(" "));

        assertThat(code).as(err.toString()).isZero();
        String text = Files.readString(output.resolve("table.txt"));
        assertThat(text)
                .contains("beacon s8-lr0.2: test error ")
                .containsPattern("(?m)^s40-lr0.02 +\\d\\S* +\\d\\S* +\\S+ \\+- \\S+$")
                .containsPattern("(?m)^s8-lr1\\S+ +- +- +diverged 2 of 2$")
                .containsPattern("(?m)^seed 2 +[+-]\\d\\.\\d\\d +[+-]\\S+ to [+-]\\S+ +[+-]\\d\\.\\d\\d ")
                .containsPattern("(?m)^difference [+-]\\S+, p \\S+$")
                .containsPattern("(?m)^validation loss +s\\S+.* \\+- ")
                .containsPattern("(?m)^full grid +.* +1\\.00$");
        List<String> rows = Files.readAllLines(output.resolve("runs.csv"));
        assertThat(rows).hasSize(1 + 1 + 2 * 3 * 2);
        // The beacon is on its own way, another seed with its settings is not.
        assertThat(cells(rows, "early_distance").get(0)).isEqualTo("0.0");
        assertThat(cells(rows, "early_distance")).filteredOn("Infinity"::equals).hasSize(4);
        assertThat(cells(rows, "early_validation_loss"))
                .filteredOn("Infinity"::equals)
                .hasSize(4);
        assertThat(ImageIO.read(output.resolve("plane.png").toFile()).getWidth())
                .isGreaterThan(500);
        assertThat(Files.readString(output.resolve("report.html"))).contains("<title>select: ", "<span>beacon</span>");
    }

    @Test
    void aBeaconThatDivergesIsToldInOneLine() throws IOException {
        Path output = folder.resolve("out");
        int code = run(("select --data digits --limit 120 --batch-sizes 8,40 --learning-rates 0.02,0.2 --beacon 8,1e20"
                        + " --epochs 2 --early 1 --seeds 1 --output " + output)
                .split(" "));
        assertThat(code).isEqualTo(2);
        assertThat(err.toString())
                .contains("error: --beacon: expected a training that does not diverge, got s8-lr1")
                .doesNotContain("Exception");
        assertThat(Files.readAllLines(output.resolve("runs.csv")))
                .hasSize(2)
                .last()
                .asString()
                .contains(",Infinity,", ",true,");
    }

    private static List<String> cells(List<String> rows, String column) {
        int place = List.of(rows.get(0).split(",")).indexOf(column);
        return rows.stream().skip(1).map(row -> row.split(",")[place]).collect(Collectors.toList());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--early 20 | --early: expected at least 1 and less than --epochs, got 20",
                "--early 0 | --early: expected at least 1",
                "--beacon 32 | --beacon: expected a batch size and a learning rate",
                "--beacon 7000,0.1 | --beacon: expected a batch size of at most 6000",
                "--beacon 32,0 | --beacon: expected a finite number above 0, got 0.0",
                "--batch-sizes 8 --learning-rates 0.1,0.2 | expected at least 4 combinations",
            })
    void whatTheUserCanPutRightIsOneLine(String arguments, String message) {
        assertThat(run(("select " + arguments).split(" "))).isEqualTo(2);
        assertThat(err.toString().lines())
                .singleElement()
                .satisfies(line -> assertThat(line).contains(message));
    }
}
