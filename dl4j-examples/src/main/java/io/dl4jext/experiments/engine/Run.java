package io.dl4jext.experiments.engine;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What one training gave. Immutable. */
public final class Run<T> {

    /** What was measured after a number of steps. Immutable. */
    public static final class Point {

        /** Steps so far. */
        public final long steps;

        /**
         * Mean over the examples of the steps since the point before, or of the last epoch where only last epochs are
         * measured; each as its step saw it. NaN if it diverged.
         */
        public final double trainLoss;

        /** On the test examples, as a rule. */
        public final Score score;

        public Point(long steps, double trainLoss, Score score) {
            this.steps = steps;
            this.trainLoss = trainLoss;
            this.score = score;
        }
    }

    /** What was trained. */
    public final T trial;

    /** Parameter updates. */
    public final long steps;

    /** Examples of all steps together. */
    public final long examples;

    /** Whether loss or parameters became NaN or infinite, which ended the training. */
    public final boolean diverged;

    /** At least one point, the last at the end. */
    public final List<Point> curve;

    /** Of training, without measuring. */
    public final double seconds;

    public Run(T trial, long steps, long examples, boolean diverged, List<Point> curve, double seconds) {
        this.trial = trial;
        this.steps = steps;
        this.examples = examples;
        this.diverged = diverged;
        this.curve = List.copyOf(curve);
        this.seconds = seconds;
    }

    public Point last() {
        return curve.get(curve.size() - 1);
    }

    /** The share of the test examples that are classified wrongly at the end; NaN if the training diverged. */
    public double testError() {
        return diverged ? Double.NaN : 1 - last().score.accuracy;
    }

    /** The same of the examples by which the best is chosen. */
    public double validationError() {
        return diverged ? Double.NaN : 1 - last().score.validationAccuracy;
    }

    /** The runs in groups of those whose trials agree in something, in the order in which they first come. */
    public static <T, K> Map<K, List<Run<T>>> by(Function<? super T, K> key, Collection<Run<T>> runs) {
        return runs.stream()
                .collect(Collectors.groupingBy(run -> key.apply(run.trial), LinkedHashMap::new, Collectors.toList()));
    }

    /** The runs of such trials. */
    public static <T> List<Run<T>> of(Collection<Run<T>> runs, Predicate<? super T> chosen) {
        return runs.stream().filter(run -> chosen.test(run.trial)).collect(Collectors.toList());
    }
}
