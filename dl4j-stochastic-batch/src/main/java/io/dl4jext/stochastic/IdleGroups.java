package io.dl4jext.stochastic;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns, once for each group, where a group is hardly ever updated: its mean update probability over {@value
 * #ITERATIONS} iterations is below {@value #LEAST_PROBABILITY}.
 */
final class IdleGroups {

    /** Of a parameter whose magnitude is its group's mean. */
    static final double LEAST_PROBABILITY = 1e-4;

    /** That a mean is of, one such span after the other. */
    static final int ITERATIONS = 50;

    private static final Logger LOG = LoggerFactory.getLogger(StochasticBatch.class);

    private final Map<String, Span> spans = new HashMap<>();
    private final Set<String> warned = new HashSet<>();

    /** The iterations of a group that count together. */
    private static final class Span {

        private final int first;
        private double sum;
        private long number;

        Span(int first) {
            this.first = first;
        }

        void add(double probability) {
            sum += probability;
            number++;
        }

        boolean isOver(int iteration) {
            return iteration - first + 1 >= ITERATIONS;
        }
    }

    /** Workers of a ParallelWrapper call it in turns, each with its own groups of the same names; not at a time. */
    void watch(int iteration, Collection<ParameterGroup> groups) {
        for (ParameterGroup group : groups) {
            if (Double.isNaN(group.probability()) || warned.contains(group.name)) {
                continue;
            }
            Span span = spans.computeIfAbsent(group.name, name -> new Span(iteration));
            span.add(group.probability());
            if (span.isOver(iteration)) {
                spans.remove(group.name);
                if (span.sum / span.number < LEAST_PROBABILITY) {
                    warned.add(group.name);
                    warn(group, span.sum / span.number);
                }
            }
        }
    }

    private static void warn(ParameterGroup group, double mean) {
        LOG.warn(
                "StochasticBatch: the parameters of group '{}' are hardly ever updated: their mean update probability over {}"
                        + " iterations was {} (below {}), because their mean gradient lies away from that of the groups of its"
                        + " kind, by {} deviations now. {}",
                group.name,
                ITERATIONS,
                String.format(Locale.ROOT, "%.1e", mean),
                LEAST_PROBABILITY,
                String.format(Locale.ROOT, "%+.1f", group.score),
                advice(group.config));
    }

    private static String advice(StochasticBatch config) {
        StringBuilder advice = new StringBuilder("Set lambda, now ").append(config.getLambda());
        advice.append(Math.abs(config.getLambda()) > 2 ? ", to -2 or to 0" : ", nearer to 0")
                .append(" (the local scheme)");
        if (config.isWeightGroupsBySize()) {
            advice.append(", or weightGroupsBySize(false)");
        }
        if (config.getProbabilityFrom() == GradientMagnitude.MINI_BATCH) {
            advice.append(", or probabilityFrom(GradientMagnitude.RUNNING_MEAN)");
        }
        return advice.append('.').toString();
    }
}
