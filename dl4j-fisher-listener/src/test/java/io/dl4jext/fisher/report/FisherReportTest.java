package io.dl4jext.fisher.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dl4jext.fisher.Beacon;
import io.dl4jext.fisher.Column;
import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.FisherMeasurement;
import io.dl4jext.fisher.FisherSink;
import io.dl4jext.fisher.sink.CsvSink;
import io.dl4jext.fisher.sink.JsonLinesSink;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.shade.jackson.databind.JsonNode;

@Tag("once")
class FisherReportTest {

    private static final String HOSTILE =
            "</script><script>alert(1)</script><img src=x onerror=\"alert('2')\"> {{script}} <!-- &";

    @TempDir
    Path folder;

    @Test
    void everyNumberParsesBack() throws IOException {
        FisherHistory history = Runs.of(60, 7, 1);
        PageText page = PageText.of(FisherReport.builder().add("run", history), folder);
        assertThat(page.run(0).get("name").asText()).isEqualTo("run");
        for (Column column : Column.values()) {
            double[] expected = new double[60];
            Arrays.setAll(
                    expected,
                    i -> column.of(
                                    history.measurements().get(i),
                                    history.summaries().get(i))
                            .doubleValue());
            assertThat(PageText.numbers(page.run(0).get("figures").get(column.title())))
                    .as(column.title())
                    .containsExactly(expected);
        }
        JsonNode columns = page.run(0).get("spectrum").get("columns");
        assertThat(columns).hasSize(60);
        for (int i = 0; i < columns.size(); i++) {
            FisherMeasurement measurement = history.measurements().get(i);
            assertThat(columns.get(i).get("iteration").asInt()).isEqualTo(measurement.iteration());
            assertThat(columns.get(i).get("rank").asInt()).isEqualTo(measurement.rank());
            assertThat(PageText.numbers(columns.get(i).get("eigenvalues"))).containsExactly(measurement.eigenvalues());
        }
    }

    @Test
    void whatIsNoNumberIsAString() throws IOException {
        FisherHistory history = FisherHistory.of(
                Runs.at(0).loss(0.5).eigenvalues(4, 1).build(),
                Runs.at(1).loss(Double.POSITIVE_INFINITY).eigenvalues(4, 1).build(),
                Runs.at(2)
                        .loss(Double.NEGATIVE_INFINITY)
                        .eigenvalues(Double.NaN, 1)
                        .build(),
                Runs.at(3).eigenvalues(0, 0).build());
        PageText page = PageText.of(FisherReport.builder().add("diverged", history), folder);
        assertThat(page.run(0).get("figures").get("loss")).hasToString("[0.5,\"Infinity\",\"-Infinity\",\"NaN\"]");
        assertThat(page.table("The runs").get(0)).contains("NaN");
    }

    @Test
    void nothingIsLoaded() throws Exception {
        PageText page = PageText.of(FisherReport.builder().add("run", Runs.of(3, 2, 1)), folder);
        Matcher references = Pattern.compile("(?:src|href|action|data|poster)\\s*=\\s*\"([^\"]*)\"")
                .matcher(page.markup);
        List<String> found =
                references.results().map(reference -> reference.group(1)).collect(Collectors.toList());
        assertThat(found).isNotEmpty().allMatch(reference -> reference.startsWith("#") || reference.equals("data:,"));
        assertThat(page.markup).doesNotContain("http:", "https:", "@import", "url(");
        // And nothing could be: the browser holds the page to this.
        assertThat(page.markup)
                .contains("default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; script-src '");
        assertThat(page.scripts).hasSize(2);
        for (String script : page.scripts) {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
            assertThat(page.markup).contains("'sha256-" + Base64.getEncoder().encodeToString(digest) + "'");
        }
    }

