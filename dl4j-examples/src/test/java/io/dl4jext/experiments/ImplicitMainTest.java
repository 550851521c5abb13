package io.dl4jext.experiments;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.experiments.data.IdxWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The experiments of {@code implicit} from the command line to the files. */
class ImplicitMainTest extends ProgramTest {

    private static final String MUSIC = "{\"train\": [[[60], [62], []], [[64], [65]]]}";

    /** {@code implicit EXPERIMENT ... --output out}, in words with spaces between. */
    private Path experiment(String words) {
        Path output = folder.resolve("out");
        List<String> all = new ArrayList<>(List.of("implicit"));
        all.addAll(Arrays.asList(words.split(" ")));
        all.addAll(List.of("--output", output.toString()));
        assertThat(run(all.toArray(new String[0]))).as(err.toString()).isZero();
        assertThat(out.toString()).contains("Written to " + output);
        return output;
    }

    @Test
    void noExperimentPrintsTheUsage() {
        assertThat(run("implicit")).isEqualTo(2);
        assertThat(err.toString()).contains("EXPERIMENT", "mnist", "autoencoder", "music", "uci");
    }

    @Test
    void helpShowsTheDefaultsOfEachExperiment() {
        assertThat(run("implicit", "mnist", "--help")).isZero();
        assertThat(out.toString()).contains("--data-dir", "Default: 1.").doesNotContain("null");
        assertThat(out.toString().replaceAll("\\s+", " "))
                .contains("explicit, implicit, implicit-scaled, explicit-clip, implicit-clip, exact.");
        assertThat(run("implicit", "autoencoder", "--help")).isZero();
        assertThat(run("implicit", "music", "--help")).isZero();
        assertThat(run("implicit", "uci", "--help")).isZero();
        assertThat(out.toString()).contains("Default: 8.", "0.001,0.01,0.1,0.5,1,3,5,10,30,50", "--split");
    }

    @Test
    void mnistPrintsATableAndWritesFiles() throws IOException {
        Path output = experiment("mnist --limit 60 --batch-size 20 --epochs 1 --learning-rates 0.4,0.1,1e30"
                + " --seeds 2 --clip 0.5 --root-rule nearest");
        assertThat(err.toString())
                .contains("100 %, mnist-subset implicit-clip", "mnist-subset explicit 0.1 seed 2: loss ")
                .doesNotContain("Exception");
        String text = out.toString();
        assertThat(text)
                .contains("1 epoch, seeds 1, 2, root rule nearest")
                .containsPattern("rate +explicit +implicit +implicit-scaled +explicit-clip-0\\.5 +implicit-clip-0\\.5")
                .containsPattern("0\\.1( +\\S+ \\+- \\S+( !)?){5}")
                .containsPattern("untrained network: loss 2\\.\\d+; threshold of divergence: \\S+")
                .containsPattern("highest stable rate: explicit .*, implicit .*ratio .*; with clipping: explicit-clip")
                .containsPattern("test accuracy in percent\nrate +explicit")
                .containsPattern(
                        "at the best rate: explicit \\d+\\.\\d\\d \\+- \\S+ \\(rate 0\\.[14]\\), implicit \\d");
        assertThat(files(output)).containsExactly("mnist-subset.png", "runs.csv", "table.txt");
        List<String> rows = Files.readAllLines(output.resolve("runs.csv"));
        assertThat(rows).hasSize(1 + 5 * 3 * 2).allMatch(row -> row.split(",").length == 9);
        assertThat(rows.get(0)).isEqualTo("data,variant,clip,learning_rate,seed,diverged,loss,test_accuracy,seconds");
        assertThat(rows.get(1)).startsWith("mnist-subset,explicit,,0.1,1,false,");
        assertThat(ImageIO.read(output.resolve("mnist-subset.png").toFile()).getWidth())
                .isGreaterThan(500);
        assertThat(text).contains(Files.readString(output.resolve("table.txt")));
    }

