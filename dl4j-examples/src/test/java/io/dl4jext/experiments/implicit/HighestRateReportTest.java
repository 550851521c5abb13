package io.dl4jext.experiments.implicit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.experiments.data.ImageShape;
import io.dl4jext.experiments.data.RandomImages;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HighestRateReportTest {

    private static final double NAN = Double.NaN;
    private static final Method IMPLICIT = Method.of(Variant.IMPLICIT, 1);

    private final List<FoundRate> found = new ArrayList<>();

    private static Task task() {
        ImageShape shape = new ImageShape(1, 1, 4);
        return Task.table(
                new ImageSet("noise", RandomImages.of(shape, 2, 8, 1), RandomImages.of(shape, 2, 2, 2)),
                4,
                InitialWeights.XAVIER);
    }

    /** Rates of seeds 1, 2, ...; NaN for none, negative for those that are open. */
    private void add(Method method, double... rates) {
        for (int i = 0; i < rates.length; i++) {
            double rate = Math.abs(rates[i]);
            double unstable = rates[i] < 0 ? Double.POSITIVE_INFINITY : 1.1 * rate;
            RateSearch.Bracket bracket =
                    Double.isNaN(rate) ? RateSearch.Bracket.NONE : new RateSearch.Bracket(rate, unstable, rate == 7);
            found.add(new FoundRate(task(), method, i + 1, bracket, 1));
        }
    }

    private HighestRateReport report() {
        HighestRateReport report = new HighestRateReport("noise, as set", List.copyOf(found));
        found.clear();
        return report;
    }

    private String text() {
        return report().toString().replaceAll(" +\n", "\n");
    }

    /**
     * t of 1 degree of freedom is 12.7062, and half the distance of the logarithms log 2, log √3.5 and log √(4/3.5):
     * the intervals are the means times 2^±12.7062, 3.5^±6.3531, (4/3.5)^±6.3531.
     */
    @Test
    void meansAndIntervals() {
        add(Method.EXPLICIT, 0.5, 2);
        add(IMPLICIT, 2, 7);
        add(Method.of(Variant.EXPLICIT_CLIP, 8), 1, 1);
        assertThat(text())
                .isEqualTo("noise, as set\n"
                        + "highest stable rate           explicit           implicit  explicit-clip-8\n"
                        + "seed 1                             0.5                  2                1\n"
                        + "seed 2                               2                7 *                1\n"
                        + "geometric mean                   1.000              3.742            1.000\n"
                        + "95 % interval        0.0001496 to 6683  0.001308 to 10705   1.000 to 1.000\n"
                        + "ratio to explicit                                   3.742\n"
                        + "95 % interval                              1.602 to 8.740\n");
    }

    @Test
    void boundsAreBounds() {
        add(Method.EXPLICIT, 0.5, 2, NAN);
        add(IMPLICIT, 2, -8, 3);
        assertThat(text())
                .containsPattern("seed 2 +2 +>= 8\n")
                .containsPattern("seed 3 +none +3\n")
                .containsPattern("geometric mean +1\\.000 +>= 3\\.634\n95 % interval +0\\.\\S+ to \\S+ +-\n")
                .containsPattern("ratio to explicit +>= 4\\.000\n95 % interval +-\n");
        add(Method.EXPLICIT, -2);
        add(IMPLICIT, 4);
        assertThat(text()).containsPattern("ratio to explicit +<= 2\\.000\n");
        add(Method.EXPLICIT, -2);
        add(IMPLICIT, -4);
        assertThat(text()).containsPattern("ratio to explicit +-\n");
        add(Method.EXPLICIT, NAN);
        add(IMPLICIT, NAN);
        assertThat(text()).containsPattern("geometric mean +- +-\n").containsPattern("ratio to explicit +-\n");
    }

    @Test
    void nothingIsComparedWithoutTheReference() {
        add(Method.EXPLICIT, 0.5);
        add(Method.of(Variant.IMPLICIT_CLIP, 8), 2);
        HighestRateReport report = report();
        assertThat(report.toString()).doesNotContain("ratio");
        assertThat(report.ratio(Method.of(Variant.IMPLICIT_CLIP, 8))).isNaN();
        assertThat(report.ratio(Method.EXPLICIT)).isNaN();
        assertThat(HighestRateReport.over(List.of(report, report))).isEmpty();
    }

    /** Ratios 2, 1, 0.5, √2·√8 = 4, one open and one of none. */
    @Test
    void ratiosOverTables() {
        double[][][] tables = {{{1}, {2}}, {{3}, {3}}, {{2}, {1}}, {{1, 1}, {2, 8}}, {{1}, {-2}}, {{NAN}, {2}}};
        List<HighestRateReport> reports = new ArrayList<>();
        for (double[][] table : tables) {
            add(Method.EXPLICIT, table[0]);
            add(IMPLICIT, table[1]);
            reports.add(report());
        }
        assertThat(reports.get(3).ratio(IMPLICIT)).isCloseTo(4, within(1e-12));
        assertThat(reports.get(4).ratio(IMPLICIT)).isNaN();
        // The logarithms are log 2 times 1, 0, -1, 2: mean 0.5, deviation 1.290994, t of 3 degrees 3.182446.
        assertThat(HighestRateReport.over(reports))
                .isEqualTo("ratio of the highest stable rates, geometric mean over the tables\n"
                        + "implicit / explicit: 1.414, 95 % interval 0.3405 to 5.874; of 6 tables higher on 2, the same on 1,"
                        + " lower on 1, unknown or only bounded on 2\n\n");
    }
}
