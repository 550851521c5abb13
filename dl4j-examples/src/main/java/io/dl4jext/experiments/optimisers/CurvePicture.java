package io.dl4jext.experiments.optimisers;

import io.dl4jext.experiments.engine.Run;
import io.dl4jext.experiments.report.LineChart;
import io.dl4jext.experiments.report.Numbers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoublePredicate;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/**
 * Training loss (logarithmic where it spans much) and test accuracy beside each other, a line for each setting. The
 * accuracy's axis begins where those begin that learn; a line that stays below is in the legend only, with its
 * accuracy, as are losses that are NaN.
 */
final class CurvePicture {

    private static final int WIDTH = 560;
    private static final int LEGEND = 330;
    private static final int HEIGHT = 480;
    private static final double MARGIN = 1.03;
    private static final double LOGARITHMIC_FROM = 8;
    private static final double LEARNT = 0.5;
    private static final double STEP = 0.05;

    private final String title;
    private final String unit;
    private final List<Line> lines = new ArrayList<>();

    /** @param unit of the horizontal axis */
    CurvePicture(String title, String unit) {
        this.title = title;
        this.unit = unit;
    }

    /**
     * Adds a line; none for a curve without points.
     *
     * @param stepsPerUnit what makes one unit of the horizontal axis
     */
    void add(String name, List<Run.Point> curve, double stepsPerUnit) {
        if (!curve.isEmpty()) {
            lines.add(new Line(name, curve, stepsPerUnit));
        }
    }

    /** Nothing if there is no line. */
    void writePng(Path file) throws IOException {
        if (lines.isEmpty()) {
            return;
        }
        LineChart loss = new LineChart(WIDTH, HEIGHT, title + ": training loss", unit, "loss");
        LineChart accuracy = new LineChart(WIDTH + LEGEND, HEIGHT, title + ": test accuracy", unit, "accuracy");
        loss.style().setLegendVisible(false);
        double end = lines.stream()
                .mapToDouble(line -> line.x[line.x.length - 1])
                .max()
                .orElseThrow();
        double floor = floor();
        for (Line line : lines) {
            loss.next(line.label, line.x, only(line.losses, value -> value > 0 && value < Double.POSITIVE_INFINITY));
            accuracy.next(line.label, line.x, only(line.accuracies, value -> value >= floor));
        }
        for (LineChart chart : List.of(loss, accuracy)) {
            chart.x(0, MARGIN * end, false).style().setMarkerSize(5);
        }
        double[] losses = all(line -> line.losses)
                .filter(value -> value > 0 && value < Double.POSITIVE_INFINITY)
                .sorted()
                .toArray();
        if (losses.length > 0) {
            double largest = losses[losses.length - 1];
            if (largest / losses[0] > LOGARITHMIC_FROM) {
                loss.y(losses[0] / 1.3, largest * 1.3, true);
            } else {
                loss.y(0, MARGIN * largest, false);
            }
        }
        double best = all(line -> line.accuracies).max().orElse(1);
        accuracy.y(floor, best > LEARNT ? 1 : best + STEP, false);
        LineChart.writePng(file, loss, accuracy);
    }

    private DoubleStream all(Function<Line, double[]> values) {
        return lines.stream().map(values).flatMapToDouble(Arrays::stream);
    }

    /** The lowest accuracy of the lines that learn, rounded down; 0 if none does. */
    private double floor() {
        double lowest = lines.stream()
                .map(line -> line.accuracies)
                .filter(accuracies -> accuracies[accuracies.length - 1] >= LEARNT)
                .flatMapToDouble(Arrays::stream)
                .min()
                .orElse(0);
        return lowest == 1 ? 0 : Math.max(0, Math.floor(lowest / STEP) * STEP);
    }

    /** The others become gaps. */
    private static double[] only(double[] values, DoublePredicate shown) {
        DoubleUnaryOperator gap = value -> shown.test(value) ? value : Double.NaN;
        return Arrays.stream(values).map(gap).toArray();
    }

    private static final class Line {

        final String label;
        final double[] x;
        final double[] losses;
        final double[] accuracies;

        Line(String name, List<Run.Point> curve, double stepsPerUnit) {
            Run.Point last = curve.get(curve.size() - 1);
            label = name + ": "
                    + (Double.isFinite(last.trainLoss) ? Numbers.format("%.3f", last.score.accuracy) : "NaN");
            x = values(curve, point -> point.steps / stepsPerUnit);
            losses = values(curve, point -> point.trainLoss);
            accuracies = values(curve, point -> point.score.accuracy);
        }

        private static double[] values(List<Run.Point> curve, ToDoubleFunction<Run.Point> value) {
            return curve.stream().mapToDouble(value).toArray();
        }
    }
}