    @Test
    void autoencoderOnFilesFromAFolder() throws IOException {
        IdxWriter.writeSet(folder, 30, 10);
        Path output = experiment("autoencoder --data-dir " + folder
                + " --batch-size 10 --epochs 2 --learning-rates 0.1 --seeds 1 --variants explicit,implicit");
        assertThat(out.toString())
                .contains("autoencoder 12:500:300:100:30:100:300:500:12", "2 epochs, seed 1, root rule nearest\n");
        assertThat(files(output)).contains("mnist.png");
    }

    @Test
    void musicFromAFile() throws IOException {
        Path file = Files.writeString(folder.resolve("songs.json"), MUSIC);
        Path output = experiment("music --file " + file + " --epochs 2 --learning-rates 0.1,0.2 --seeds 4,9");
        assertThat(out.toString()).contains("songs: 2 training pieces, 5 time steps", "seeds 4, 9, root rule nearest");
        // 88 keys at -log 0.5 each, nearly
        assertThat(out.toString()).containsPattern("untrained network: loss 6\\d\\.");
        assertThat(files(output)).containsExactly("runs.csv", "songs.png", "table.txt");
        run(
                "implicit",
                "music",
                "--file",
                file.toString(),
                "--limit",
                "1",
                "--epochs",
                "1",
                "--seeds",
                "1",
                "--learning-rates",
                "0.1",
                "--variants",
                "implicit",
                "--output",
                folder.resolve("one").toString());
        assertThat(out.toString())
                .contains("songs: 1 training pieces, 3 time steps", "no stable rates without the variant explicit");
    }

    @Test
    void uciOnSeveralTables() throws IOException {
        Path a = table("a.csv");
        Path b = table("b.csv");
        Path output = experiment("uci --file " + a + "," + b
                + " --split 0.5 --epochs 1 --learning-rates 0.1,1 --seeds 1 --batch-size 8 --variants explicit,exact");
        assertThat(out.toString())
                .contains("a: 20 training examples, 2 features, 2 classes", "\nb, 1 epoch, seed 1, root rule nearest\n")
                .containsPattern("highest stable rate: explicit .*, exact .* \\(ratio .*\\)");
        assertThat(files(output)).containsExactly("a.png", "b.png", "runs.csv", "table.txt");
    }

    @Test
    void aPathMayHaveCommas() throws IOException {
        Path a = Files.move(
                table("a.csv"), Files.createDirectory(folder.resolve("x,y")).resolve("a,1.csv"));
        experiment("uci --file " + a + " --epochs 1 --learning-rates 0.1 --seeds 1 --variants explicit");
        assertThat(out.toString()).contains("a,1: 32 training examples");
    }

    @Test
    void accuraciesAreComparedOverTables() throws IOException {
        Path a = table("a.csv");
        Path b = table("b.csv");
        experiment("uci --file " + a + "," + b + " --epochs 1 --learning-rates 0.1,1 --seeds 1 --batch-size 8");
        assertThat(out.toString())
                .containsPattern(
                        "mean of the tables' paired differences\nimplicit - explicit: [-+]\\d+\\.\\d\\d percentage"
                                + " points, 95 % interval \\S+ to \\S+ \\(2 of 2 tables\\)\nimplicit-scaled - explicit: ");
    }

    @Test
    void uciOnAFolderOfTables() throws IOException {
        Path tables = Files.createDirectory(folder.resolve("tables"));
        Files.move(table("b.csv"), tables.resolve("b.data"));
        Files.move(table("a.csv"), tables.resolve("a.csv"));
        Files.writeString(tables.resolve("README.md"), "no table");
        Path output = experiment("uci --file " + tables
                + " --epochs 1 --learning-rates 0.1 --seeds 1 --variants explicit --batch-size 8");
        assertThat(out.toString()).containsSubsequence("a: 32 training examples", "b: 32 training examples");
        assertThat(files(output)).containsExactly("a.png", "b.png", "runs.csv", "table.txt");
    }

