package io.dl4jext.fisher.chart;

import static io.dl4jext.fisher.FisherMeasurements.measurement;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dl4jext.fisher.FisherHistory;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("once")
class FisherChartTest {

    private static final int BLUE = 0x0072B2;
    private static final int VERMILION = 0xD55E00;

    @TempDir
    Path folder;

    private static List<FisherChart.Builder> bothKinds() {
        return List.of(FisherChart.plane(), FisherChart.overIterations());
    }

    private static Run run(String name, double[] conditions, double[] energies) {
        double[] iterations = new double[conditions.length];
        for (int i = 0; i < iterations.length; i++) {
            iterations[i] = 10.0 * i;
        }
        return new Run(name, iterations, examples(iterations), conditions, energies);
    }

    /** Batches of 8. */
    private static double[] examples(double... iterations) {
        return Arrays.stream(iterations).map(iteration -> 8 * (iteration + 1)).toArray();
    }

    /** A run that wanders over a wide area. */
    private static Run longRun(String name, int points, double factor) {
        double[] conditions = new double[points];
        double[] energies = new double[points];
        for (int i = 0; i < points; i++) {
            conditions[i] = factor * (10 + 5 * Math.sin(i / 10.0));
            energies[i] = 0.01 * (i + 1);
        }
        return run(name, conditions, energies);
    }

    private BufferedImage png(FisherChart chart) throws IOException {
        Path path = folder.resolve("chart.png");
        chart.writePng(path);
        return ImageIO.read(path.toFile());
    }

    private String svg(FisherChart chart) throws IOException {
        Path path = folder.resolve("chart.svg");
        chart.writeSvg(path);
        return Files.readString(path);
    }

    private static int pixels(BufferedImage image, int color, int fromX, int toX) {
        int count = 0;
        for (int x = fromX; x < toX; x++) {
            for (int y = 0; y < image.getHeight(); y++) {
                if ((image.getRGB(x, y) & 0xFFFFFF) == color) {
                    count++;
                }
            }
        }
        return count;
    }

    private static List<String> texts(String svg) {
        List<String> texts = new ArrayList<>();
        Matcher matcher = Pattern.compile("<text[^>]*>([^<]*)</text>").matcher(svg);
        while (matcher.find()) {
            texts.add(matcher.group(1).trim());
        }
        return texts;
    }

    @Test
    void aPngHasTheAskedSizeAndShowsItsRuns() throws IOException {
        for (FisherChart.Builder builder : bothKinds()) {
            BufferedImage image = png(builder.add(longRun("one", 50, 1))
                    .add(longRun("two", 50, 3))
                    .size(640, 480)
                    .build());
            assertThat(image.getWidth()).isEqualTo(640);
            assertThat(image.getHeight()).isEqualTo(480);
            // The legend takes the right end; both runs must be seen in the panels, too.
            assertThat(pixels(image, BLUE, 0, 540)).isGreaterThan(100);
            assertThat(pixels(image, VERMILION, 0, 540)).isGreaterThan(100);
        }
    }

    @Test
    void theDefaultSizeIsADocumentedOne() throws IOException {
        BufferedImage image = png(FisherChart.plane().add(longRun("one", 5, 1)).build());
        assertThat(image.getWidth()).isEqualTo(1000);
        assertThat(image.getHeight()).isEqualTo(700);
    }

    @Test
    void aHistoryIsDrawnAsItsRunningMeasures() throws IOException {
        FisherHistory history = FisherHistory.of(
                measurement(0, 0, 0.1, 1, 9, 1), measurement(0, 5, 0.1, 1, 4, 1), measurement(0, 10, 0.1, 1, 1, 1));
        Run run = Run.of("name", history);
        assertThat(run.iterations).containsExactly(0, 5, 10);
        assertThat(run.averageConditionNumbers).containsExactly(3, 2.5, 2);
        assertThat(run.cumulativeEnergies)
                .containsExactly(
                        history.summaries().get(0).cumulativeEnergy(),
                        history.summaries().get(1).cumulativeEnergy(),
                        history.cumulativeEnergy());
        Map<String, FisherHistory> runs = new LinkedHashMap<>();
        runs.put("s2 & more", history);
        runs.put("another", history);
        for (FisherChart.Builder builder : bothKinds()) {
            assertThat(texts(svg(builder.addAll(runs).build()))).containsExactly("s2 &amp; more", "another");
        }
    }

    @Test
    void valuesThatHaveNoPlaceAreLeftOutOfThePath() throws IOException {
        double nan = Double.NaN;
        double inf = Double.POSITIVE_INFINITY;
        Run clean = run("run", new double[] {10, 20, 30}, new double[] {1, 2, 3});
        double[] iterations = {0, 3, 5, 10, 12, 20};
        Run dirty =
                new Run("run", iterations, examples(iterations), new double[] {10, nan, 0, 20, -1, 30}, new double[] {
                    1, nan, 0, 2, inf, 3
                });
        assertThat(svg(FisherChart.plane().add(dirty).build()))
                .isEqualTo(svg(FisherChart.plane().add(clean).build()));
    }