    @Test
    void namesAreTextWhateverTheyContain() throws IOException {
        MultiLayerNetwork network = network(HOSTILE);
        PageText page = PageText.of(
                FisherReport.builder()
                        .title(HOSTILE)
                        .add(HOSTILE, Runs.of(3, 2, 1))
                        .add("\u0000\u2028\ud800", Runs.of(3, 2, 2))
                        .beacon(HOSTILE + "b", Beacon.of(Runs.of(3, 2, 3)))
                        .network(network)
                        .configuration(HOSTILE, HOSTILE),
                folder);
        assertThat(page.scripts).hasSize(2);
        assertThat(page.html.split("<script", -1)).hasSize(1 + 3);
        assertThat(page.markup).doesNotContain("<img", "onerror=\"", "<!-- &");
        assertThat(page.html.toLowerCase(Locale.ROOT).split("</script", -1)).hasSize(1 + 3);
        assertThat(page.run(0).get("name").asText()).isEqualTo(HOSTILE);
        assertThat(page.data.get("beacons").get(0).get("name").asText()).isEqualTo(HOSTILE + "b");
        String escaped = Html.text(HOSTILE);
        assertThat(page.table("The runs").get(0)).startsWith(escaped);
        assertThat(page.table("Configuration")).containsExactly(List.of(escaped, escaped));
        assertThat(page.table("Layers").get(0).get(0)).contains(escaped);
    }

    @Test
    void severalRunsStandSideBySide() throws IOException {
        Map<String, FisherHistory> histories = new LinkedHashMap<>();
        for (int i = 3; i > 0; i--) {
            histories.put("run" + i, Runs.of(10 * i, 4, i));
        }
        FisherHistory beacon = Runs.of(20, 4, 9);
        PageText page = PageText.of(
                FisherReport.builder()
                        .title("Three runs")
                        .addAll(histories)
                        .beacon("known good", Beacon.of(beacon))
                        .configuration("data", "digits")
                        .configuration("epochs", 3),
                folder);
        assertThat(page.markup).contains("<title>Three runs</title>", "<h1>Three runs</h1>", "3 runs, 60 measurements");
        assertThat(page.table("The runs")).extracting(row -> row.get(0)).containsExactly("run3", "run2", "run1");
        assertThat(page.table("The runs").get(0))
                .contains(
                        Numbers.of(histories.get("run3").averageConditionNumber()),
                        Numbers.of(histories.get("run3").cumulativeEnergy()),
                        Numbers.of(
                                Beacon.of(beacon).distance(histories.get("run3").summary())));
        assertThat(page.table("Configuration")).containsExactly(List.of("data", "digits"), List.of("epochs", "3"));
        assertThat(page.data.get("runs")).hasSize(3);
        assertThat(page.run(2).get("figures").get("iteration")).hasSize(10);
        JsonNode path = page.data.get("beacons").get(0);
        assertThat(PageText.numbers(path.get("cumulative_energy")))
                .containsExactly(beacon.summaries().stream()
                        .mapToDouble(summary -> summary.cumulativeEnergy())
                        .toArray());
    }

    @Test
    void aLongRunMakesNoLongPage() throws IOException {
        FisherHistory history = Runs.of(10_000, 12, 1);
        PageText page = PageText.of(FisherReport.builder().add("long", history), folder);
        assertThat(page.html.length() - page.scripts.get(0).length()).isLessThan(500_000);
        assertThat(page.run(0).get("held").asInt()).isEqualTo(10_000);
        JsonNode figures = page.run(0).get("figures");
        assertThat(figures.get("iteration").size()).isBetween(500, 1000);
        assertThat(figures.get("iteration").get(0).asInt()).isZero();
        for (Column column : List.of(Column.LOSS, Column.CONDITION_NUMBER, Column.NOISE_SCALE, Column.TRACE)) {
            double[] all = history.measurements().stream()
                    .mapToDouble(measurement ->
                            column.of(measurement, history.summary()).doubleValue())
                    .filter(Double::isFinite)
                    .toArray();
            assertThat(PageText.numbers(figures.get(column.title())))
                    .as(column.title())
                    .contains(
                            Arrays.stream(all).min().getAsDouble(),
                            Arrays.stream(all).max().getAsDouble());
        }
        assertThat(page.run(0).get("spectrum").get("columns").size()).isBetween(60, 120);
    }