    @Test
    void foldersWithoutOrWithFaultyTablesAreOneLine() throws IOException {
        Path tables = Files.createDirectory(folder.resolve("tables"));
        assertUserError(
                "tables: expected files *.csv or *.data, plain or .gz, found none", "uci", "--file", tables + "");
        Files.move(table("a.csv"), tables.resolve("a.csv"));
        Files.writeString(tables.resolve("b.csv"), "1,x,0\n1,y,1\n");
        Files.writeString(tables.resolve("c.data"), "1;2;0\n1;2;1\n");
        assertUserError("tables, got 2 of 3 files that cannot be read as one: ", "uci", "--file", tables + "");
        assertThat(err.toString())
                .containsSubsequence("b.csv: expected ", "'y'", "; ", "c.data: expected at least one feature");
    }

    /** 26 rows: 20 % are 5.2. With 5 the last batch of ten would be a single row. */
    @Test
    void testRowsAreRoundedUp() throws IOException {
        Path file = folder.resolve("rows.csv");
        Files.write(file, Files.readAllLines(table("all.csv")).subList(0, 26));
        experiment("uci --file " + file
                + " --epochs 1 --learning-rates 0.1 --seeds 1 --variants explicit --batch-size 10");
        assertThat(out.toString()).contains("rows: 20 training examples");
    }

    @Test
    void highestRatesAreSearched() throws IOException {
        Path a = halves("a.csv");
        Path b = halves("b.csv");
        Path output = experiment(
                "uci --file " + a + "," + b + " --find-highest-rate --weights xavier --precision 2 --epochs 3"
                        + " --learning-rates 0.1,1 --seeds 2 --batch-size 8 --variants implicit,explicit");
        assertThat(err.toString()).contains("%, b implicit").doesNotContain("Exception");
        assertThat(out.toString())
                .containsPattern(
                        "a, 3 epochs, seeds 1, 2, root rule nearest\nhighest stable rate +explicit +implicit\n"
                                + "seed 1 .*\nseed 2 .*\ngeometric mean .*\n95 % interval .*\nratio to explicit .*\n95 % interval")
                .containsPattern("geometric mean over the tables\nimplicit / explicit: ")
                .contains("which is at most 2\ntimes as high");
        assertThat(files(output)).containsExactly("rates.csv", "runs.csv", "table.txt");
        List<String> rates = Files.readAllLines(output.resolve("rates.csv"));
        assertThat(rates.get(0))
                .isEqualTo("data,variant,clip,seed,rate,unstable_rate,open,stable_again_above,threshold");
        assertThat(rates).hasSize(1 + 2 * 2 * 2);
        assertThat(rates.get(1)).matches("a,explicit,,1,[0-9.]+,([0-9.]+|Infinity),.*");
        List<String> runs = Files.readAllLines(output.resolve("runs.csv"));
        assertThat(runs.get(0)).startsWith("data,variant,clip,learning_rate,seed,diverged,loss,test_accuracy");
        assertThat(runs.size()).isGreaterThan(2 * 2 * 2 * 2);
        assertRatesFollowFromRuns(rates, runs);
    }

    /** The losses at the ends of each bracket lie on both sides of the threshold. */
    private static void assertRatesFollowFromRuns(List<String> rates, List<String> runs) {
        for (String row : rates.subList(1, rates.size())) {
            String[] found = row.split(",");
            String stable = String.join(",", found[0], found[1], found[2], found[4], found[3]) + ",";
            String unstable = String.join(",", found[0], found[1], found[2], found[5], found[3]) + ",";
            double threshold = Double.parseDouble(found[8]);
            assertThat(loss(runs, stable)).as(row).isLessThanOrEqualTo(threshold);
            if (!Boolean.parseBoolean(found[6])) {
                assertThat(loss(runs, unstable)).as(row).matches(loss -> !(loss <= threshold));
                assertThat(Double.parseDouble(found[5]) / Double.parseDouble(found[4]))
                        .isBetween(1.0, 2.0);
            }
        }
    }

