package io.dl4jext.experiments;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.experiments.data.IdxWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code optimisers} and {@code gradient-check} from the command line to the files. */
class OptimisersMainTest extends ProgramTest {

    private static final int CIFAR_RECORD = 3073;

    /** The words and {@code --output out}. */
    private Path done(String words) {
        Path output = folder.resolve("out");
        List<String> all = new ArrayList<>(Arrays.asList(words.split(" ")));
        all.addAll(List.of("--output", output.toString()));
        assertThat(run(all.toArray(new String[0]))).as(err.toString()).isZero();
        assertThat(out.toString()).contains("Written to " + output);
        return output;
    }

    @Test
    void tablesStandBesideThePapers() throws IOException {
        Path output = done("optimisers --data digits --limit 100 --tables 6,2 --epochs 2 --seeds 4,9");
        assertThat(out.toString())
                .contains("2 epochs, seeds 4, 9, 8 settings", "Table 2, SGD with decay", "Table 6, all methods")
                .containsPattern("sgd +0\\.1 to 0\\.001 +1 +- +2\\.303 +- +0\\.098 +- +-\n") // m = 1 is not trained
                .containsPattern(
                        "sgd +0\\.1 to 0\\.0001 +10 +- +0\\.001 +\\S+ \\+- \\S+ +0\\.984 +0\\.\\d{4} \\+- 0\\.\\d{4} +\\d+\n")
                .containsPattern("adagrad +0\\.01 +10 +- +0\\.003 +\\S+ \\+- \\S+ +0\\.980 +0\\.\\d{4}")
                .containsPattern("sgd +0\\.01 +10 +0\\.9 +0\\.02 ");
        assertThat(files(output)).containsExactly("curves.csv", "runs.csv", "table-2.png", "table-6.png", "tables.txt");
        // Those of table 2 with m 10 and 100 and three more of table 6; two stand in both.
        assertThat(Files.readAllLines(output.resolve("runs.csv"))).hasSize(1 + 2 * 8);
        assertThat(Files.readAllLines(output.resolve("curves.csv"))).hasSize(1 + 2 * 8 * 2);
        assertThat(out.toString()).contains(Files.readString(output.resolve("tables.txt")));
        assertThat(ImageIO.read(output.resolve("table-6.png").toFile()).getWidth())
                .isGreaterThan(1000);
        assertThat(err.toString()).contains("(16 of 16)").doesNotContain("Exception");
    }

    @Test
    void aTrainingThatDivergesIsNaNInTheTable() throws IOException {
        IdxWriter.writeSet(folder, 30, 20);
        Path output =
                done("optimisers --no-tables --also sgd:1e30:10,sgd:0.01:10:0.5,sgd:1e30:10:0 --epochs 3 --data-dir "
                        + folder);
        // Two test images in twenty are of class 0, which is what a network of NaN answers.
        assertThat(out.toString())
                .containsPattern("sgd +1000000000000000000000000000000 +10 +- +- +NaN +- +0\\.1000 ")
                .containsPattern("sgd +0\\.01 +10 +0\\.5 +- +\\d\\.\\d+ +- +0\\.\\d{4} ");
        assertThat(Files.readString(output.resolve("runs.csv"))).contains(",1,true,NaN,0.1,");
        assertThat(files(output)).containsExactly("curves.csv", "others.png", "runs.csv", "tables.txt");
    }

    @Test
    void nothingButDivergedTrainingsStillMakeAPicture() throws IOException {
        IdxWriter.writeSet(folder, 20, 10);
        Path output = done("optimisers --no-tables --also sgd:1e30:5 --epochs 1 --data-dir " + folder);
        assertThat(files(output)).contains("others.png");
    }

    @Test
    void everyMethodTrains() throws IOException {
        String methods = "sgd,adagrad,adagrad-pytorch,adagrad-keras,adagrad-tensorflow,adagrad-optax,adagrad-dl4j,"
                + "adagrad-norm,dual-averaging,madgrad,adam,entropy-sgd,accelerated-sgd,depth-dropout";
        String also = Arrays.stream(methods.split(","))
                .map(method -> method + ":0.01~0.001:20")
                .collect(Collectors.joining(","));
        Path output = done("optimisers --data digits --limit 200 --no-tables --epochs 2 --also " + also);
        List<String> rows = Files.readAllLines(output.resolve("runs.csv"));
        assertThat(rows).hasSize(1 + 14);
        assertThat(rows.subList(1, 15)).allMatch(row -> row.contains(" 0.01 to 0.001, m 20\",1,false,"));
        // Those of Keras, TensorFlow and optax differ in a place of epsilon, or not at all.
        assertThat(rows.subList(1, 15).stream().map(row -> row.split(",")[4]).distinct())
                .hasSizeGreaterThanOrEqualTo(12);
    }

