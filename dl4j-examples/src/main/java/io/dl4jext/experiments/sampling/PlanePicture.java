package io.dl4jext.experiments.sampling;

import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.chart.FisherChart;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** How the policies travel through the (C̄_K, L_K) plane, as the paper's Fig. 5: beacons dotted, the others in colour. */
final class PlanePicture {

    /** Shares of the epochs at which the paper marks its paths. */
    private static final double[] MARKS = {0.05, 0.2, 0.4, 0.6, 0.8, 1};

    private static final int WIDTH = 1100;
    private static final int HEIGHT = 760;

    private PlanePicture() {}

    /** Writes {@code plane.png} and {@code plane.svg}; nothing if no run can be drawn. */
    static void write(Path folder, String title, Map<String, FisherHistory> runs, Collection<String> beacons)
            throws IOException {
        if (runs.values().stream().noneMatch(PlanePicture::isDrawable)) {
            return;
        }
        FisherChart chart = FisherChart.plane()
                .addAll(runs)
                .backdrop(List.copyOf(beacons))
                .after(MARKS)
                .title(title)
                .size(WIDTH, HEIGHT)
                .build();
        chart.writePng(folder.resolve("plane.png"));
        chart.writeSvg(folder.resolve("plane.svg"));
    }

    private static boolean isDrawable(FisherHistory history) {
        return isPositive(history.averageConditionNumber()) && isPositive(history.cumulativeEnergy());
    }

    private static boolean isPositive(double value) {
        return value > 0 && value < Double.POSITIVE_INFINITY;
    }
}
