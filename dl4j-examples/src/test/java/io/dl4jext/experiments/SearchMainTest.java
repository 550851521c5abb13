package io.dl4jext.experiments;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.batch.schedule.BatchSchedule;
import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.arbiter.SearchLog;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.deeplearning4j.arbiter.optimize.config.OptimizationConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

class SearchMainTest extends ProgramTest {

    private static final int THREADS = 2;

    @Test
    @Tag("slow")
    void searchesAndWritesTheBest() throws IOException {
        Path output = folder.resolve("out");
        int code = run(("arbiter --data digits --limit 100 --candidates 2 --threads 1 --epochs 5 --output " + output)
                .split(" "));

        assertThat(code).as(err.toString()).isZero();
        assertThat(out.toString())
                .containsPattern("(?m)^candidate +score +units +updater +rate +batches$")
                .containsPattern("(?m)^best: candidate [01], \\d+ units, \\S+ at \\S+, batches s")
                .containsPattern("(?m)^test error \\S+ % \\(of 180 examples that no candidate was scored on\\)$");
        assertThat(err.toString()).containsPattern("candidate [01]: score \\S+, \\d+ units, ");
        List<SearchLog.Entry> candidates =
                SearchLog.read(output.resolve("search.jsonl")).candidates();
        assertThat(candidates).hasSize(2).allMatch(SearchLog.Entry::isComplete);
        for (SearchLog.Entry candidate : candidates) {
            Path measured = output.resolve("candidates/" + candidate.candidate() + ".csv");
            assertThat(FisherHistory.read(measured).measurements()).isNotEmpty();
        }
        MultiLayerNetwork network = new MultiLayerNetwork(
                MultiLayerConfiguration.fromJson(Files.readString(output.resolve("best-network.json"))));
        network.init();
        assertThat(network.numParams()).isPositive();
        assertThat(BatchSchedule.fromJson(Files.readString(output.resolve("best-batches.json")))
                        .batchSize(0, 0))
                .isPositive();
        assertThat(ImageIO.read(output.resolve("plane.png").toFile())).isNotNull();
        OptimizationConfiguration read =
                OptimizationConfiguration.fromJson(Files.readString(output.resolve("search.json")));
        assertThat(read.getCandidateGenerator().hasMoreCandidates()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"grid", "genetic"})
    @Tag("slow")
    void everyGeneratorSearches(String generator) throws IOException {
        Path output = folder.resolve("out");
        int code = run(("arbiter --data digits --limit 100 --candidates 2 --epochs 5 --threads " + THREADS
                        + " --generator " + generator + " --output " + output)
                .split(" "));
        assertThat(code).as(err.toString()).isZero();
        assertThat(SearchLog.read(output.resolve("search.jsonl")).candidates())
                .hasSize(2)
                .allMatch(SearchLog.Entry::isComplete);
    }

    /** In a JVM of its own, killed twice; every candidate is trained to its end once. */
    @Test
    @Tag("slow")
    void aKilledSearchGoesOn() throws Exception {
        Path output = folder.resolve("out");
        List<String> finished = new ArrayList<>();
        for (int after : new int[] {1, 1}) {
            finished.addAll(killed(
                    after,
                    finished.isEmpty()
                            ? "arbiter --data digits --limit 100 --candidates 4 --epochs 5 --threads " + THREADS
                                    + " --output " + output
                            : "arbiter --resume " + output));
        }
        assertThat(run("arbiter", "--resume", output.toString()))
                .as(err.toString())
                .isZero();
        finished.addAll(finished(err.toString().lines().collect(Collectors.toList())));
        List<SearchLog.Entry> candidates =
                SearchLog.read(output.resolve("search.jsonl")).candidates();
        assertThat(candidates).hasSize(4).allMatch(SearchLog.Entry::isComplete);
        assertThat(finished).doesNotHaveDuplicates();
        List<String> lines = Files.readAllLines(output.resolve("search.jsonl"));
        for (int candidate = 0; candidate < 4; candidate++) {
            String end = "{\"candidate\":" + candidate + ",\"status\"";
            assertThat(lines).filteredOn(line -> line.startsWith(end)).hasSize(1);
        }
        assertThat(out.toString()).containsPattern("(?m)^best: candidate \\d");
    }

