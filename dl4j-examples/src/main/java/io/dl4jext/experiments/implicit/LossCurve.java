package io.dl4jext.experiments.implicit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Mean and deviation of an arm's final losses for each learning rate, in ascending order of the rates. */
final class LossCurve {

    private final Arm arm;
    private final List<Point> points;

    private LossCurve(Arm arm, List<Point> points) {
        this.arm = arm;
        this.points = points;
    }

    static LossCurve of(Arm arm, List<Run> runs) {
        List<Run> own = runs.stream().filter(run -> run.arm() == arm).collect(Collectors.toList());
        List<Point> points = new ArrayList<>();
        for (double rate : new TreeSet<>(own.stream().map(Run::rate).collect(Collectors.toList()))) {
            points.add(new Point(
                    rate,
                    own.stream()
                            .filter(run -> run.rate() == rate)
                            .mapToDouble(Run::loss)
                            .toArray()));
        }
        return new LossCurve(arm, Collections.unmodifiableList(points));
    }

    Arm arm() {
        return arm;
    }

    List<Point> points() {
        return points;
    }

    /** The point of a rate, or null. */
    Point at(double rate) {
        return points.stream().filter(point -> point.rate == rate).findFirst().orElse(null);
    }

    /** The losses of one rate. */
    static final class Point {

        private final double rate;
        private final double mean;
        private final double deviation;
        private final long diverged;
        private final int count;

        Point(double rate, double... losses) {
            this.rate = rate;
            this.count = losses.length;
            double sum = 0;
            long infinite = 0;
            for (double loss : losses) {
                sum += loss;
                infinite += Double.isFinite(loss) ? 0 : 1;
            }
            this.diverged = infinite;
            this.mean = infinite > 0 ? Double.POSITIVE_INFINITY : sum / count;
            double squares = 0;
            for (double loss : losses) {
                squares += (loss - mean) * (loss - mean);
            }
            this.deviation = count == 1 ? 0 : Math.sqrt(squares / (count - 1));
        }

        double rate() {
            return rate;
        }

        /** The mean loss; infinite if any run diverged. */
        double mean() {
            return mean;
        }

        /** The standard deviation over the seeds (divided by n − 1); 0 with one seed, no number if any run diverged. */
        double deviation() {
            return deviation;
        }

        /** How many of the runs diverged. */
        long diverged() {
            return diverged;
        }

        int count() {
            return count;
        }
    }
}