    private static double loss(List<String> runs, String start) {
        String run =
                runs.stream().filter(row -> row.startsWith(start)).findFirst().orElseThrow();
        return Double.parseDouble(run.split(",")[6]);
    }

    @Test
    void severalThresholdsOfClipping() throws IOException {
        Path file = Files.writeString(folder.resolve("songs.json"), MUSIC);
        Path output =
                experiment("music --file " + file + " --epochs 1 --learning-rates 0.1,0.2 --seeds 1 --clip 8,1,0.1");
        assertThat(out.toString())
                .containsPattern(
                        "rate +explicit +implicit +explicit-clip-8 +explicit-clip-1 +explicit-clip-0\\.1 +implicit-clip-8");
        assertThat(out.toString().replaceAll("\\s+", " ")).containsPattern("implicit-clip-0\\.1 \\S+ ?\\S+ \\(ratio");
        List<String> rows = Files.readAllLines(output.resolve("runs.csv"));
        assertThat(rows).hasSize(1 + 2 * (1 + 1 + 3 + 3));
        assertThat(rows.get(0)).isEqualTo("data,variant,clip,learning_rate,seed,diverged,loss,seconds");
        assertThat(rows).anyMatch(row -> row.startsWith("songs,implicit-clip,0.1,0.2,1,false,"));
    }

    @Test
    void theSummedErrorHasItsOwnDefaultRates() throws IOException {
        IdxWriter.writeSet(folder, 30, 10);
        Path output = experiment("autoencoder --data-dir " + folder
                + " --batch-size 30 --epochs 1 --seeds 1 --variants explicit --loss summed");
        assertThat(out.toString()).contains("squared error summed over the pixels");
        List<String> rows = Files.readAllLines(output.resolve("runs.csv"));
        assertThat(rows.get(1)).startsWith("mnist,explicit,,0.08333,1,"); // 1/12 pixels
        assertThat(rows.get(8)).startsWith("mnist,explicit,,5.0,1,");
    }

    /** By RFC 4180. */
    @Test
    void fileNamesWithCommasAreQuoted() throws IOException {
        Path file = Files.writeString(folder.resolve("old, \"new\".json"), MUSIC);
        Path output = folder.resolve("out");
        assertThat(run(
                        "implicit",
                        "music",
                        "--file",
                        file.toString(),
                        "--epochs",
                        "1",
                        "--seeds",
                        "1",
                        "--learning-rates",
                        "0.1",
                        "--variants",
                        "explicit",
                        "--output",
                        output.toString()))
                .as(err.toString())
                .isZero();
        assertThat(Files.readAllLines(output.resolve("runs.csv")).get(1))
                .startsWith("\"old, \"\"new\"\"\",explicit,,0.1,1,false,");
    }

    @Test
    void uciOnTheDigits() {
        experiment("uci --epochs 1 --learning-rates 0.1 --seeds 1");
        assertThat(out.toString()).contains("digits: 1437 training examples, 64 features, 10 classes");
    }