    @Test
    void manyRunsMakeNoLongPageEither() throws IOException {
        FisherReport.Builder report = FisherReport.builder();
        for (int i = 0; i < 40; i++) {
            report.add("run " + i, Runs.of(300, 6, i));
        }
        PageText page = PageText.of(report, folder);
        assertThat(page.html.length() - page.scripts.get(0).length()).isLessThan(2_500_000);
        assertThat(page.run(39).get("figures").get("iteration").size()).isBetween(40, 100);
    }

    @Test
    void oneMeasurementIsEnough() throws IOException {
        Path file = folder.resolve("one.html");
        FisherReport.write(FisherHistory.of(Runs.at(0).loss(0.5).eigenvalues(9).build()), file);
        PageText page = PageText.read(file);
        assertThat(page.markup).contains("One run, 1 measurement on 1 examples");
        assertThat(page.table("The runs").get(0)).startsWith("training", "1", "1", "1", "0.1", "1", "0.3", "0.5");
        // The variance of one gradient is not known.
        assertThat(page.table("Noise scale").get(0)).startsWith("training", Numbers.NONE, "1", Numbers.NONE);
    }

    @Test
    void filesBringTheirVersionsAndCsvFilesNoSpectra() throws IOException {
        FisherHistory history = Runs.of(10, 4, 1);
        Path lines = written(new JsonLinesSink(folder.resolve("a.jsonl")), history, folder.resolve("a.jsonl"));
        Path csv = written(new CsvSink(folder.resolve("b.csv")), history, folder.resolve("b.csv"));
        Files.writeString(csv, Files.readString(csv).replaceAll("# java: .*", "# java: 99.0.1\n# done again: 1,2"));
        Path file = folder.resolve("page.html");
        FisherReport.write(List.of(lines, csv), file);
        PageText page = PageText.read(file);
        assertThat(page.run(0).get("spectrum").isObject()).isTrue();
        assertThat(page.run(1).get("spectrum").isNull()).isTrue();
        assertThat(page.markup).contains("No spectra of b:").doesNotContain("No spectra of a");
        assertThat(PageText.numbers(page.run(1).get("figures").get("trace")))
                .containsExactly(PageText.numbers(page.run(0).get("figures").get("trace")));
        List<List<String>> versions = page.table("How the runs were measured");
        assertThat(versions.get(0)).startsWith("a", "10", "10", "5 iterations", "0 to 2", "development");
        assertThat(versions.get(0)).endsWith(System.getProperty("java.version"));
        assertThat(versions.get(1)).startsWith("b").endsWith("99.0.1");
    }

    @Test
    void aContinuedFileHasTheVersionsOfAllItsParts() throws IOException {
        Path file = folder.resolve("run.jsonl");
        Files.writeString(file, "{\"run\":{\"java\":\"11\",\"nd4j\":\"1\"}}\n");
        written(JsonLinesSink.appending(file), Runs.of(3, 2, 1), file);
        assertThat(RecordedVersions.read(file))
                .containsEntry("java", "11, then " + System.getProperty("java.version"))
                .containsOnlyKeys("dl4j-fisher-listener", "deeplearning4j", "nd4j", "nd4j-backend", "java");
    }

    @Test
    void aDeeplyNestedLineHasNoVersions() throws IOException {
        Path file = folder.resolve("run.jsonl");
        Files.writeString(file, "{\"run\":" + "[".repeat(1_000_000) + "\n{\"run\":{\"java\":\"11\"}}\n");
        assertThat(RecordedVersions.read(file)).containsOnly(Map.entry("java", "11"));
    }

