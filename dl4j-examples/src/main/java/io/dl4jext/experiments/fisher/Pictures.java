package io.dl4jext.experiments.fisher;

import io.dl4jext.fisher.chart.FisherChart;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Draws all runs into the (C̄_K, L_K) plane and over iterations. */
final class Pictures {

    private Pictures() {}

    /** Writes {@code plane.png}, {@code plane.svg} and {@code curves.png}; none if every run diverged at once. */
    static List<Path> write(Path folder, String title, List<Result> results, Set<String> best) throws IOException {
        List<Path> files = new ArrayList<>();
        if (results.stream().noneMatch(Pictures::drawable)) {
            return files;
        }
        FisherChart plane = chart(FisherChart.plane(), title, results, best);
        Path png = folder.resolve("plane.png");
        plane.writePng(png);
        files.add(png);
        Path svg = folder.resolve("plane.svg");
        plane.writeSvg(svg);
        files.add(svg);
        Path curves = folder.resolve("curves.png");
        chart(FisherChart.overIterations(), title, results, best).writePng(curves);
        files.add(curves);
        return files;
    }

    private static FisherChart chart(FisherChart.Builder chart, String title, List<Result> results, Set<String> best) {
        results.forEach(result -> chart.add(result.name(), result.history()));
        return chart.title(title).highlight(best).build();
    }

    private static boolean drawable(Result result) {
        return result.history().summaries().stream()
                .anyMatch(summary ->
                        isPositive(summary.averageConditionNumber()) && isPositive(summary.cumulativeEnergy()));
    }

    private static boolean isPositive(double value) {
        return value > 0 && value < Double.POSITIVE_INFINITY;
    }
}
