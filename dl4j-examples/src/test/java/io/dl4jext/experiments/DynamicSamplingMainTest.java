package io.dl4jext.experiments;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.fisher.Beacon;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code dynamic-sampling} from the command line to the files. */
class DynamicSamplingMainTest extends ProgramTest {

    private int run(String words) {
        return run(("dynamic-sampling " + words).split(" "));
    }

    private Path experiment(String words) {
        Path output = folder.resolve("out");
        assertThat(run(words + " --output " + output)).as(err.toString()).isZero();
        assertThat(out.toString()).contains("Written to " + output);
        return output;
    }

    @Test
    void helpShowsTheDefaults() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString().replaceAll("\\s+", " "))
                .contains("Default: 0.1.", "Default: 0.9.", "Default: 20.", "beacon-follower")
                .doesNotContain("null");
    }

    @Test
    @Tag("slow")
    void everyPolicyAndControllerIsInTheTableAndTheFiles() throws IOException {
        Path output = experiment("--data digits --limit 64 --epochs 12 --seeds 2 --measure-every 2 --learning-rate 0.02"
                + " --policies s8,s32,s8-to-32,s8-to-16-MS --bounds 4,32");
        String text = out.toString();
        assertThat(text)
                .contains(
                        "digits: 64 training",
                        "mlp, 12 epochs, learning rate 0.02, Nesterov momentum 0.9, seeds 1, 2, controllers within 4 to 32",
                        "beacon-follower follows s",
                        Files.readString(output.resolve("table.txt")).split("\\R", 2)[1]);
        List<String> names = List.of(
                "s8",
                "s32",
                "s8-to-32",
                "s8-to-16-MS",
                "norm-test",
                "inner-product-test",
                "cabs",
                "noise-scale",
                "beacon-follower");
        for (String name : names) {
            assertThat(text).containsPattern("(?m)^" + name + "( \\*)? +\\S+ \\+- \\S+ .*\\d$");
        }
        assertThat(err.toString()).contains("100 %", "(22 of 22)").doesNotContain("Exception");

        Stream<String> csv = names.stream().map(name -> name + ".csv");
        assertThat(files(output))
                .containsExactlyInAnyOrderElementsOf(Stream.concat(
                                csv, Stream.of("decisions.csv", "plane.png", "plane.svg", "runs.csv", "table.txt"))
                        .collect(Collectors.toList()));
        List<String[]> runs = rows(output.resolve("runs.csv"));
        assertThat(runs).hasSize(4 + 2 * 9).allMatch(row -> row.length == 10);
        // policy, seed -> test error: watching does not change a training
        Map<String, String> watched = runs.stream()
                .filter(row -> row[2].equals("true") && row[0].startsWith("s"))
                .collect(Collectors.toMap(row -> row[0] + row[1], row -> row[6]));
        Map<String, String> unwatched = runs.stream()
                .filter(row -> row[2].equals("false"))
                .collect(Collectors.toMap(row -> row[0] + row[1], row -> row[6]));
        assertThat(watched).hasSize(4);
        assertThat(unwatched).hasSize(8).containsAllEntriesOf(watched);
        assertThat(runs.stream().filter(row -> row[0].equals("s8")))
                .allMatch(row -> row[3].equals("96") && row[4].equals("8.0"));
        // 5 stages of 12 epochs: 3 + 2 of 8, 3 + 2 of 16, 2 of 32
        assertThat(runs.stream().filter(row -> row[0].equals("s8-to-32")))
                .allMatch(row -> row[3].equals(Integer.toString(5 * 8 + 5 * 4 + 2 * 2)));

        List<String[]> decisions = rows(output.resolve("decisions.csv"));
        assertThat(decisions).allMatch(row -> row.length == 9);
        assertThat(decisions.stream().map(row -> row[0]).distinct()).containsExactlyElementsOf(names.subList(4, 9));
        assertThat(decisions.stream().mapToInt(row -> Integer.parseInt(row[7])))
                .allMatch(size -> size >= 4 && size <= 32)
                .anyMatch(size -> size > 4);
        // The first stage has 3 epochs of 8 iterations, of which every 2nd is measured.
        assertThat(measurements(output.resolve("s8.csv")).subList(0, 12))
                .isEqualTo(measurements(output.resolve("s8-to-32.csv")).subList(0, 12));
        assertThat(Beacon.read(output.resolve("s32.csv")).batchSize(100)).isEqualTo(32);
        assertThat(ImageIO.read(output.resolve("plane.png").toFile()).getWidth())
                .isGreaterThan(500);
        assertThat(Files.readString(output.resolve("plane.svg"))).contains(names);
    }

    @Test
    void onAGraphWithoutControllers() throws IOException {
        Path output =
                experiment("--data digits --limit 24 --epochs 1 --seeds 5,7 --network resnet8 --policies s8,s8,s24"
                        + " --no-controllers --momentum 0");
        assertThat(out.toString())
                .contains("resnet8, 1 epoch, learning rate 0.1, plain SGD, seeds 5, 7\n")
                .doesNotContain("follows");
        assertThat(rows(output.resolve("runs.csv"))).hasSize(2 + 2 * 2);
        assertThat(files(output)).doesNotContain("decisions.csv");
    }

    @Test
    void divergedRunsAreShownAsSuch() throws IOException {
        Path output = experiment("--data digits --limit 24 --epochs 2 --seeds 2 --policies s8,s4 --no-controllers"
                + " --learning-rate 1e30");
        assertThat(out.toString()).containsPattern("s8 +diverged 2 of 2 ");
        assertThat(Files.readString(output.resolve("runs.csv"))).contains(",true,NaN,");
        assertThat(run("--data digits --limit 24 --epochs 2 --seeds 1 --policies s8 --controllers cabs,beacon-follower"
                        + " --bounds 4,8 --learning-rate 1e30 --output " + folder.resolve("two")))
                .isEqualTo(2);
        assertThat(err.toString()).contains("expected a policy that does not diverge for beacon-follower to follow");
    }

    @Test
    void namesMayHaveSpacesAroundAndStandTwice() throws IOException {
        Path output = folder.resolve("out");
        String others = "dynamic-sampling --data digits --limit 24 --epochs 1 --seeds 2 --learning-rate 0.01"
                + " --controllers beacon-follower --bounds 4,8 --output " + output;
        List<String> arguments = new ArrayList<>(List.of(others.split(" ")));
        arguments.addAll(List.of("--policies", "s8,s12, s8", "--follow", " s12"));
        assertThat(run(arguments.toArray(new String[0]))).as(err.toString()).isZero();
        assertThat(out.toString()).contains("beacon-follower follows s12\n");
        assertThat(rows(output.resolve("runs.csv"))).hasSize(2 + 3 * 2);
    }

    @Test
    void theFollowerFollowsWhatItIsTold() {
        experiment("--data digits --limit 24 --epochs 2 --seeds 1 --policies s4,s8,s12 --controllers beacon-follower"
                + " --bounds 4,8 --follow s12,s4 --learning-rate 0.01");
        assertThat(out.toString()).contains("beacon-follower follows s4, s12\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--policies vgg | --policies: Expected s<B> (constant), s<B>-to-<B>",
                "--policies s16,,s32 | --policies: Expected s<B>",
                "--policies s16-to-1024 | --policies: Expected at most as many sizes as stages, got 7",
                "--policies s16-to-256 --epochs 4 | --policies: expected at least 5 epochs for s16-to-256, so that each of its"
                        + " sizes has one, got --epochs 4",
                "--policies s32-to-512-MS --epochs 10 | at least 20 epochs for s32-to-512-MS, so that each of its sizes has one"
                        + " in every learning-rate step, got --epochs 10",
                "--policies s8192 | --policies: s8192: expected sizes of at most 6000 (the training examples), got 8192",
                "--limit 500 --policies s16 | --bounds: expected at most 500 (the training examples), got 512",
                "--seeds 0 | expected a number of seeds from 1 to 1000, or whole numbers other than 0 with commas (ND4J takes 0 for the time of day), got '0'",
                "--seeds , | got ','",
                "--epochs 0 | --epochs: expected at least 1, got 0",
                "--learning-rate 0 | --learning-rate: expected a finite number above 0, got 0.0",
                "--learning-rate NaN | --learning-rate: expected a finite number above 0, got NaN",
                "--momentum 1 | --momentum: expected 0 or more and less than 1, got 1.0",
                "--measure-every 0 | --measure-every: expected at least 1, got 0",
                "--rank-tolerance 1 | --rank-tolerance: expected 0 or more and less than 1, got 1.0",
                "--controllers pid | expected one of norm-test, inner-product-test, cabs, noise-scale, beacon-follower, got 'pid'",
                "--controllers cabs --no-controllers | expected --controllers or --no-controllers, got both",
                "--no-controllers --bounds 16,64 | --bounds: expected controllers with it, got --no-controllers",
                "--controllers cabs --follow s16 | --follow: expected beacon-follower among --controllers, got [cabs]",
                "--bounds 16 | --bounds: expected two sizes, 1 <= MIN <= MAX, got [16]",
                "--bounds 64,16 | --bounds: expected two sizes, 1 <= MIN <= MAX, got [64, 16]",
                "--follow s8 | --follow: expected names out of --policies, got s8",
                "--network vgg16 | expected one of mlp, lenet, resnet8, mlp300, vgg, vgg-quarter, got 'vgg16'",
                "--data digits --network lenet | at least 16x16 for lenet, got 8x8",
                "--data-dir no-such-folder | no-such-folder: expected a folder"
            })
    void whatTheUserCanPutRightIsOneLine(String commandAndMessage) {
        String[] parts = commandAndMessage.split(" \\| ");
        assertThat(run(parts[0])).isEqualTo(2);
        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .startsWith("error: ")
                .contains(parts[1]);
        assertThat(out.toString()).isEmpty();
    }

    private static List<String> measurements(Path csv) throws IOException {
        return Files.readAllLines(csv).stream()
                .filter(line -> !line.startsWith("#") && !line.startsWith("epoch"))
                .collect(Collectors.toList());
    }

    private static List<String[]> rows(Path csv) throws IOException {
        return Files.readAllLines(csv).stream()
                .skip(1)
                .map(line -> line.split(",", -1))
                .collect(Collectors.toList());
    }
}