    @Test
    void filesAreNamedAsShortAsTheyDiffer() throws IOException {
        FisherHistory history = Runs.of(2, 2, 1);
        Path first = folder.resolve("x/run.csv");
        Path second = folder.resolve("y/run.csv");
        Path third = folder.resolve("y/run.jsonl");
        written(new CsvSink(first), history, first);
        written(new CsvSink(second), history, second);
        written(new JsonLinesSink(third), history, third);
        assertThat(names(first)).containsExactly("run");
        assertThat(names(first, second)).containsExactly("x/run", "y/run");
        assertThat(names(second, third)).containsExactly("run.csv", "run.jsonl");
        assertThat(names(first, second, third)).containsExactly(first.toString(), second.toString(), third.toString());
        assertThatThrownBy(() -> names(first, first))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected every file once, got [" + first + ", " + first + "]");
    }

    private List<String> names(Path... files) throws IOException {
        Path file = folder.resolve("page.html");
        FisherReport.write(List.of(files), file);
        List<String> names = new ArrayList<>();
        PageText.read(file)
                .data
                .get("runs")
                .forEach(run -> names.add(run.get("name").asText()));
        return names;
    }

    @Test
    void theLayersOfTheNetwork() throws IOException {
        PageText page =
                PageText.of(FisherReport.builder().add("run", Runs.of(3, 2, 1)).network(network("hidden")), folder);
        assertThat(page.table("Layers"))
                .containsExactly(
                        List.of("layer 0 &#39;hidden&#39;", "DenseLayer", "20", "40.0 %", "direct"),
                        List.of("layer 1 &#39;layer1&#39;", "FrozenLayer", "20", "40.0 %", "not: frozen"),
                        List.of("layer 2 &#39;out&#39;", "OutputLayer", "10", "20.0 %", "direct"));
    }

    @Test
    void theNoiseScaleIsTheHistorys() throws IOException {
        FisherHistory history = Runs.of(20, 5, 1);
        PageText page = PageText.of(FisherReport.builder().add("run", history), folder);
        double[] scales = history.noiseScales(0.9);
        assertThat(PageText.numbers(page.run(0).get("averaged_noise_scale"))).containsExactly(scales);
        assertThat(page.table("Noise scale").get(0).get(1)).isEqualTo(Numbers.of(scales[19]));
    }

    /** The names of the listener's traces are those of the network's layers, whatever the user calls these. */
    @Test
    void theLayersOfATrainingHaveTheirShares() throws IOException {
        for (String name : new String[] {"hidden", "hidden (DenseLayer)", HOSTILE}) {
            MultiLayerNetwork network = network(name);
            FisherListener fisher = FisherListener.builder()
                    .everyIterations(1)
                    .layerTraces(true)
                    .failFast(true)
                    .build();
            network.addListeners(fisher);
            DataSet batch = new DataSet(Nd4j.rand(6, 4), Nd4j.eye(2).repeat(0, 3));
            for (int i = 0; i < 3; i++) {
                network.fit(batch);
            }
            PageText page = PageText.of(
                    FisherReport.builder().add("run", fisher.history()).network(network), folder);
            List<List<String>> table = page.table("Layers");
            assertThat(table).hasSize(3).allSatisfy(row -> assertThat(row).hasSize(6));
            FisherMeasurement last = fisher.history().measurements().get(2);
            List<String> traced = new ArrayList<>(last.layerTraces().keySet());
            assertThat(traced).containsExactly("layer 0 '" + name + "'", "layer 2 'out'");
            for (int i = 0; i < 2; i++) {
                double share = last.layerTraces().get(traced.get(i)) / last.trace();
                assertThat(table.get(2 * i).get(0)).isEqualTo(Html.text(traced.get(i)));
                assertThat(table.get(2 * i).get(4)).isEqualTo(String.format(Locale.ROOT, "%.1f %%", 100 * share));
            }
            assertThat(table.get(1).get(4)).isEqualTo(Numbers.NONE);
            JsonNode shares = page.run(0).get("shares");
            assertThat(shares.get("iteration")).hasToString("[0,1,2]");
            assertThat(shares.get("examples")).hasToString("[6,12,18]");
            assertThat(shares.get("layers").get(1).get("row").asInt()).isEqualTo(2);
            assertThat(page.data.get("layers").get(2).asText()).isEqualTo("layer 2 'out'");
            assertThat(PageText.numbers(shares.get("layers").get(0).get("values"))[2])
                    .isEqualTo(last.layerTraces().get(traced.get(0)) / last.trace());
        }
    }

