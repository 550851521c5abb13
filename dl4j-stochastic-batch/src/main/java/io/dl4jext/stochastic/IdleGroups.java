package io.dl4jext.stochastic;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns, once for each group, where a group's update probability stays so low that it is not trained. */
final class IdleGroups {

    /** Of a parameter whose magnitude is its group's mean. */
    static final double LEAST_PROBABILITY = 1e-4;

    static final int MOST_ITERATIONS = 50;

    private static final Logger LOG = LoggerFactory.getLogger(StochasticBatch.class);

    private final Map<String, Integer> lowSince = new HashMap<>();
    private final Set<String> warned = new HashSet<>();

    /** Workers of a ParallelWrapper call it in turns, each with its own groups of the same names; not at a time. */
    void watch(int iteration, Collection<ParameterGroup> groups) {
        for (ParameterGroup group : groups) {
            if (warned.contains(group.name)) {
                continue;
            }
            if (!(group.probability() < LEAST_PROBABILITY)) {
                lowSince.remove(group.name);
            } else if (iteration - lowSince.computeIfAbsent(group.name, name -> iteration) + 1 >= MOST_ITERATIONS) {
                warned.add(group.name);
                LOG.warn(
                        "StochasticBatch: the parameters of group '{}' are practically not trained: their update probability"
                                + " was below {} for {} iterations, it is {} now, because their mean gradient lies {}"
                                + " deviations from that of the groups of its kind. {}",
                        group.name,
                        LEAST_PROBABILITY,
                        MOST_ITERATIONS,
                        String.format("%.1e", group.probability()),
                        String.format("%+.1f", group.score),
                        advice(group.config));
            }
        }
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