    @Test
    void paper5TrainsOnCifar10() throws IOException {
        Random random = new Random(1);
        for (String file : List.of("data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5")) {
            Files.write(folder.resolve(file + ".bin"), cifar(random, 4));
        }
        Files.write(folder.resolve("test_batch.bin"), cifar(random, 8));
        Path output = done(
                "optimisers cifar10 --limit 10 --steps 3 --measure-every 2 --width 1 --seeds 2 --data-dir " + folder);
        assertThat(out.toString())
                .contains("cifar10: 10 training and 8 test examples")
                .containsPattern("mlp +3 +10 +0\\.466 +0\\.\\d{4} \\+- ")
                .containsPattern("mlp-pytorch +3 +10 +0\\.437 ")
                .containsPattern("deep-mlp +3 +10 +0\\.542 ")
                .containsPattern("vgg +3 +10 +0\\.770 ")
                .containsPattern("vgg-plain +3 +10 +0\\.738 ");
        assertThat(files(output)).containsExactly("curves.csv", "curves.png", "runs.csv", "table.txt");
        assertThat(Files.readAllLines(output.resolve("curves.csv"))).hasSize(1 + 5 * 2 * 2);
    }

    private static byte[] cifar(Random random, int records) {
        byte[] bytes = new byte[records * CIFAR_RECORD];
        random.nextBytes(bytes);
        for (int r = 0; r < records; r++) {
            bytes[r * CIFAR_RECORD] = (byte) (r % 10);
        }
        return bytes;
    }

    @Test
    void gradientCheckPrintsAndDraws() throws IOException {
        Path output = done("gradient-check --data digits --limit 100 --steps 1e-6,1e-8 --parameters 20"
                + " --batch-size 20 --seed 3");
        assertThat(out.toString())
                .contains("mlp300 after 1 epoch, loss over 20 examples, seed 3", "* the best step")
                .contains("double: median relative error", "float: median relative error", "Why 1e-8 fails in float")
                .containsPattern("1e-6 +\\S+ +\\S+ +\\S+")
                .containsPattern("central +6\\.1e-6 +\\d+ ")
                .containsPattern("central +4\\.9e-3 +\\d+ ");
        assertThat(files(output))
                .containsExactly("closer.csv", "errors.csv", "histogram.png", "steps.png", "table.txt");
        List<String> closer = Files.readAllLines(output.resolve("closer.csv"));
        assertThat(closer).hasSize(1 + 2 * 2 * (2 + 1)).contains("type,step,against,central_closer,other_closer");
        assertThat(closer)
                .filteredOn(row -> row.startsWith("double,best,"))
                .hasSize(2)
                .allSatisfy(row -> {
                    String[] columns = row.split(",");
                    assertThat(Integer.parseInt(columns[3])).as(row).isGreaterThan(Integer.parseInt(columns[4]));
                });
        List<String> rows = Files.readAllLines(output.resolve("errors.csv"));
        assertThat(rows).hasSize(1 + 2 * 3 * (2 + 1)).allMatch(row -> row.split(",").length == 9);
        assertThat(median(rows, "double,central,usual")).isLessThan(1e-5);
        assertThat(median(rows, "double,central,1.0E-6")).isLessThan(1e-5);
        assertThat(median(rows, "float,central,1.0E-8")).isGreaterThan(0.5);
    }