    private List<String> killed(int after, String arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "io.dl4jext.experiments.Main"));
        command.addAll(List.of(arguments.split(" ")));
        Path log = Files.createTempFile(folder, "run", ".log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        while (process.isAlive() && finished(Files.readAllLines(log)).size() < after) {
            process.waitFor(20, TimeUnit.MILLISECONDS);
        }
        assertThat(process.isAlive()).as(Files.readString(log)).isTrue();
        process.destroyForcibly().waitFor();
        return finished(Files.readAllLines(log));
    }

    private static List<String> finished(List<String> lines) {
        return lines.stream()
                .filter(line -> line.contains("candidate ") && line.contains(": score "))
                .map(line -> line.replaceAll(".*(candidate \\d+): score .*", "$1"))
                .collect(Collectors.toList());
    }

    @Test
    void oneTrainingIsALineOfJson() throws IOException {
        for (String updater : List.of("sgd", "implicit", "adagrad", "stochastic-batch")) {
            out.getBuffer().setLength(0);
            int code = run(("candidate --data digits --limit 100 --epochs 5 --updater " + updater
                            + " --learning-rate 0.05 --batch-sizes s8-to-32")
                    .split(" "));
            assertThat(code).as(err.toString()).isZero();
            assertThat(out.toString().lines()).hasSize(1);
            JsonNode json = new ObjectMapper().readTree(out.toString());
            assertThat(json.get("loss").asDouble()).isBetween(0.0, 5.0);
            assertThat(json.get("accuracy").asDouble()).isBetween(0.0, 1.0);
            assertThat(json.get("mean_condition_number").asDouble()).isGreaterThanOrEqualTo(1);
            assertThat(json.get("cumulative_energy").asDouble()).isPositive();
            // Epochs of 100 examples in batches of 8, 8, 16, 16 and 32.
            assertThat(json.get("steps").asInt()).isEqualTo(13 + 13 + 7 + 7 + 4);
        }
        out.getBuffer().setLength(0);
        run("candidate --data digits --limit 100 --epochs 1 --learning-rate 1e20".split(" "));
        assertThat(new ObjectMapper().readTree(out.toString()).get("loss").isNull())
                .isTrue();
    }

    /** A program that reads what it prints finds the result alone; the header is told beside it. */
    @Test
    void standardOutputHasTheResultAloneWhereATableHasAHeader() throws IOException {
        StringBuilder rows = new StringBuilder("length,class\n");
        for (int i = 0; i < 20; i++) {
            rows.append(i).append(',').append(i % 2).append('\n');
        }
        Path table = Files.writeString(folder.resolve("table.csv"), rows);
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            assertThat(loss("candidate --epochs 1 --units 3 --csv " + table)).isNotEmpty();
        } finally {
            System.setOut(before);
        }
        assertThat(out.toString().lines()).hasSize(1);
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty();
        run("candidate", "--help");
        assertThat(out.toString().replaceAll("\\s+", " "))
                .contains(
                        "Nothing else is printed on standard output and no file written; standard error may say which line"
                                + " of a table was taken for a header.");
    }

    /** Seeds that are tried must not each have other examples to choose by. */
    @Test
    void theSplitOfATableHasASeedOfItsOwn() throws IOException {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            rows.append(i * 17 % 40).append(',').append(i * 7 % 11 % 2).append('\n');
        }
        Path table = Files.writeString(folder.resolve("table.csv"), rows);
        String untrained = "candidate --csv " + table + " --learning-rate 1e-30 --epochs 1 --units 3 --batch-sizes s32";
        String first = loss(untrained + " --seed 3");
        assertThat(loss(untrained + " --seed 3 --split-seed 3")).isEqualTo(first);
        assertThat(loss(untrained + " --seed 3 --split-seed 4")).isNotEqualTo(first);
    }

    private String loss(String arguments) throws IOException {
        out.getBuffer().setLength(0);
        assertThat(run(arguments.split(" "))).as(err.toString()).isZero();
        return new ObjectMapper().readTree(out.toString()).get("loss").asText();
    }

    /** A fifth of five rows is one: it has no half to choose by. */
    @ParameterizedTest
    @ValueSource(strings = {"candidate --batch-sizes s2", "arbiter --candidates 1"})
    void aTableTooSmallForTwoHalvesIsOneLine(String command) throws IOException {
        Path table = Files.writeString(folder.resolve("small.csv"), "1,0\n2,1\n3,0\n4,1\n5,0\n");
        whatTheUserCanPutRightIsOneLine(
                command + " --csv " + table,
                "--data: expected at least 2 test examples, as half choose the best, got 1");
        assertThat(out.toString()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "arbiter --candidates 0 | --candidates: expected at least 1, got 0",
                "arbiter --end-beyond 2 | --beacon: expected a file, as --loss-weight and --end-beyond need one",
                "arbiter --beacon nowhere.csv | --beacon: cannot read nowhere.csv (java.nio.file.NoSuchFileException",
                "arbiter --resume nowhere --candidates 6 --epochs 2 | --resume: expected no other option: the search has its own, got [--candidates, --epochs]",
                "arbiter --resume src/test/resources/broken-search | broken-search/search.jsonl, line 2",
                "arbiter --generator guess | expected one of random, grid, genetic, got 'guess'",
                "arbiter --resume nowhere | --resume: expected the folder of a search, with options.txt, got nowhere",
                "arbiter --seed 0 | --seed: expected a whole number other than 0",
                "candidate --batch-sizes 32 | --batch-sizes: ",
                "candidate --learning-rate -1 | --learning-rate: expected a finite number above 0, got -1.0",
                "candidate --updater implicit --mu -1 | --updater implicit: ",
                "candidate --mu 5 --alpha 3 | --mu: expected --updater implicit with it, got sgd",
                "candidate --updater implicit --alpha 3 | --alpha: expected --updater stochastic-batch with it, got implicit",
                "candidate --batch-sizes s16-to-64 | --batch-sizes: expected at least 5 epochs for s16-to-64, so that each of its sizes has one, got --epochs 3",
                "candidate --epochs 5 --batch-sizes s16-to-64-MS | --batch-sizes: expected at least ",
                "arbiter --epochs 4 | --epochs: expected at least 5 epochs for s16-to-64, so that each of its sizes has one, got --epochs 4",
                "candidate --missing mean | --data mnist-subset: expected no --missing, got mean",
                "candidate --data digits --split-seed 7 | --data digits: expected no --split-seed, got 7",
            })
    void whatTheUserCanPutRightIsOneLine(String arguments, String message) {
        assertThat(run(arguments.split(" "))).isEqualTo(2);
        assertThat(err.toString().lines())
                .singleElement()
                .satisfies(line -> assertThat(line).contains(message));
    }
}
