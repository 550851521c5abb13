package io.dl4jext.implicit.internal.prox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dl4jext.implicit.Seeds;
import io.dl4jext.implicit.activation.RootRule;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The loop over a row finds what the general search finds, where it decides itself and where it hands over. */
class TanhSlopeTest {

    @ParameterizedTest
    @CsvSource({"tanh, GLOBAL", "sigmoid, GLOBAL", "tanh, NEAREST", "sigmoid, NEAREST"})
    void rowAgreesWithTheSearch(String name, RootRule rule) {
        Curve curve = name.equals("tanh") ? new TanhCurve(false) : new SigmoidCurve();
        double factor = name.equals("tanh") ? 1 : 0.5;
        CurveSlope search = new CurveSlope(curve, rule);
        TanhSlope slope = new TanhSlope(curve, factor, factor, rule);
        Random random = Seeds.random("tanh rows");
        int length = 20_000;
        double[] c = new double[length];
        double[] p = new double[length];
        double[] t = new double[length];
        for (int j = 0; j < length; j++) {
            c[j] = random.nextGaussian() * Math.exp(2 * random.nextGaussian());
            p[j] = random.nextGaussian() * Math.exp(3 * random.nextGaussian());
        }
        c[0] = 0;
        p[1] = 1e-300;
        c[2] = 800;
        c[3] = -800;
        slope.row(c, p, t, length);
        for (int j = 0; j < length; j++) {
            double expected = search.at(c[j], p[j]);
            assertThat(t[j])
                    .as("c = %s, p = %s", c[j], p[j])
                    .isCloseTo(expected, within(1e-11 * Math.max(expected, 1e-3)));
        }
    }
}
