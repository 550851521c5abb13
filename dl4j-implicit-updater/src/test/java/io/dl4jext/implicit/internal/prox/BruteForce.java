package io.dl4jext.implicit.internal.prox;

import java.util.Arrays;

/**
 * The slow, obvious minimum of eq. (8), with σ by ND4J: the objective b·σ(u) + (1+ημ)·(c − u)²/(2ηN) at u = c − a·ηN on
 * grids of all scales around c, 0 and the activation's borders, then finer and finer around the best valleys.
 */
final class BruteForce {

    /** No activation under test is steeper than this or jumps further. */
    private static final double STEEPEST = 3;

    private static final double FURTHEST_JUMP = 2;

    private static final int VALLEYS = 3;
    private static final int ZOOMS = 5;
    private static final int ZOOM_POINTS = 101;

    private final Sample sample;
    private final double b;
    private final double c;
    private final double stiffness;
    private final double reach;

    BruteForce(Sample sample, double b, double q, double squaredNorm, double eta, double mu) {
        double ridge = 1 + eta * mu;
        this.sample = sample;
        this.b = b;
        this.c = q / ridge;
        this.stiffness = ridge / (eta * squaredNorm);
        double p = Math.abs(b) / stiffness;
        this.reach = 1.1 * (STEEPEST * p + Math.sqrt(STEEPEST * STEEPEST * p * p + 2 * p * FURTHEST_JUMP));
    }

    double[] objective(double[] points) {
        double[] values = sample.values(points);
        for (int i = 0; i < points.length; i++) {
            values[i] = b * values[i] + stiffness * (c - points[i]) * (c - points[i]) / 2;
        }
        return values;
    }

    double minimum() {
        double[] points = grid();
        double[] values = objective(points);
        double best = Arrays.stream(values).min().getAsDouble();
        double[] left = new double[VALLEYS];
        double[] right = new double[VALLEYS];
        for (int valley = 0; valley < VALLEYS; valley++) {
            int lowest = 0;
            for (int i = 1; i < points.length; i++) {
                boolean low = values[i] <= values[i - 1] && (i == points.length - 1 || values[i] <= values[i + 1]);
                lowest = low && values[i] < values[lowest] ? i : lowest;
            }
            left[valley] = points[Math.max(0, lowest - 1)];
            right[valley] = points[Math.min(points.length - 1, lowest + 1)];
            values[lowest] = Double.POSITIVE_INFINITY;
        }
        for (int zoom = 0; zoom < ZOOMS; zoom++) {
            best = Math.min(best, zoom(left, right));
        }
        return best;
    }

    /** Looks at all valleys and narrows them down. */
    private double zoom(double[] left, double[] right) {
        double[] points = new double[VALLEYS * ZOOM_POINTS];
        for (int i = 0; i < points.length; i++) {
            int valley = i / ZOOM_POINTS;
            points[i] = left[valley] + (right[valley] - left[valley]) * (i % ZOOM_POINTS) / (ZOOM_POINTS - 1);
        }
        double[] values = objective(points);
        double best = Double.POSITIVE_INFINITY;
        for (int valley = 0; valley < VALLEYS; valley++) {
            int first = valley * ZOOM_POINTS;
            int last = first + ZOOM_POINTS - 1;
            int lowest = first;
            for (int i = first; i <= last; i++) {
                lowest = values[i] < values[lowest] ? i : lowest;
            }
            best = Math.min(best, values[lowest]);
            left[valley] = points[Math.max(first, lowest - 1)];
            right[valley] = points[Math.min(last, lowest + 1)];
        }
        return best;
    }

    private double[] grid() {
        int scales = 100;
        int uniform = 400;
        double[] centres = Arrays.copyOf(sample.borders, sample.borders.length + 2);
        centres[centres.length - 1] = c;
        double[] points = new double[centres.length * (2 * scales + 1) + 2 * uniform];
        int n = 0;
        for (double centre : centres) {
            points[n++] = centre;
            for (int i = 0; i < scales; i++) {
                double distance = Math.pow(10, -9 + 18.0 * i / (scales - 1));
                points[n++] = centre - distance;
                points[n++] = centre + distance;
            }
        }
        for (int i = 0; i < uniform; i++) {
            points[n++] = c + reach * (2.0 * i / (uniform - 1) - 1);
            points[n++] = -12 + 24.0 * i / (uniform - 1);
        }
        return Arrays.stream(points)
                .filter(u -> Math.abs(u - c) <= reach)
                .sorted()
                .distinct()
                .toArray();
    }
}
