package io.dl4jext.experiments;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code stochastic-batch} and its benchmark from the command line to the files. */
class StochasticBatchMainTest extends ProgramTest {

    private int run(String words) {
        return run(words.split(" "));
    }

    private Path experiment(String words) {
        Path output = folder.resolve("out");
        assertThat(run("stochastic-batch --data digits --limit 80 " + words + " --output " + output))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).contains("Written to " + output);
        return output;
    }

    @Test
    @Tag("slow")
    void everyMethodIsInTheTablesAndTheFiles() throws IOException {
        List<String> methods = List.of(
                "sgd",
                "dropout",
                "depth-dropout",
                "entropy-sgd",
                "accelerated-sgd",
                "stochastic-batch",
                "stochastic-batch-half",
                "stochastic-batch-unweighted",
                "stochastic-batch-mean-weighted",
                "stochastic-batch-weighted");
        Path output = experiment("--methods " + String.join(",", methods)
                + " --ratios 1,1/2 --batch-sizes 8 --momenta 0.3 --epochs 3 --seeds 2");
        String text = out.toString();
        assertThat(text)
                .contains("digits: 80 training", "mlp, 3 epochs, learning rate 0.1 to 0.001, seeds 1, 2")
                .contains("mean of the last tenth", "maximum over the epochs", "Differences in %-points", "within 0.5");
        assertThat(text).containsPattern("(?m)^8 +0.3 +1/2 +40( +\\S+ \\+- \\S+){10}$");
        for (String method : methods.subList(1, methods.size())) {
            assertThat(text)
                    .containsPattern("(?m)^8 +0.3 +1/2 +" + method
                            + " +sgd +[+-]\\S+ \\+- \\S+ +\\+- [0-9.]+ .* too few seeds ");
        }
        assertThat(text)
                .containsPattern("(?m)^8 +0.3 +1 +stochastic-batch +stochastic-batch-half +[+-]")
                .doesNotContainPattern("(?m)^8 +0.3 +1 +stochastic-batch-half +stochastic-batch-half");
        List<String> runs = Files.readAllLines(output.resolve("runs.csv"));
        assertThat(runs).hasSize(1 + 10 * 2 * 2);
        assertThat(runs.get(0)).startsWith("method,batch_size,momentum,ratio,learning_rate,examples,seed,");
        assertThat(Files.readAllLines(output.resolve("comparisons.csv"))).hasSize(1 + 2 * (9 + 4));
        assertThat(Files.readAllLines(output.resolve("epochs.csv"))).hasSize(1 + 10 * 2 * 2 * 3);
        for (String picture : List.of(
                "curves-b8-m0.3-r1.png",
                "curves-b8-m0.3-r1_2.png",
                "updates-stochastic-batch-b8-m0.3-r1.png",
                "updates-stochastic-batch-unweighted-b8-m0.3-r1_2.png")) {
            assertThat(ImageIO.read(output.resolve(picture).toFile()).getWidth())
                    .isGreaterThan(500);
        }
        assertThat(output.resolve("updates-sgd-b8-m0.3-r1.png")).doesNotExist();
        assertThat(Files.readString(output.resolve("table.txt"))).contains("Differences in %-points");
    }

    /** The same seed gives the same batches, parameters and draws. */
    @Test
    void twiceTheSame() throws IOException {
        String words =
                "--methods stochastic-batch,dropout --ratios 1/2 --batch-sizes 16 --epochs 2 --seeds 7,9 --network mlp";
        List<String> first = accuracies(experiment(words));
        folder = folder.resolve("again");
        assertThat(accuracies(experiment(words))).isEqualTo(first).hasSize(1 + 2 * 2 * 2);
    }

    private static List<String> accuracies(Path output) throws IOException {
        return Files.readAllLines(output.resolve("epochs.csv"));
    }

    @Test
    void sweep() throws IOException {
        Path output = experiment("--sweep --unweighted --ratios 1 --batch-sizes 16 --epochs 1 --seeds 1");
        assertThat(out.toString())
                .contains("The paper's Table 3", "order in alpha, lambda = 0: rank correlation with VGG11")
                .contains("a=-0.1,l=0", "a=0,l=0", "a=0.1,l=0", "a=1,l=0", "a=0.1,l=-2", "a=0.1,l=-4", "a=0.1,l=-8");
        assertThat(Files.readAllLines(output.resolve("runs.csv")).stream()
                        .map(line -> line.split(",[0-9]")[0])
                        .collect(Collectors.toList()))
                .hasSize(9)
                .contains("\"sgd\"");
    }

    @Test
    void ratesAreChosenByValidation() throws IOException {
        Path output = experiment("--methods sgd,stochastic-batch --ratios 1/2 --batch-sizes 16 --epochs 2 --seeds 2"
                + " --rates 0.1,1e-7 --tuning-seeds 1 --measure last-epochs --margin 3");
        assertThat(out.toString())
                .contains(
                        "learning rate chosen of 0.1, 0.0000001 (falling as 0.1 to 0.001; of the test set,",
                        "validation")
                .contains("Validation error %, mean of the last tenth of the epochs, 1 seed")
                .containsPattern("(?m)^16 +0 +1/2 +sgd +[0-9.]+ +[0-9.]+ \\*$")
                .contains("same: within 3")
                .doesNotContainIgnoringCase("maximum");
        List<String> runs = Files.readAllLines(output.resolve("runs.csv"));
        assertThat(runs).hasSize(1 + 2 * 2 + 2);
        assertThat(runs.stream().filter(line -> line.contains(",1.0E-7,"))).hasSize(2);
        assertThat(runs.get(1).split(",")[10]).matches("0\\.[0-9]+");
        assertThat(Files.readAllLines(output.resolve("epochs.csv")))
                .hasSize(1 + 6)
                .element(1, InstanceOfAssertFactories.STRING)
                .contains(",1,2,");
        assertThat(Files.readAllLines(output.resolve("rates.csv")))
                .hasSize(1 + 4)
                .anyMatch(line -> line.startsWith("\"sgd\",16,0.0,1/2,0.1,1,0,") && line.endsWith(",true"));
        assertThat(Files.readAllLines(output.resolve("comparisons.csv"))).hasSize(2);
        assertThat(files(output))
                .containsExactly(
                        "comparisons.csv",
                        "epochs.csv",
                        "rates.csv",
                        "runs.csv",
                        "table.txt",
                        "updates-stochastic-batch-b16-m0-r1_2.png");
    }

    @Test
    void theLastRateStaysInProportion() throws IOException {
        String words = "--methods sgd --ratios 1/2 --batch-sizes 16 --epochs 3 --seeds 1 --learning-rate ";
        List<String> alone = losses(experiment(words + "0.4,0.1"), "0.4");
        folder = folder.resolve("again");
        assertThat(losses(experiment(words + "0.2,0.05 --rates 0.2,0.4"), "0.4"))
                .hasSize(3)
                .isEqualTo(alone);
    }

    /** After each epoch with this first rate. */
    private static List<String> losses(Path output, String rate) throws IOException {
        return Files.readAllLines(output.resolve("epochs.csv")).stream()
                .map(line -> line.split(","))
                .filter(cells -> cells[4].equals(rate))
                .map(cells -> cells[7])
                .collect(Collectors.toList());
    }

    /** A training that diverged stands in the table as such, and spoils no other. */
    @Test
    void divergence() {
        experiment(
                "--methods sgd,stochastic-batch --ratios 1 --batch-sizes 16 --epochs 2 --seeds 1 --learning-rate 900000,900000");
        assertThat(out.toString()).contains("diverged 1 of 1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--batch-sizes 20|expected --momenta for others than 16, 32, 64 and 128, got 20",
                "--batch-sizes 16,32 --momenta 0.5|expected 2, one for each of --batch-sizes",
                "--batch-sizes 16 --momenta 1|expected 0 or more and less than 1",
                "--ratios 3/2|expected a part above 0 and up to 1",
                "--ratios x|expected a part above 0 and up to 1",
                "--ratios 1/8|expected at most 10 (ratio 1/8",
                "--batch-sizes 32 --ratios 1/2 --methods sgd,entropy-sgd|expected at least 5 batches an epoch",
                "--methods adam|expected one of sgd, dropout",
                "--unweighted|expected --sweep",
                "--sweep --alpha 0.2|--alpha: expected no --sweep with it, which has its own values, got one",
                "--sweep --methods sgd|--methods: expected no --sweep with it, got one",
                "--methods sgd,stochastic-batch-half --lambda 1|--lambda: expected a method that depends on it among --methods, got [sgd, stochastic-batch-half]",
                "--learning-rate 0.1|expected two numbers above 0",
                "--rates 0.1|--rates: expected two or more, each once, got [0.1]",
                "--rates 0.1,0.1|--rates: expected two or more, each once",
                "--rates 0.1,0|--rates: expected finite numbers above 0, got 0.0",
                "--tuning-seeds 1|--tuning-seeds: expected --rates with it",
                "--rates 0.1,0.2 --tuning-seeds 3|--tuning-seeds: expected 1 to 2 (--seeds), got 3",
                "--margin 0|--margin: expected a finite number above 0, got 0.0",
                "--measure never|expected one of every-epoch, last-epochs",
                "--network vgg --epochs 0|expected at least 1",
            })
    void refuses(String options, String message) {
        List<String> words = new ArrayList<>(List.of("stochastic-batch", "--data", "digits", "--limit", "80"));
        words.addAll(Arrays.asList(options.split(" ")));
        assertThat(run(String.join(" ", words))).isEqualTo(2);
        assertThat(err.toString()).startsWith("error: ").contains(message).hasLineCount(1);
    }

    @Test
    void benchmark() throws IOException {
        Path output = folder.resolve("benchmark");
        assertThat(run("benchmark stochastic --network mlp --parameters 4000 --steps 4 --block 2 --warm-up 1 --output "
                        + output))
                .as(err.toString())
                .isZero();
        assertThat(out.toString())
                .containsPattern("(?m)^mlp 1x28x28, batch 128( +[0-9.]+){8}$")
                .containsPattern("(?m)^updater alone, 4000 parameters( +[0-9.]+){7}$");
        assertThat(output.resolve("stochastic.txt")).isNotEmptyFile();
    }
}