    @Test
    void filesBringTheNamesOfTheirLayers() throws IOException {
        FisherHistory history = Runs.traced(3, 1, "layer 0", "layer 1 'out'");
        Path lines = written(new JsonLinesSink(folder.resolve("a.jsonl")), history, folder.resolve("a.jsonl"));
        Path csv = written(new CsvSink(folder.resolve("b.csv")), history, folder.resolve("b.csv"));
        Path file = folder.resolve("page.html");
        FisherReport.write(List.of(lines, csv), file);
        PageText page = PageText.read(file);
        assertThat(page.data.get("layers")).hasToString("[\"layer 0\",\"layer 1 'out'\"]");
        assertThat(page.table("Layers"))
                .extracting(row -> row.get(0))
                .containsExactly("layer 0", "layer 1 &#39;out&#39;");
        assertThat(page.table("Layers"))
                .allSatisfy(row -> assertThat(row.get(1)).matches("\\d+\\.\\d %"));
        assertThat(page.run(0).get("shares").get("iteration")).hasToString("[0,5,10]");
        assertThat(page.run(1).get("shares").isNull()).isTrue();
        assertThat(page.markup).contains("No traces by layer of b.").doesNotContain("No traces by layer of a");
        FisherReport.write(List.of(csv), file);
        assertThat(PageText.read(file).markup)
                .contains("No network was given to this report, and its runs have no traces by layer.");
    }

    @Test
    void aNetworkAndTracesOfAnotherStandTogether() throws IOException {
        FisherHistory history = Runs.traced(3, 1, "layer 0 'hidden'", "layer 7");
        PageText page = PageText.of(FisherReport.builder().add("run", history).network(network("hidden")), folder);
        List<List<String>> table = page.table("Layers");
        assertThat(table).hasSize(4);
        assertThat(table.get(3))
                .startsWith("layer 7", Numbers.NONE, Numbers.NONE, Numbers.NONE)
                .endsWith(Numbers.NONE);
        assertThat(page.run(0).get("shares").get("layers").get(1).get("row").asInt())
                .isEqualTo(3);
    }

    @Test
    void sharesOfManyRunsAreARange() throws IOException {
        FisherReport.Builder report = FisherReport.builder();
        for (int i = 0; i < 4; i++) {
            report.add("run" + i, Runs.traced(3, i, "first", "second"));
        }
        assertThat(PageText.of(report, folder).table("Layers").get(0)).hasSize(5);
        assertThat(PageText.of(report, folder).markup).contains(">Tr F̃, run3<");
        report.add("run4", Runs.traced(3, 4, "first", "second"));
        PageText page = PageText.of(report, folder);
        assertThat(page.table("Layers").get(0)).hasSize(2);
        assertThat(page.table("Layers").get(0).get(1)).matches("\\d+\\.\\d to \\d+\\.\\d %");
    }

    @Test
    void manyLayersMakeNoLongPage() throws IOException {
        String[] layers = IntStream.range(0, 300).mapToObj(i -> "layer " + i).toArray(String[]::new);
        PageText page = PageText.of(FisherReport.builder().add("deep", Runs.traced(300, 1, layers)), folder);
        assertThat(page.html.length() - page.scripts.get(0).length()).isLessThan(700_000);
        assertThat(page.run(0).get("shares").get("layers")).hasSize(300);
        assertThat(page.run(0).get("shares").get("iteration").size()).isBetween(50, 60);
    }