    @Test
    void aRunWithoutDrawablePointsStaysInTheLegend() throws IOException {
        Run nothing = run("diverged", new double[] {Double.NaN, 0}, new double[] {Double.NaN, -1});
        for (FisherChart.Builder builder : bothKinds()) {
            String svg = svg(builder.add(longRun("fine", 5, 1)).add(nothing).build());
            assertThat(texts(svg)).containsExactly("fine", "diverged (no data)");
        }
    }

    @Test
    void withoutALearningRateTheConditionIsStillDrawn() throws IOException {
        double nan = Double.NaN;
        Run run = run("no rate", new double[] {10, 20, 30}, new double[] {nan, nan, nan});
        BufferedImage image = png(FisherChart.overIterations().add(run).build());
        assertThat(pixels(image, BLUE, 0, 800)).isGreaterThan(100);
        assertThatThrownBy(() -> FisherChart.plane().add(run).build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no rate");
    }

    @Test
    void anEmptyChartIsRefused() {
        Run nothing = run("diverged", new double[] {Double.NaN}, new double[] {0});
        Run none = run("not begun", new double[0], new double[0]);
        for (FisherChart.Builder builder : bothKinds()) {
            assertThatThrownBy(builder::build)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("no run");
            builder.add(nothing).add(none);
            assertThatThrownBy(builder::build)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("diverged")
                    .hasMessageContaining("not begun");
        }
    }

    @Test
    void allFaultsAreNamedAtOnce() {
        assertThatThrownBy(() -> FisherChart.plane()
                        .add(longRun("twice", 5, 1))
                        .add(longRun("twice", 5, 2))
                        .highlight("nobody")
                        .size(199, 10_001)
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("twice")
                .hasMessageContaining("nobody")
                .hasMessageContaining("199")
                .hasMessageContaining("10001");
    }

    @Test
    void whatIsNullIsNamed() {
        FisherChart.Builder builder = FisherChart.plane();
        assertThatThrownBy(() -> builder.add("s32", null)).hasMessage("history of run 's32'");
        assertThatThrownBy(() -> builder.addAll(null)).hasMessage("histories");
        assertThatThrownBy(() -> builder.highlight((List<String>) null)).hasMessage("names");
        assertThatThrownBy(() -> builder.backdrop(null)).hasMessage("names");
        assertThatThrownBy(() -> builder.after((double[]) null)).hasMessage("shares");
    }

    @Test
    void onePointEqualPointsAndManyDecadesAreDrawn() throws IOException {
        List<Run> runs = List.of(
                run("one", new double[] {42}, new double[] {0.1}),
                run("equal", new double[] {42, 42, 42}, new double[] {0.1, 0.1, 0.1}),
                run("wide", new double[] {1e-3, 1, 1e3, 1e6}, new double[] {1e6, 1e3, 1, 1e-3}),
                run("extreme", new double[] {Double.MIN_VALUE, 1, Double.MAX_VALUE}, new double[] {1e-300, 1, 1e300}));
        for (Run run : runs) {
            for (FisherChart.Builder builder : bothKinds()) {
                BufferedImage image = png(builder.add(run).build());
                assertThat(pixels(image, BLUE, 0, 850)).as(run.name).isGreaterThan(50);
            }
        }
    }

    @Test
    void aLongRunIsThinned() throws IOException {
        for (FisherChart.Builder builder : bothKinds()) {
            String svg = svg(builder.add(longRun("long", 100_000, 1)).build());
            int lines = svg.split("<line ", -1).length - 1;
            assertThat(lines).isBetween(200, 2_400);
        }
    }

    @Test
    void aHighlightedRunIsBoldAndRinged() throws IOException {
        for (int kind = 0; kind < 2; kind++) {
            FisherChart plain = bothKinds().get(kind).add(longRun("a", 20, 1)).build();
            FisherChart best = bothKinds()
                    .get(kind)
                    .add(longRun("a", 20, 1))
                    .highlight("a")
                    .build();
            assertThat(svg(plain)).doesNotContain("font-weight:bold");
            assertThat(svg(best)).contains("font-weight:bold");
            int ring = 0x404040;
            assertThat(pixels(png(best), ring, 0, 1000)).isGreaterThan(pixels(png(plain), ring, 0, 1000) + 20);
        }
    }

    @Test
    void twentyRunsHaveTwentyLooksAndTwentyNames() throws IOException {
        FisherChart.Builder builder = FisherChart.plane();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            names.add("run-" + i);
            builder.add(longRun("run-" + i, 30, i + 1));
        }
        assertThat(texts(svg(builder.build()))).containsExactlyElementsOf(names);
    }

    @Test
    void thirtyFiveRunsDifferInColourOrMarker() {
        Set<List<Object>> looks = new HashSet<>();
        for (int i = 0; i < 35; i++) {
            RunStyle style = RunStyle.of("run", i, false);
            looks.add(List.of(style.color, style.outline));
        }
        assertThat(looks).hasSize(35);
    }

    @Test
    void aBackdropIsNamedInThePanelAndLeavesTheLooksToTheOthers() throws IOException {
        int grey = 0x707070;
        for (int kind = 0; kind < 2; kind++) {
            FisherChart chart = bothKinds()
                    .get(kind)
                    .add(longRun("s16", 30, 1))
                    .add(longRun("dynamic", 30, 2))
                    .backdrop(List.of("s16"))
                    .build();
            List<String> expected = kind == 0 ? List.of("s16", "dynamic") : List.of("s16", "s16", "dynamic");
            assertThat(texts(svg(chart)))
                    .as("in the panels, then in the legend")
                    .isEqualTo(expected);
            BufferedImage image = png(chart);
            assertThat(pixels(image, grey, 0, 850)).isGreaterThan(50);
            assertThat(pixels(image, BLUE, 0, 850))
                    .as("the first look is dynamic's")
                    .isGreaterThan(100);
            assertThat(pixels(image, VERMILION, 0, 1000)).isZero();
        }
        FisherChart alone = FisherChart.plane()
                .add(longRun("s16", 30, 1))
                .add(run("nothing", new double[] {Double.NaN}, new double[] {1}))
                .backdrop(List.of("s16", "nothing"))
                .build();
        assertThat(texts(svg(alone))).containsExactly("s16", "nothing (no data)");
    }

    @Test
    void onlyAfterSomeSharesOfTheExamples() throws IOException {
        // 8, 88, 168, ..., 808 examples
        Run whole = longRun("run", 11, 1);
        Run some = whole.after(0.005, 0.11, 0.3, 0.31, 1);
        assertThat(some.iterations).containsExactly(10, 20, 30, 100);
        assertThat(some.cumulativeEnergies).containsExactly(0.02, 0.03, 0.04, 0.11);
        assertThat(some.name).isEqualTo("run");
        assertThat(run("not begun", new double[0], new double[0]).after(1).iterations)
                .isEmpty();
        assertThat(svg(FisherChart.plane().add(whole).after(0.11, 0.3, 0.31, 1).build()))
                .isEqualTo(svg(FisherChart.plane().add(some).build()))
                .isNotEqualTo(svg(FisherChart.plane().add(whole).build()));
        for (double[] shares : new double[][] {{0}, {0.5, 0.5}, {0.5, 0.2}, {1.1}, {Double.NaN}}) {
            assertThatThrownBy(() -> FisherChart.plane()
                            .add(whole)
                            .after(shares)
                            .backdrop(List.of("who"))
                            .build())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("ascend")
                    .hasMessageContaining("who");
        }
    }

    @Test
    void aNameThatIsTooLongIsCutAndThePanelsStay() throws IOException {
        String name = "a very long name ".repeat(30).trim();
        FisherChart chart = FisherChart.plane().add(longRun(name, 20, 1)).build();
        String shown = texts(svg(chart)).get(0);
        assertThat(shown).endsWith("...");
        assertThat(name).startsWith(shown.substring(0, shown.length() - 3));
        assertThat(pixels(png(chart), BLUE, 0, 500)).isGreaterThan(100);
    }

    @Test
    void theSameRunsGiveTheSameBytesInEveryLocale() throws IOException {
        Locale before = Locale.getDefault();
        try {
            for (int kind = 0; kind < 2; kind++) {
                List<byte[]> files = new ArrayList<>();
                for (Locale locale : List.of(Locale.US, Locale.GERMANY)) {
                    Locale.setDefault(locale);
                    FisherChart chart =
                            bothKinds().get(kind).add(longRun("a", 3000, 1)).build();
                    Path png = folder.resolve(kind + "-" + locale + ".png");
                    Path svg = folder.resolve(kind + "-" + locale + ".svg");
                    chart.writePng(png);
                    chart.writeSvg(svg);
                    files.add(Files.readAllBytes(png));
                    files.add(Files.readAllBytes(svg));
                }
                assertThat(files.get(2)).isEqualTo(files.get(0));
                assertThat(files.get(3)).isEqualTo(files.get(1));
            }
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void foldersAreMadeAndFilesReplaced() throws IOException {
        Path path = folder.resolve("a/b/chart.png");
        FisherChart.plane().add(longRun("x", 5, 1)).size(300, 300).build().writePng(path);
        FisherChart.plane().add(longRun("x", 5, 1)).size(400, 300).build().writePng(path);
        assertThat(ImageIO.read(path.toFile()).getWidth()).isEqualTo(400);
    }

    @Test
    void aPathThatCannotBeWrittenIsReported() throws IOException {
        FisherChart chart = FisherChart.plane().add(longRun("x", 5, 1)).build();
        assertThatThrownBy(() -> chart.writePng(folder)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> chart.writeSvg(folder)).isInstanceOf(IOException.class);
    }

    @Test
    void columnsOfUnequalLengthAreRefused() {
        assertThatThrownBy(() -> new Run("odd", new double[2], new double[2], new double[3], new double[2]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("odd");
        assertThatThrownBy(() -> new Run("odd", new double[2], new double[1], new double[2], new double[2]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2, 1, 2 and 2");
    }
}
