package io.dl4jext.experiments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dl4jext.experiments.command.WritingCommand;
import io.dl4jext.experiments.data.IdxWriter;
import io.dl4jext.experiments.engine.Jvm;
import io.dl4jext.experiments.engine.ResultFolder;
import io.dl4jext.experiments.engine.UserError;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class MainTest extends ProgramTest {

    @Test
    void noCommandPrintsTheUsage() {
        assertThat(run()).isEqualTo(2);
        assertThat(err.toString()).contains("Usage:", "fisher", "doctor", "benchmark");
    }

    /** What picocli cannot format it prints as it is, and says so on standard error. */
    @Test
    void noHelpOfAnyCommandSaysAnythingOnStandardError() {
        PrintStream before = System.err;
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        System.setErr(new PrintStream(told, true, StandardCharsets.UTF_8));
        try {
            help(Main.commandLine());
        } finally {
            System.setErr(before);
        }
        assertThat(told.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(err.toString()).isEmpty();
    }

    private void help(CommandLine command) {
        assertThat(command.getUsageMessage()).contains("--help").doesNotContain("%%");
        command.getSubcommands().values().forEach(this::help);
    }

    @Test
    void helpOfEveryCommand() {
        assertThat(run("--help")).isZero();
        assertThat(run("fisher", "--help")).isZero();
        assertThat(run("doctor", "--help")).isZero();
        assertThat(run("benchmark", "fisher", "--help")).isZero();
        assertThat(run("--version")).isZero();
        assertThat(out.toString())
                .contains("--batch-sizes", "--no-times", "--steps")
                .containsPattern(
                        "dl4j-examples \\d+\\.\\d+\\.\\d+\\S* \\(commit (unknown|\\S*[0-9a-f]{7,}(-dirty)?)\\)");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void fisherPrintsATableAndWritesFilesThatParse() throws IOException {
        Path output = folder.resolve("out");
        int code = run(
                "fisher",
                "--limit",
                "100",
                "--batch-sizes",
                "20,8",
                "--learning-rates",
                "0.1,0.02",
                "--epochs",
                "2",
                "--measure-every",
                "3",
                "--output",
                output.toString());
        assertThat(err.toString()).contains("100 %", "(4 of 4)").doesNotContain("Exception");
        assertThat(code).isZero();

        String text = out.toString();
        assertThat(text.lines().filter(line -> line.startsWith("s8-lr") || line.startsWith("s20-lr")))
                .hasSize(4)
                .allMatch(line -> line.matches("s(8|20)-lr0\\.\\d+ +\\d+\\.\\d\\d +\\S+ +\\S+ +\\d+\\.\\d( +\\*)?"));
        assertThat(text).contains("test error %", "C_K", "L_K", "Written to " + output);
        assertThat(files(output))
                .containsExactly(
                        "curves.png",
                        "plane.png",
                        "plane.svg",
                        "report.html",
                        "s20-lr0.02.csv",
                        "s20-lr0.02.jsonl",
                        "s20-lr0.1.csv",
                        "s20-lr0.1.jsonl",
                        "s8-lr0.02.csv",
                        "s8-lr0.02.jsonl",
                        "s8-lr0.1.csv",
                        "s8-lr0.1.jsonl",
                        "summary.csv",
                        "table.txt");

        List<String> summary = Files.readAllLines(output.resolve("summary.csv"));
        assertThat(summary).hasSize(5);
        int columns = summary.get(0).split(",").length;
        assertThat(summary).allMatch(line -> line.split(",").length == columns);
        // 2 epochs of 12 batches of 8 and one of 4: iterations 0, 3, ..., 24.
        assertThat(summary.get(1)).startsWith("s8-lr0.02,8,0.02,26,9,false,");
        assertThat(rows(output.resolve("s8-lr0.02.csv"))).hasSize(1 + 9);
        List<String> json = Files.readAllLines(output.resolve("s8-lr0.02.jsonl"));
        ObjectMapper mapper = new ObjectMapper();
        for (String line : json) {
            assertThat(mapper.readTree(line).isObject()).isTrue();
        }
        // The last batch of an epoch has 4 examples: iterations 12 and 25; 12 is measured.
        assertThat(json.stream().filter(line -> line.contains("\"iteration\":12,")))
                .singleElement()
                .asString()
                .contains("\"batch_size\":4,")
                .contains("\"layer_traces\":{\"layer 0");
        assertThat(ImageIO.read(output.resolve("plane.png").toFile()).getWidth())
                .isGreaterThan(500);
        assertThat(Files.readString(output.resolve("plane.svg"))).contains("<svg", "s20-lr0.1");
        assertThat(text).contains("report.html");
        assertThat(Files.readString(output.resolve("report.html")))
                .contains(
                        "<h1>fisher: mlp on mnist-subset</h1>",
                        "4 runs, ",
                        "<span>s20-lr0.1</span>",
                        "DenseLayer",
                        ">Tr F̃, s20-lr0.1<",
                        "plain SGD");
    }

    @Test
    void fisherOnAGraphAndOnFilesFromAFolder() throws IOException {
        IdxWriter.writeSet(folder, 30, 10);
        Path output = folder.resolve("out");
        assertThat(run(
                        "fisher",
                        "--data-dir",
                        folder.toString(),
                        "--batch-sizes",
                        "10",
                        "--learning-rates",
                        "0.1",
                        "--epochs",
                        "1",
                        "--output",
                        output.toString()))
                .isZero();
        assertThat(run(
                        "fisher",
                        "--data",
                        "digits",
                        "--network",
                        "resnet8",
                        "--limit",
                        "24",
                        "--batch-sizes",
                        "8",
                        "--learning-rates",
                        "0.1",
                        "--epochs",
                        "1",
                        "--momentum",
                        "0.5",
                        "--rank-tolerance",
                        "0",
                        "--output",
                        folder.resolve("graph").toString()))
                .isZero();
        assertThat(out.toString())
                .contains("mnist: 30 training", "digits: 24 training", "Nesterov momentum 0.5", "s8-lr0.1");
    }

    @Test
    void fisherOnATable() throws IOException {
        StringBuilder rows = new StringBuilder("length,width,class\n");
        for (int i = 0; i < 40; i++) {
            rows.append(i % 7)
                    .append(',')
                    .append(i % 3)
                    .append(",kind")
                    .append(i % 2)
                    .append('\n');
        }
        Path csv = Files.writeString(folder.resolve("flowers.csv"), rows);
        assertThat(run(
                        "fisher",
                        "--csv",
                        csv.toString(),
                        "--batch-sizes",
                        "8",
                        "--learning-rates",
                        "0.1",
                        "--epochs",
                        "1",
                        "--output",
                        folder.resolve("out").toString()))
                .isZero();
        assertThat(out.toString()).contains("flowers: 32 training and 8 test examples, 1x1x2, 2 classes");
    }

    @Test
    void missingValuesOfATableAreHandledAsTheOptionSays() throws IOException {
        String rows = "1,2,a\n?,3,b\n3,3,b\n".repeat(10) + "4,,a\n";
        Path csv = Files.writeString(folder.resolve("gaps.csv"), rows);
        assertUserError(List.of("gaps.csv", "line 2, column 1", "missing", "'?'"), "fisher", "--csv", csv.toString());
        String train = "fisher --batch-sizes 8 --learning-rates 0.1 --epochs 1 --csv " + csv + " --output "
                + folder.resolve("out-") + "%s --missing %s";
        assertThat(run(String.format(train, "drop", "drop").split(" "))).isZero();
        assertThat(run(String.format(train, "mean", "mean").split(" "))).isEqualTo(0);
        assertThat(out.toString())
                .contains("gaps: 16 training and 4 test examples", "gaps: 25 training and 6 test examples");
    }

    @Test
    void divergedRunsAreShownAsSuch() throws IOException {
        Path output = folder.resolve("out");
        assertThat(run(
                        "fisher",
                        "--limit",
                        "40",
                        "--batch-sizes",
                        "8",
                        "--learning-rates",
                        "1e30,0.1",
                        "--epochs",
                        "2",
                        "--output",
                        output.toString()))
                .isZero();
        assertThat(out.toString()).containsPattern("s8-lr1000000000000000000000000000000 +diverged");
        assertThat(Files.readString(output.resolve("summary.csv"))).contains(",true,NaN,");
    }

    @Test
    void resultsAreNeverOverwritten() throws IOException {
        Files.writeString(folder.resolve("mine.txt"), "mine");
        assertUserError(List.of("--output", "which has files in it"), "fisher", "--output", folder.toString());
        assertUserError(
                List.of("--output", "which is a file"),
                "fisher",
                "--output",
                folder.resolve("mine.txt").toString());
        assertThat(files(folder)).containsExactly("mine.txt");
    }

    @ParameterizedTest
    @ValueSource(strings = {"fisher", "benchmark fisher"})
    void aFolderIsOneProcesssAtATime(String command) throws Exception {
        Process other = Jvm.again(List.of(), Claiming.class.getName(), List.of(folder.toString()))
                .redirectErrorStream(true)
                .start();
        try {
            assertThat((char) other.getInputStream().read()).isEqualTo('!');
            assertUserError(
                    List.of("expected a folder that no other process writes to, got " + folder),
                    (command + " --output " + folder).split(" "));
            assertThat(files(folder)).containsExactly(".running");
        } finally {
            other.destroyForcibly().waitFor();
        }
        assertThat(files(folder)).as("left by the killed process").containsExactly(".running");
        ResultFolder.create(folder, "none");
        assertThat(folder.resolve(".running"))
                .hasContent(Long.toString(ProcessHandle.current().pid()));
        assertThatThrownBy(() -> ResultFolder.claim(folder)).isInstanceOf(UserError.class);
        ResultFolder.release(folder);
        assertThat(files(folder)).isEmpty();
    }

    /** Claims a folder, says so, and waits. */
    static final class Claiming {

        private Claiming() {}

        public static void main(String[] arguments) throws IOException {
            ResultFolder.claim(Path.of(arguments[0]));
            System.out.print('!');
            System.out.flush();
            System.in.read();
        }
    }

    /** In a container every process may have the same number, the one that was killed and the one that goes on. */
    @Test
    void aFileWithThisProcesssNumberIsNoClaim() throws IOException {
        Files.writeString(
                folder.resolve(".running"),
                Long.toString(ProcessHandle.current().pid()));
        ResultFolder.create(folder, "none");
        ResultFolder.release(folder);
        assertThat(files(folder)).isEmpty();
    }

    @Test
    void anOutputThatCannotBeIsOneLine() throws IOException {
        Path file = Files.writeString(folder.resolve("mine.txt"), "mine");
        for (Path output : List.of(file.resolve("in"), file.resolve("in/it"))) {
            assertUserError(
                    List.of("--output: expected a folder that can be made, got " + output),
                    "fisher",
                    "--output",
                    output.toString());
        }
        Path readOnly = Path.of("/proc/self/fdinfo");
        assumeTrue(Files.isDirectory(readOnly));
        assertUserError(
                List.of("--output: expected a folder that can be made, got " + readOnly.resolve("in")),
                "fisher",
                "--output",
                readOnly.resolve("in").toString());
    }

    @Test
    void aFolderThatMayOnlyBeReadIsOneLine() throws IOException {
        Path output = Files.createDirectory(folder.resolve("readonly"));
        assumeTrue(output.toFile().setWritable(false) && !Files.isWritable(output)); // root may write anywhere
        assertUserError(
                List.of("expected a folder that can be written to, got " + output),
                "fisher",
                "--output",
                output.toString());
    }

    /** A full disk, or a folder that is deleted while the program runs. */
    @Test
    void aFileThatCannotBeWrittenIsOneLine() {
        for (Exception fault : List.of(
                new IOException("No space left on device"),
                new UncheckedIOException(new IOException("No space left on device")),
                new FileSystemException("/results/runs.csv", null, "No space left on device"))) {
            CommandLine program = Main.commandLine();
            program.addSubcommand("failing", new Failing(fault));
            program.setErr(new PrintWriter(err, true));
            err.getBuffer().setLength(0);
            assertThat(program.execute("failing")).isEqualTo(2);
            assertThat(err.toString().lines())
                    .singleElement()
                    .asString()
                    .startsWith("error: expected to read and write files, results in " + folder + ", got ")
                    .endsWith("No space left on device");
            assertThat(folder.resolve(".running")).doesNotExist();
        }
    }

    @Command
    private final class Failing implements WritingCommand {

        private final Exception fault;

        Failing(Exception fault) {
            this.fault = fault;
        }

        @Override
        public Path folder() {
            return folder;
        }

        @Override
        public Integer call() throws Exception {
            ResultFolder.claim(folder);
            throw fault;
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "unknown | expected a command out of fisher, implicit, dynamic-sampling, optimisers, gradient-check, stochastic-batch, select, zoo, kill, soak, arbiter, candidate, report, doctor, benchmark, got 'unknown'",
                "fisher --network vgg16 | expected one of mlp, lenet, resnet8, mlp300, vgg, vgg-quarter, got 'vgg16'",
                "benchmark fisher --runs 0 | --runs: expected at least 1, got 0",
                "benchmark stochastic --network embedding | expected one of mlp, lenet, resnet8, mlp300, vgg, vgg-quarter, got 'embedding'",
                "fisher --network char-lstm | expected one of mlp, lenet, resnet8, mlp300, vgg, vgg-quarter, got 'char-lstm'",
                "fisher --data svhn | expected one of mnist-subset, digits, mnist, cifar10, csv, got 'svhn'",
                "fisher --batch-sizes 0 | --batch-sizes: expected at least 1, got 0",
                "fisher --seed 0 | --seed: expected a whole number other than 0 (ND4J takes 0 for the time of day), got 0",
                "fisher --batch-sizes , | --batch-sizes: expected a value at least, got none",
                "fisher --learning-rates , | --learning-rates: expected a value at least, got none",
                "dynamic-sampling --controllers , | --controllers: expected a value at least, got none",
                "implicit autoencoder --variants , | --variants: expected a value at least, got none",
                "optimisers cifar10 --data-dir . --models , | --models: expected a value at least, got none",
                "gradient-check --types , | --types: expected a value at least, got none",
                "kill --setups , | --setups: expected a value at least, got none",
                "stochastic-batch --methods , | --methods: expected a value at least, got none",
                "report --cells , | --cells: expected a value at least, got none",
                "fisher --batch-sizes 16,-4 | --batch-sizes: expected at least 1, got -4",
                "fisher --batch-sizes 6001 | --batch-sizes: expected at most 6000 (the training examples), got 6001",
                "fisher --limit 50 --batch-sizes 64 | expected at most 50",
                "fisher --limit 0 | --limit: expected 1 to 6000",
                "fisher --limit 6001 | --limit: expected 1 to 6000",
                "fisher --learning-rates 0 | --learning-rates: expected finite numbers above 0, got 0",
                "fisher --learning-rates NaN | --learning-rates: expected finite numbers above 0, got NaN",
                "fisher --learning-rates fast | 'fast'",
                "fisher --epochs 0 | --epochs: expected at least 1, got 0",
                "fisher --momentum 1 | --momentum: expected 0 or more and less than 1, got 1.0",
                "fisher --measure-every 0 | --measure-every: expected at least 1, got 0",
                "fisher --rank-tolerance 1 | --rank-tolerance: expected 0 or more and less than 1, got 1.0",
                "fisher --colour red | Unknown options: '--colour', 'red'",
                "fisher --data mnist | --data mnist: expected --data-dir DIR with its files, got none",
                "fisher --data csv | --data csv: expected --csv FILE, got none",
                "fisher --data digits --data-dir . | --data digits: expected no --data-dir, got .",
                "fisher --data-dir . --csv x.csv | expected --data-dir or --csv, got both",
                "fisher --data-dir no-such-folder | no-such-folder: expected a folder",
                "fisher --csv no-such-file.csv | no-such-file.csv: expected a file, found nothing there",
                "fisher --data digits --network lenet --batch-sizes 8 | at least 16x16 for lenet, got 8x8",
                "benchmark fisher --steps 10 | --steps: expected at least 50, got 10",
                "benchmark fisher --network vgg16 | expected one of mlp, lenet, resnet8, char-lstm, embedding, mlp300, vgg, got 'vgg16'",
                "benchmark batch --batch-size 0 | --batch-size: expected at least 1, got 0",
                "benchmark batch --sources 8,0 | --sources: expected at least 1, got 0",
                "benchmark implicit --warm-up -1 | --warm-up: expected at least 0, got -1",
                "benchmark updaters --parameters 10 | --parameters: expected at least 2000, got 10",
                "benchmark updaters --type HALF | --type: expected FLOAT or DOUBLE, got HALF",
                "benchmark implicit --network vgg | expected one of autoencoder, arctan-mlp, arctan-rnn, tanh-mlp, got 'vgg'",
                "benchmark all | expected a command out of fisher, implicit, batch, stochastic, updaters, memory, got 'all'",
                "doctor extra | 'extra'"
            })
    void whatTheUserCanPutRightIsOneLine(String commandAndMessage) {
        String[] parts = commandAndMessage.split(" \\| ");
        assertUserError(List.of(parts[1]), parts[0].split(" "));
    }

    @Test
    void truncatedDataIsOneLine() throws IOException {
        IdxWriter.writeSet(folder, 30, 10);
        Path images = folder.resolve(IdxWriter.TRAIN_IMAGES);
        Files.write(images, Arrays.copyOf(Files.readAllBytes(images), 100));
        assertUserError(
                List.of(IdxWriter.TRAIN_IMAGES, "expected 376 bytes", "found 100"),
                "fisher",
                "--data-dir",
                folder.toString());
    }

    @Test
    void doctorNamesWhatItRunsOn() {
        assertThat(run("doctor", "--no-times")).isZero();
        assertThat(out.toString())
                .contains(
                        "DL4J             1.0.0-",
                        "BLAS",
                        "OMP_WAIT_POLICY",
                        "oneDNN",
                        System.getProperty("java.version"))
                .containsAnyOf("All is well", "To make DL4J faster here, or safe:");
    }

    @Test
    void benchmarkWritesAFileHeadedByTheDoctor() throws IOException {
        Path output = folder.resolve("out");
        assertThat(run(
                        "benchmark",
                        "fisher",
                        "--network",
                        "mlp",
                        "--batch-size",
                        "4",
                        "--steps",
                        "50",
                        "--warm-up",
                        "2",
                        "--output",
                        output.toString()))
                .isZero();
        assertThat(out.toString()).contains("mlp 1x28x28, batch 4", "every step ms", "Written to " + output);
        assertThat(Files.readString(output.resolve("fisher.txt")))
                .startsWith("Extension pack")
                .contains("(commit ", "oneDNN", "mlp 1x28x28, batch 4")
                .doesNotContain("lowest", "All of it");
    }

    @Test
    void benchmarkRepeatsAndTellsHowFarTheRunsDiffer() throws IOException {
        Path output = folder.resolve("out");
        assertThat(run(
                        "benchmark",
                        "fisher",
                        "--network",
                        "embedding,mlp",
                        "--batch-size",
                        "2",
                        "--steps",
                        "50",
                        "--warm-up",
                        "1",
                        "--runs",
                        "2",
                        "--output",
                        output.toString()))
                .isZero();
        String ratios = " +\\d+\\.\\d\\d +\\d+\\.\\d{3} +\\d+\\.\\d{3} +\\d+\\.\\d{3}";
        assertThat(Files.readString(output.resolve("fisher.txt")))
                .containsPattern(
                        "step +plain ms +every step ms +ratio +lowest +highest +bar +every 50th ms +ratio +lowest"
                                + " +highest +bar\n")
                .containsPattern(
                        "embedding 5000x32, batch 2 +\\d+\\.\\d\\d" + ratios + " +1\\.50" + ratios + " +1\\.02\n")
                .containsPattern("mlp 1x28x28, batch 2 +\\d+\\.\\d\\d" + ratios + " +1\\.40" + ratios + " +1\\.02\n")
                .contains("All of it 2 times, with new networks: the medians of the runs");
        assertThat(err.toString().lines())
                .containsExactly(
                        "measuring embedding 5000x32, batch 2, run 1 of 2",
                        "measuring mlp 1x28x28, batch 2, run 1 of 2",
                        "measuring embedding 5000x32, batch 2, run 2 of 2",
                        "measuring mlp 1x28x28, batch 2, run 2 of 2");
    }

    @Test
    void benchmarkOfDiagnosticsHasColumnsForThem() throws IOException {
        Path output = folder.resolve("out");
        assertThat(run(
                        "benchmark",
                        "fisher",
                        "--network",
                        "embedding",
                        "--batch-size",
                        "2",
                        "--steps",
                        "50",
                        "--warm-up",
                        "1",
                        "--diagnostics",
                        "--output",
                        output.toString()))
                .isZero();
        String time = " +\\d+\\.\\d\\d +\\d+\\.\\d{3}";
        assertThat(Files.readString(output.resolve("fisher.txt")))
                .containsPattern("layer traces ms +ratio +top alignment ms +ratio\n")
                .containsPattern("embedding 5000x32, batch 2 .+ 1\\.02" + time + time + "\n");
    }

    @Tag("slow")
    @Test
    void benchmarkOfMemoryMeasuresProcesses() throws IOException {
        Path output = folder.resolve("out");
        assertThat(benchmarkMemory(4, output)).isZero();
        try (Stream<Path> files = Files.list(output)) {
            assertThat(files).containsExactly(output.resolve("memory.txt"));
        }
        assertThat(Files.readString(output.resolve("memory.txt")))
                .startsWith("Extension pack")
                .containsPattern("mlp 1x28x28, batch 4 +plain +[0-9]+ +[0-9]+ +[0-9]+\n")
                .containsPattern("mlp 1x28x28, batch 4 +measured +[0-9]+ +[0-9]+ +[0-9]+\n");
    }

    private int benchmarkMemory(int batchSize, Path output) {
        String options = "--network mlp --batch-size " + batchSize + " --steps 2 --output " + output;
        return run(("benchmark memory " + options).split(" "));
    }

    /** No memory has room for this batch: a failure of the training, with its trace, and not a fault of the user's. */
    @Tag("slow")
    @Test
    void benchmarkOfMemoryTellsOfAProcessThatFailed() {
        Path output = folder.resolve("out");
        assertThat(benchmarkMemory(2_000_000_000, output)).isEqualTo(1);
        assertThat(err.toString())
                .contains(
                        "IllegalStateException: The process that trained mlp 1x28x28, batch 2000000000 did not come to its end, see "
                                + output.resolve("mlp-plain.log"),
                        "\tat io.dl4jext.experiments.benchmark.");
        assertThat(output.resolve("mlp-plain.log")).content().contains("\tat io.dl4jext.");
    }

    @Test
    void benchmarkOfImplicitStepsMeasuresEveryNetwork() throws IOException {
        Path output = folder.resolve("out");
        assertThat(run("benchmark", "implicit", "--steps", "2", "--warm-up", "1", "--output", output.toString()))
                .isZero();
        assertThat(Files.readString(output.resolve("implicit.txt")))
                .startsWith("Extension pack")
                .contains("relu autoencoder", "arctan MLP", "arctan RNN", "tanh MLP", "1.10", "1.25")
                .doesNotContain("NaN");
    }

    @Test
    void benchmarkOfUpdatersMeasuresEachAlone() throws IOException {
        Path output = folder.resolve("out");
        assertThat(run(
                        "benchmark",
                        "updaters",
                        "--parameters",
                        "3000",
                        "--steps",
                        "2",
                        "--warm-up",
                        "1",
                        "--output",
                        output.toString()))
                .isZero();
        assertThat(Files.readString(output.resolve("updaters.txt")))
                .startsWith("Extension pack")
                .contains(
                        "DL4J's AdaGrad", "proximal", "madGrad", "EntropySgd", "1.50", "3000 parameters of type FLOAT")
                .doesNotContain("NaN");
    }

    @Test
    void benchmarkOfRebatchingMeasuresEverySource() throws IOException {
        Path output = folder.resolve("out");
        assertThat(run(
                        "benchmark",
                        "batch",
                        "--batch-size",
                        "4",
                        "--steps",
                        "70",
                        "--warm-up",
                        "1",
                        "--output",
                        output.toString()))
                .isZero();
        String text = Files.readString(output.resolve("batch.txt"));
        assertThat(text).startsWith("Extension pack").contains("ratio", "1.03").doesNotContain("NaN");
        for (int source : new int[] {4, 2, 16, 100}) {
            assertThat(text)
                    .containsPattern("mlp 1x28x28, batch 4 +" + source
                            + " +\\d+\\.\\d\\d +\\d+\\.\\d\\d +\\d+\\.\\d{3} +1\\.03");
        }
    }

    private void assertUserError(List<String> parts, String... arguments) {
        err.getBuffer().setLength(0);
        int code = run(arguments);
        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .startsWith("error: ")
                .contains(parts);
        assertThat(code).isEqualTo(2);
        assertThat(out.toString()).isEmpty();
    }

    private static List<String> rows(Path csv) throws IOException {
        return Files.readAllLines(csv).stream()
                .filter(line -> !line.startsWith("#"))
                .collect(Collectors.toList());
    }
}
