package io.dl4jext.experiments.implicit;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.experiments.data.ImageShape;
import io.dl4jext.experiments.data.RandomImages;
import io.dl4jext.experiments.engine.Run;
import io.dl4jext.experiments.engine.Score;
import io.dl4jext.implicit.activation.RootRule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RateReportTest {

    private static final double NAN = Double.NaN;
    private static final double[] RATES = {0.1, 0.2, 0.4, 0.8};

    @TempDir
    Path folder;

    private static final Task TASK = task();

    private static Task task() {
        ImageShape shape = new ImageShape(1, 1, 4);
        ImageSet data = new ImageSet("noise", RandomImages.of(shape, 2, 8, 1), RandomImages.of(shape, 2, 2, 2));
        return Task.table(data, 4, InitialWeights.XAVIER);
    }

    private final List<Run<RateTrial>> runs = new ArrayList<>();

    @Test
    void tableAndRates() {
        add(Variant.EXPLICIT, 1, 0.5, 3, NAN);
        add(Variant.IMPLICIT, 1, 0.5, 0.6, 2.5);
        assertThat(report(Variant.EXPLICIT, Variant.IMPLICIT))
                .isEqualTo("noise, as set\n"
                        + "rate             explicit             implicit\n"
                        + "0.1     1.000 +- 0.1414      1.000 +- 0.1414\n"
                        + "0.2   0.5000 +- 0.07071    0.5000 +- 0.07071\n"
                        + "0.4     3.000 +- 0.4243 !  0.6000 +- 0.08485\n"
                        + "0.8     diverged 2 of 2 !    2.500 +- 0.3536 !\n"
                        + "untrained network: loss 2.000; threshold of divergence: 1.250\n"
                        + "highest stable rate: explicit 0.2, implicit 0.4 (ratio 2.000)\n");
    }

    @Test
    void openRatesAreMarked() {
        add(Variant.EXPLICIT, 1, 0.5, 3, NAN);
        add(Variant.IMPLICIT, 1, 0.5, 0.6, 0.7);
        add(Variant.EXPLICIT_CLIP, 1, 0.5, 0.6, 0.7);
        add(Variant.IMPLICIT_CLIP, 1, 0.5, 3, 3);
        add(Variant.EXACT, 1, 0.5, 0.6, 0.7);
        assertThat(report(
                        Variant.EXPLICIT,
                        Variant.IMPLICIT,
                        Variant.EXPLICIT_CLIP,
                        Variant.IMPLICIT_CLIP,
                        Variant.EXACT))
                .contains("explicit 0.2, implicit >= 0.8 (ratio >= 4.000), exact >= 0.8 (ratio >= 4.000);"
                        + " with clipping: explicit-clip-1 >= 0.8, implicit-clip-1 0.2 (ratio <= 0.2500)\n");
        assertThat(report(Variant.EXPLICIT, Variant.EXPLICIT_CLIP))
                .contains("highest stable rate: explicit 0.2; with clipping: explicit-clip-1 >= 0.8\n");
    }

    @Test
    void noRatioWithoutTwoRates() {
        add(Variant.EXPLICIT, 1, 0.5, 0.5, 0.5);
        add(Variant.IMPLICIT, 1, 0.5, 0.6, 0.7);
        assertThat(report(Variant.EXPLICIT, Variant.IMPLICIT))
                .contains("ratio unknown: both are stable at the highest rate");
        assertThat(report(Variant.IMPLICIT)).contains("no stable rates without the variant explicit");
        runs.clear();
        add(Variant.EXPLICIT, NAN, NAN, NAN, NAN);
        add(Variant.IMPLICIT, 1, 0.5, 0.6, 0.7);
        assertThat(report(Variant.EXPLICIT, Variant.IMPLICIT))
                .contains("explicit none, implicit none (ratio unknown)\n");
    }

    /** Where it only ever makes the loss larger, the middle between that and the untrained loss says nothing. */
    @Test
    void noThresholdWhereExplicitTrainingDoesNotLearn() {
        add(Variant.EXPLICIT, 3, 4, 4, NAN);
        add(Variant.IMPLICIT, 3, 0.5, 2.5, NAN);
        assertThat(report(Variant.EXPLICIT, Variant.IMPLICIT))
                .contains("0.2   4.000 +- 0.5657    0.5000 +- 0.07071\n")
                .contains("0.4   4.000 +- 0.5657      2.500 +- 0.3536\n")
                .contains("diverged 2 of 2 !")
                .endsWith("untrained network: loss 2.000; no threshold of divergence: explicit training learns at none"
                        + " of these rates\nhighest stable rate: explicit none, implicit none (ratio unknown)\n");
        RateReport report = of(9, losses(9, 10, 11, 12), 1, 1, 1, 1);
        assertThat(report.threshold()).isInfinite();
        assertThat(report.highestStableRate(Method.of(Variant.EXPLICIT, 1))).isNaN();
    }

    @Test
    void picturesOfAnyLosses() throws IOException {
        add(Variant.EXPLICIT, 1, 0.5, 3, NAN);
        add(Variant.IMPLICIT, 0, 1e-3, 1e30, 2);
        draws("mixed");
        runs.clear();
        add(Variant.EXPLICIT, NAN, NAN, NAN, NAN);
        draws("lost");
        runs.clear();
        add(Variant.EXPLICIT, 0, 0, 0, 0);
        draws("zero");
        runs.clear();
        runs.add(run(Variant.EXACT, 1e-3, 1, 1));
        draws("one");
    }

    private void draws(String name) throws IOException {
        Path picture = folder.resolve(name + ".png");
        new RateReport("noise, as set", runs, 2).draw(picture);
        assertThat(ImageIO.read(picture.toFile()).getWidth()).isEqualTo(900);
    }

    /** Two seeds, 10 % below and above each loss. */
    private void add(Variant variant, double... losses) {
        for (int i = 0; i < losses.length; i++) {
            runs.add(run(variant, RATES[i], 1, 0.9 * losses[i]));
            runs.add(run(variant, RATES[i], 2, 1.1 * losses[i]));
        }
    }

    private String report(Variant... variants) {
        return new RateReport(
                        "noise, as set", Run.of(runs, trial -> List.of(variants).contains(trial.method.variant)), 2)
                .toString()
                .replaceAll(" +\n", "\n");
    }

    private static Run<RateTrial> run(Variant variant, double rate, long seed, double loss) {
        RateTrial trial =
                new RateTrial(TASK, Method.of(variant, 1), rate, seed, new RateTrial.Setting(1, RootRule.NEAREST));
        Run.Point end = new Run.Point(1, 1, new Score(loss, NAN));
        return new Run<>(trial, 1, 1, Double.isNaN(loss), List.of(end), 0);
    }

    /** Explicit training with these losses at the four rates, and another variant for comparison. */
    private static RateReport of(double untrained, double[] explicit, double... implicit) {
        List<Run<RateTrial>> runs = new ArrayList<>();
        for (int i = 0; i < RATES.length; i++) {
            runs.add(run(Variant.EXPLICIT, RATES[i], 1, explicit[i]));
            if (implicit.length > 0) {
                runs.add(run(Variant.IMPLICIT, RATES[i], 1, implicit[i]));
            }
        }
        return new RateReport("", runs, untrained);
    }

    private static double[] losses(double... losses) {
        return losses;
    }

    /** Footnote 7 as it stands: (1 + 5)/2 = 3. */
    @Test
    void thresholdIsTheMiddleOfExplicitsMeans() {
        RateReport report = of(9, losses(4, 1, 2, 5), 4, 1, 1, 2.9);
        assertThat(report.threshold()).isEqualTo(3);
        assertThat(report.highestStableRate(Method.of(Variant.EXPLICIT, 1))).isEqualTo(0.4);
        assertThat(report.isOpen(Method.of(Variant.EXPLICIT, 1))).isFalse();
        assertThat(report.highestStableRate(Method.of(Variant.IMPLICIT, 1))).isEqualTo(0.8);
        assertThat(report.isOpen(Method.of(Variant.IMPLICIT, 1))).isTrue();
    }

    @Test
    void explodedAndInfiniteMeansCountAsTheUntrainedLoss() {
        assertThat(of(9, losses(4, 1, 2, 1e30)).threshold()).isEqualTo(5);
        assertThat(of(9, losses(4, 1, 2, NAN)).threshold()).isEqualTo(5);
        assertThat(of(9, losses(4, 1, 2, NAN)).highestStableRate(Method.of(Variant.EXPLICIT, 1)))
                .isEqualTo(0.4);
    }

    /** The loss at 0.1 is above the threshold of 3, but the rate is below the best one. */
    @Test
    void aRateTooLowHasNotDiverged() {
        assertThat(of(9, losses(5, 4, 1, 2)).highestStableRate(Method.of(Variant.EXPLICIT, 1)))
                .isEqualTo(0.8);
    }

    @Test
    void aRateBehindADivergedOneDoesNotCount() {
        assertThat(of(9, losses(1, 5, 2, 5)).highestStableRate(Method.of(Variant.EXPLICIT, 1)))
                .isEqualTo(0.1);
    }

    @Test
    void nothingIsStableWhereAllDiverged() {
        RateReport lost = of(9, losses(NAN, NAN, NAN, NAN), 1, 1, 1, 1);
        assertThat(lost.highestStableRate(Method.of(Variant.EXPLICIT, 1))).isNaN();
        assertThat(lost.highestStableRate(Method.of(Variant.IMPLICIT, 1))).isNaN();
        assertThat(lost.isOpen(Method.of(Variant.EXPLICIT, 1))).isFalse();
        assertThat(of(9, losses(4, 1, 2, 5), 8, 7, 7, 8).highestStableRate(Method.of(Variant.IMPLICIT, 1)))
                .isNaN();
    }
}