    private static double median(List<String> rows, String start) {
        return rows.stream()
                .filter(row -> row.startsWith(start + ","))
                .mapToDouble(row -> Double.parseDouble(row.split(",")[6]))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void gradientCheckOfAGraphWithoutTraining() throws IOException {
        Path output = done("gradient-check --network resnet8 --data digits --limit 20 --epochs 0 --types double"
                + " --steps 1e-6 --parameters 4 --batch-size 4");
        List<String> rows = Files.readAllLines(output.resolve("errors.csv"));
        assertThat(rows).hasSize(1 + 3 * 2);
        assertThat(median(rows, "double,central,usual")).isLessThan(1e-3);
    }

    @Test
    void helpNamesTheDefaults() {
        assertThat(run("optimisers", "--help")).isZero();
        assertThat(out.toString()).contains("--also", "entropy-sgd", "cifar10").doesNotContain("null");
        assertThat(run("optimisers", "cifar10", "--help")).isZero();
        assertThat(run("gradient-check", "--help")).isZero();
        assertThat(out.toString()).contains("1e-1,1e-2", "mlp300").doesNotContain("null");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "optimisers mnist | expected a command out of cifar10, got 'mnist'",
                "optimisers --tables 7 | --tables: expected numbers from 1 to 6, got 7",
                "optimisers --tables 0 | --tables: expected numbers from 1 to 6, got 0",
                "optimisers --epochs 0 | --epochs: expected at least 1, got 0",
                "optimisers --batch-sizes 0 | --batch-sizes: expected at least 1, got 0",
                "optimisers --batch-sizes 17 | --batch-sizes: expected batch sizes of the tables [1, 2, 3, 4, 5, 6], got 17",
                "optimisers --batch-sizes 10,64 --tables 2 | --batch-sizes: expected batch sizes of the tables [2], got 64",
                "optimisers --no-tables --tables 1 --also sgd:0.1:10 | --tables: expected to go without --no-tables, got both",
                "optimisers --no-tables --batch-sizes 1 --also sgd:0.1:10 | --batch-sizes: expected to go without --no-tables",
                "optimisers --no-tables | expected something to train, got nothing",
                "optimisers --limit 50 | batch sizes: expected at most 50 (the training examples), got 100",
                "optimisers --also sgd:0.1 | expected METHOD:RATE:BATCH",
                "optimisers --also magic:0.1:10 | expected one of sgd, adagrad, adagrad-pytorch",
                "optimisers --also sgd:-0.1:10 | got 'sgd:-0.1:10'",
                "optimisers --also sgd:NaN:10 | got 'sgd:NaN:10'",
                "optimisers --also sgd:0.1~x:10 | got 'sgd:0.1~x:10'",
                "optimisers --also sgd:0.1~0.2~0.3:10 | got 'sgd:0.1~0.2~0.3:10'",
                "optimisers --also sgd:0.1:0 | got 'sgd:0.1:0'",
                "optimisers --also sgd:0.1:10:1 | got 'sgd:0.1:10:1'",
                "optimisers --also adam:0.1:10:0.9 | got 'adam:0.1:10:0.9'",
                "optimisers --seeds 0 | expected a number of seeds",
                "optimisers cifar10 | Missing required option: '--data-dir=DIR'",
                "optimisers cifar10 --data-dir no-such-folder | no-such-folder: expected a folder",
                "optimisers cifar10 --data-dir . --steps 0 | --steps: expected at least 1, got 0",
                "optimisers cifar10 --data-dir . --width 8 --models mlp,deep-mlp | --width: expected a VGG among --models, got [mlp, deep-mlp]",
                "optimisers cifar10 --data-dir . --width 0 | --width: expected at least 1, got 0",
                "optimisers cifar10 --data-dir . --measure-every 0 | --measure-every: expected at least 1, got 0",
                "optimisers cifar10 --data-dir . --models lenet | expected one of mlp, mlp-pytorch, deep-mlp, vgg, vgg-plain, got 'lenet'",
                "gradient-check --types half | expected one of double, float, got 'half'",
                "gradient-check --steps 0 | --steps: expected finite numbers above 0, got 0.0",
                "gradient-check --steps 1e-3,NaN | --steps: expected finite numbers above 0, got NaN",
                "gradient-check --parameters 0 | --parameters: expected at least 1, got 0",
                "gradient-check --epochs -1 | --epochs: expected at least 0, got -1",
                "gradient-check --seed 0 | --seed: expected a whole number other than 0, got 0",
                "gradient-check --batch-size 6001 | --batch-size: expected 1 to 6000 (the training examples), got 6001",
                "gradient-check --network lenet --data digits | at least 16x16 for lenet, got 8x8"
            })
    void whatTheUserCanPutRightIsOneLine(String commandAndMessage) {
        String[] parts = commandAndMessage.split(" \\| ");
        assertThat(run(parts[0].split(" "))).isEqualTo(2);
        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .startsWith("error: ")
                .contains(parts[1]);
        assertThat(out.toString()).isEmpty();
    }
}
