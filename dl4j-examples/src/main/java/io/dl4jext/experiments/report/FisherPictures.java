package io.dl4jext.experiments.report;

import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.chart.FisherChart;
import io.dl4jext.fisher.report.FisherReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;

/** Trainings in the (C̄_K, L_K) plane, over iterations and as a page; none where there is nothing to draw. */
public final class FisherPictures {

    /** Shares of the epochs at which Liao et al. mark their paths. */
    private static final double[] MARKS = {0.05, 0.2, 0.4, 0.6, 0.8, 1};

    private FisherPictures() {}

    /** Writes {@code plane.png}, {@code plane.svg} and {@code curves.png}, some of the trainings ringed. */
    public static void writeGrid(Path folder, String title, Map<String, FisherHistory> runs, Collection<String> ringed)
            throws IOException {
        if (runs.values().stream()
                .flatMap(run -> run.summaries().stream())
                .anyMatch(at -> isDrawable(at.averageConditionNumber(), at.cumulativeEnergy()))) {
            writePlane(
                    folder,
                    FisherChart.plane()
                            .addAll(runs)
                            .highlight(List.copyOf(ringed))
                            .title(title)
                            .build());
            FisherChart.overIterations()
                    .addAll(runs)
                    .highlight(List.copyOf(ringed))
                    .title(title)
                    .build()
                    .writePng(folder.resolve("curves.png"));
        }
    }

    /** Writes {@code plane.png} and {@code plane.svg} as the paper's Fig. 5: beacons dotted, the others in colour. */
    public static void writePaths(
            Path folder, String title, Map<String, FisherHistory> runs, Collection<String> beacons) throws IOException {
        if (runs.values().stream().anyMatch(run -> isDrawable(run.averageConditionNumber(), run.cumulativeEnergy()))) {
            writePlane(
                    folder,
                    FisherChart.plane()
                            .addAll(runs)
                            .backdrop(List.copyOf(beacons))
                            .after(MARKS)
                            .title(title)
                            .size(1100, 760)
                            .build());
        }
    }

    /** Writes {@code report.html}, the page with these runs added. */
    public static void writePage(Path folder, FisherReport.Builder page, Map<String, FisherHistory> runs)
            throws IOException {
        if (runs.values().stream().anyMatch(run -> !run.measurements().isEmpty())) {
            page.addAll(runs).build().write(folder.resolve("report.html"));
        }
    }

    private static void writePlane(Path folder, FisherChart plane) throws IOException {
        plane.writePng(folder.resolve("plane.png"));
        plane.writeSvg(folder.resolve("plane.svg"));
    }

    private static boolean isDrawable(double... values) {
        return DoubleStream.of(values).allMatch(value -> value > 0 && value < Double.POSITIVE_INFINITY);
    }
}
