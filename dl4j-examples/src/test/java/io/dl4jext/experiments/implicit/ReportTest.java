package io.dl4jext.experiments.implicit;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.experiments.data.ImageShape;
import io.dl4jext.experiments.data.RandomImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

    private static final double NAN = Double.NaN;

    @TempDir
    Path folder;

    private final List<Run> runs = new ArrayList<>();

    @Test
    void tableAndRates() {
        add(Arm.EXPLICIT, 1, 0.5, 3, NAN);
        add(Arm.IMPLICIT, 1, 0.5, 0.6, 2.5);
        assertThat(report(Arm.EXPLICIT, Arm.IMPLICIT))
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
        add(Arm.EXPLICIT, 1, 0.5, 3, NAN);
        add(Arm.IMPLICIT, 1, 0.5, 0.6, 0.7);
        add(Arm.EXPLICIT_CLIP, 1, 0.5, 0.6, 0.7);
        add(Arm.IMPLICIT_CLIP, 1, 0.5, 3, 3);
        add(Arm.EXACT, 1, 0.5, 0.6, 0.7);
        assertThat(report(Arm.EXPLICIT, Arm.IMPLICIT, Arm.EXPLICIT_CLIP, Arm.IMPLICIT_CLIP, Arm.EXACT))
                .contains("explicit 0.2, implicit >= 0.8 (ratio >= 4.000), exact >= 0.8 (ratio >= 4.000);"
                        + " with clipping: explicit-clip >= 0.8, implicit-clip 0.2 (ratio <= 0.2500)\n");
        assertThat(report(Arm.EXPLICIT, Arm.EXPLICIT_CLIP))
                .contains("highest stable rate: explicit 0.2; with clipping: explicit-clip >= 0.8\n");
    }

    @Test
    void noRatioWithoutTwoRates() {
        add(Arm.EXPLICIT, 1, 0.5, 0.5, 0.5);
        add(Arm.IMPLICIT, 1, 0.5, 0.6, 0.7);
        assertThat(report(Arm.EXPLICIT, Arm.IMPLICIT)).contains("ratio unknown: both are stable at the highest rate");
        assertThat(report(Arm.IMPLICIT)).contains("no stable rates without the arm explicit");
        runs.clear();
        add(Arm.EXPLICIT, NAN, NAN, NAN, NAN);
        add(Arm.IMPLICIT, 1, 0.5, 0.6, 0.7);
        assertThat(report(Arm.EXPLICIT, Arm.IMPLICIT)).contains("explicit none, implicit none (ratio unknown)\n");
    }

    @Test
    void picturesOfAnyLosses() throws IOException {
        add(Arm.EXPLICIT, 1, 0.5, 3, NAN);
        add(Arm.IMPLICIT, 0, 1e-3, 1e30, 2);
        draws("mixed");
        runs.clear();
        add(Arm.EXPLICIT, NAN, NAN, NAN, NAN);
        draws("lost");
        runs.clear();
        add(Arm.EXPLICIT, 0, 0, 0, 0);
        draws("zero");
        runs.clear();
        runs.add(new Run(Arm.EXACT, 1e-3, 1, 1, 0));
        draws("one");
    }

    private void draws(String name) throws IOException {
        Path sub = Files.createDirectories(folder.resolve(name));
        List<Arm> arms = runs.stream().map(Run::arm).distinct().collect(Collectors.toList());
        new Report(task(), "as set", arms, runs, 2).draw(sub);
        assertThat(ImageIO.read(sub.resolve("noise.png").toFile()).getWidth()).isEqualTo(900);
    }

    /** Two seeds, 10 % below and above each loss. */
    private void add(Arm arm, double... losses) {
        double[] rates = {0.1, 0.2, 0.4, 0.8};
        for (int i = 0; i < losses.length; i++) {
            runs.add(new Run(arm, rates[i], 1, 0.9 * losses[i], 0));
            runs.add(new Run(arm, rates[i], 2, 1.1 * losses[i], 0));
        }
    }

    private String report(Arm... arms) {
        return new Report(task(), "as set", Arrays.asList(arms), runs, 2)
                .toString()
                .replaceAll(" +\n", "\n");
    }

    private static Task task() {
        ImageShape shape = new ImageShape(1, 1, 4);
        return new TableTask(
                new ImageSet("noise", RandomImages.of(shape, 2, 8, 1), RandomImages.of(shape, 2, 2, 2)),
                4,
                FirstWeights.XAVIER);
    }
}