    /** A table that can be learnt. */
    private Path halves(String name) throws IOException {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            rows.append(i % 7)
                    .append(',')
                    .append(i % 3)
                    .append(',')
                    .append(i % 7 / 4)
                    .append('\n');
        }
        return Files.writeString(folder.resolve(name), rows);
    }

    private Path table(String name) throws IOException {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            rows.append(i % 7)
                    .append(',')
                    .append(i % 3)
                    .append(",kind")
                    .append(i % 2)
                    .append('\n');
        }
        return Files.writeString(folder.resolve(name), rows);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "chess | expected a command out of mnist, autoencoder, music, uci, got 'chess'",
                "mnist --learning-rates -0.1 | --learning-rates: expected finite numbers above 0, got -0.1",
                "mnist --learning-rates 0.1,0 | --learning-rates: expected finite numbers above 0, got 0.0",
                "mnist --learning-rates NaN | --learning-rates: expected finite numbers above 0, got NaN",
                "mnist --learning-rates fast | 'fast'",
                "mnist --seeds 0 | expected a number of seeds from 1 to 1000, or whole numbers other than 0",
                "mnist --seeds 0,1 | other than 0 with commas (ND4J takes 0 for the time of day), got '0,1'",
                "mnist --seeds 1,two | got '1,two'",
                "mnist --epochs 0 | --epochs: expected at least 1, got 0",
                "mnist --clip 2 --variants explicit,implicit | --clip: expected one among --variants that clips, got [explicit, implicit]",
                "uci --root-rule global --variants explicit,exact | --root-rule: expected one among --variants that is implicit, got [explicit, exact]",
                "mnist --clip 0 | --clip: expected finite numbers above 0, got 0.0",
                "mnist --find-highest-rate --precision 1 | --precision: expected a finite number of at least 1.01, got 1.0",
                "mnist --precision 1.2 | --precision: expected --find-highest-rate with it, got none",
                "mnist --find-highest-rate --variants implicit | --variants: expected explicit among them with --find-highest-rate, as its losses tell what is stable, got [implicit]",
                "autoencoder --loss median | expected one of summed, averaged, got 'median'",
                "mnist --variants explicit,magic | expected one of explicit, implicit, implicit-scaled, explicit-clip, implicit-clip, exact, got 'magic'",
                "mnist --root-rule farthest | expected one of global, nearest, got 'farthest'",
                "mnist --batch-size 0 | --batch-size: expected 1 to 6000 (the training images), got 0",
                "mnist --limit 6001 | --limit: expected 1 to 6000 (the training images), got 6001",
                "mnist --limit 5 --batch-size 6 | --batch-size: expected 1 to 5",
                "mnist --data-dir no-such-folder | no-such-folder: expected a folder",
                "music | --file: expected a file of music, got none. No music comes with the program",
                "music --file no-such-file.json | no-such-file.json: expected a file, found nothing there",
                "uci --split 1 | --split: expected more than 0 and less than 1, got 1.0",
                "uci --batch-size 0 | --batch-size: expected at least 1, got 0",
                "uci --weights large | expected one of xavier, small, got 'large'",
                "uci --file no-such-file.csv | no-such-file.csv: expected a file, found nothing there"
            })
    void whatTheUserCanPutRightIsOneLine(String commandAndMessage) {
        String[] parts = commandAndMessage.split(" \\| ");
        assertUserError(parts[1], parts[0].split(" "));
    }

    @Test
    void faultyFilesAreOneLine() throws IOException {
        Path song = Files.writeString(folder.resolve("song.json"), "{\"train\": [[[60], [61]], [[200], [60]]]}");
        assertUserError(
                "song.json: expected a MIDI pitch from 21 to 108, in piece 1 of \"train\", in line 1, column 28, found '200'",
                "music",
                "--file",
                song.toString());
        Path torn = Files.writeString(folder.resolve("torn.json"), MUSIC.substring(0, 30));
        assertUserError(
                "torn.json: expected JSON, found a fault in line 1, column 31", "music", "--file", torn.toString());
        Path table = table("a.csv");
        assertUserError("--file: expected tables of different names", "uci", "--file", table + "," + table);
        assertUserError(
                "--limit: expected 1 to 2 (the training pieces), got 3",
                "music",
                "--limit",
                "3",
                "--file",
                Files.writeString(folder.resolve("songs.json"), MUSIC).toString());
        IdxWriter.writeSet(folder, 30, 10);
        assertUserError(
                "--data-dir: expected images of at least 16x16, got 4x3",
                "mnist",
                "--batch-size",
                "10",
                "--data-dir",
                folder.toString());
    }

    private void assertUserError(String message, String... words) {
        err.getBuffer().setLength(0);
        String[] all =
                Stream.concat(Stream.of("implicit"), Arrays.stream(words)).toArray(String[]::new);
        assertThat(run(all)).isEqualTo(2);
        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .startsWith("error: ")
                .contains(message);
        assertThat(out.toString()).isEmpty();
    }
}