    private static MultiLayerNetwork network(String hidden) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .list()
                .layer(new DenseLayer.Builder().name(hidden).nIn(4).nOut(4).build())
                .layer(new FrozenLayer(
                        new DenseLayer.Builder().name("frozen").nIn(4).nOut(4).build()))
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .name("out")
                        .nIn(4)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        network.init();
        return network;
    }

    @Test
    void theFileIsReplacedAndItsFolderMade() throws IOException {
        Path file = folder.resolve("new/folder/page.html");
        FisherReport.write(Runs.of(30, 3, 1), file);
        byte[] first = Files.readAllBytes(file);
        FisherReport.write(Runs.of(2, 3, 2), file);
        assertThat(Files.readAllBytes(file)).isNotEqualTo(first);
        FisherReport.write(Runs.of(30, 3, 1), file);
        assertThat(file).hasBinaryContent(first);
        try (Stream<Path> files = Files.list(file.getParent())) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void whatIsRefused() {
        FisherReport.Builder report = FisherReport.builder();
        assertThatThrownBy(report::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("at least one run with a measurement, got no run");
        assertThatThrownBy(() -> FisherReport.write(List.of(), folder.resolve("page.html")))
                .hasMessageContaining("got no run");
        assertThatThrownBy(() -> FisherReport.builder()
                        .add("first", FisherHistory.of())
                        .add("second", FisherHistory.of())
                        .build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("none in [first, second]");
        assertThatThrownBy(() -> FisherReport.builder()
                        .add("s32", Runs.of(1, 2, 1))
                        .add("s32", Runs.of(1, 2, 1))
                        .add(" ", Runs.of(1, 2, 1))
                        .beacon("s64", Beacon.of(Runs.of(1, 2, 1)))
                        .add("s64", Runs.of(1, 2, 1))
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Report: expected a name for each run and beacon, got ' '; two are named 's32';"
                        + " two are named 's64'");
        assertThatThrownBy(() -> report.configuration("seed", 1).configuration("seed", 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Setting 'seed' was already set to '1', got '2'");
        assertThatThrownBy(() -> report.network(null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("got null");
        assertThatThrownBy(() -> report.add(null, Runs.of(1, 2, 1))).hasMessageContaining("name");
        assertThatThrownBy(() -> report.add("s32", (FisherHistory) null)).hasMessageContaining("history of run 's32'");
        assertThatThrownBy(() -> report.add("s32", (Path) null)).hasMessageContaining("file of run 's32'");
        assertThatThrownBy(() -> report.beacon("good", null)).hasMessageContaining("beacon 'good'");
        assertThatThrownBy(() -> report.add("s32", folder))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining(folder + ": expected a file, got a folder");
        assertThatThrownBy(() -> report.add("s32", folder.resolve("none.csv"))).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> FisherReport.write(Runs.of(1, 2, 1), folder))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining(folder + ": expected a file to write the report to, got a folder");
        assertThatThrownBy(() -> FisherReport.write(Runs.of(1, 2, 1), null)).hasMessageContaining("html");
    }

    /** Apache, BSD: the jar passes on what it contains with its licences. */
    @Test
    void theChartingLibraryHasItsLicencesBesideIt() throws IOException {
        for (String name : List.of("LICENSE", "NOTICE", "LICENSE-d3", "LICENSE-zrender")) {
            try (InputStream in = FisherReport.class.getResourceAsStream("/META-INF/licenses/echarts/" + name)) {
                assertThat(in).as(name).isNotNull();
            }
        }
        PageText page = PageText.of(FisherReport.builder().add("run", Runs.of(3, 2, 1)), folder);
        assertThat(page.scripts.get(0))
                .contains("Licensed to the Apache Software Foundation")
                .contains("5.5.0");
    }

    private static Path written(FisherSink sink, FisherHistory history, Path file) throws IOException {
        try (sink) {
            history.writeTo(sink, 0);
        }
        return file;
    }
}
