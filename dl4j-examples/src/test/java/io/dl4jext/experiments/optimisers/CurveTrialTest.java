package io.dl4jext.experiments.optimisers;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.experiments.engine.Run;
import io.dl4jext.experiments.engine.Score;
import java.util.List;
import org.junit.jupiter.api.Test;

class CurveTrialTest {

    private static Run<CurveTrial> run(String what, long seed, double loss, double accuracy, double seconds) {
        Run.Point end = new Run.Point(1, loss, new Score(loss, accuracy));
        return new Run<>(new CurveTrial(what, seed, 1, () -> null), 1, 1, Double.isNaN(loss), List.of(end), seconds);
    }

    @Test
    void someNaNAmongSeedsIsCounted() {
        CurveTrial.Cells cells = CurveTrial.Cells.of(
                "x",
                List.of(run("x", 1, 0.5, 0.75, 2), run("y", 1, Double.NaN, 0.25, 9), run("x", 2, Double.NaN, 0.25, 1)));
        assertThat(cells.loss).isEqualTo("0.5000, NaN 1 of 2");
        assertThat(cells.accuracy).isEqualTo("0.5000 +- 0.3536");
        assertThat(cells.seconds).isEqualTo("2");
    }

    @Test
    void nothingButNaNIsNaN() {
        assertThat(new CurveTrial.Cells(List.of(run("x", 1, Double.NaN, 0.1, 1))).loss)
                .isEqualTo("NaN");
    }
}
