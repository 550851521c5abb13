package io.dl4jext.stochastic;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Algorithm 2 and eqs. 16–21 as printed, in plain loops over double[], for a network whose parameters lie in groups
 * that have kinds. Slow and obvious.
 */
final class PaperAlgorithm {

    /** Neighbouring parameters from {@code first} on. */
    static final class Range {
        final String group;
        final String kind;
        final int first;
        final int length;

        Range(String group, String kind, int first, int length) {
            this.group = group;
            this.kind = kind;
            this.first = first;
            this.length = length;
        }
    }

    private final List<Range> ranges;
    private final StochasticBatch config;
    private final double[] meanGradients;
    private final double[] counts;
    private final double[] velocities;

    /** The probabilities of the last step; NaN where no range lies. */
    double[] probabilities;

    PaperAlgorithm(List<Range> ranges, StochasticBatch config, int parameters) {
        this.ranges = ranges;
        this.config = config;
        this.meanGradients = new double[parameters];
        this.counts = new double[parameters];
        this.velocities = new double[parameters];
        Arrays.fill(counts, 1);
    }

    void beginEpoch() {
        if (config.isResetEachEpoch()) {
            Arrays.fill(meanGradients, 0);
            Arrays.fill(counts, 1);
        }
    }

    void step(double[] w, double[] g, double rate, double[] u) {
        for (int j = 0; j < g.length; j++) {
            meanGradients[j] = meanGradients[j] + (g[j] - meanGradients[j]) / counts[j];
        }
        boolean ofBatch = config.getProbabilityFrom() == GradientMagnitude.MINI_BATCH;
        probabilities = probabilities(ranges, ofBatch ? g : meanGradients, config);
        for (Range range : ranges) {
            for (int j = range.first; j < range.first + range.length; j++) {
                int chi = u[j] < probabilities[j] ? 1 : 0;
                double eta = config.isScaleLearningRate() ? counts[j] * rate : rate;
                if (chi == 1) {
                    velocities[j] = config.getMomentum() * velocities[j] + eta * meanGradients[j];
                }
                w[j] = w[j] - chi * velocities[j];
                meanGradients[j] = (1 - chi) * meanGradients[j];
                counts[j] = (1 - chi) * (counts[j] + 1) + chi;
            }
        }
    }

    /** @param g the gradient, or its running mean */
    static double[] probabilities(List<Range> ranges, double[] g, StochasticBatch config) {
        double[] p = new double[g.length];
        Arrays.fill(p, Double.NaN);
        Set<String> names = new LinkedHashSet<>();
        ranges.forEach(range -> names.add(range.group));
        for (String name : names) {
            List<Double> magnitudes = magnitudes(ranges, g, name);
            double mean = mean(magnitudes);
            double deviation = deviation(magnitudes);
            double gamma = config.getLambda() * score(ranges, g, name, config.isWeightGroupsBySize());
            for (Range range : ranges) {
                for (int j = range.first; range.group.equals(name) && j < range.first + range.length; j++) {
                    double v = deviation == 0 ? 0 : (Math.abs(g[j]) - mean) / deviation;
                    p[j] = config.getFixedProbability() != null
                            ? config.getFixedProbability()
                            : 1 / (1 + Math.exp(-config.getAlpha() * v - gamma));
                }
            }
        }
        return p;
    }

    /** μ̃_l: every parameter of the kind counts with its group's mean; without weights, every group. */
    private static double score(List<Range> ranges, double[] g, String name, boolean weighted) {
        String kind = ranges.stream()
                .filter(range -> range.group.equals(name))
                .findFirst()
                .get()
                .kind;
        List<Double> means = new ArrayList<>();
        Set<String> counted = new HashSet<>();
        for (Range range : ranges) {
            if (range.kind.equals(kind) && (weighted || counted.add(range.group))) {
                double mean = mean(magnitudes(ranges, g, range.group));
                for (int j = 0; j < (weighted ? range.length : 1); j++) {
                    means.add(mean);
                }
            }
        }
        double own = mean(magnitudes(ranges, g, name));
        boolean alone = means.stream().allMatch(mean -> mean == own);
        return alone ? 0 : (own - mean(means)) / deviation(means);
    }

    private static List<Double> magnitudes(List<Range> ranges, double[] g, String name) {
        List<Double> all = new ArrayList<>();
        for (Range range : ranges) {
            for (int j = range.first; range.group.equals(name) && j < range.first + range.length; j++) {
                all.add(Math.abs(g[j]));
            }
        }
        return all;
    }

    private static double mean(List<Double> values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.size();
    }

    private static double deviation(List<Double> values) {
        double mean = mean(values);
        double sum = 0;
        for (double value : values) {
            sum += (value - mean) * (value - mean);
        }
        return Math.sqrt(sum / values.size());
    }
}
