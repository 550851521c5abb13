/**
 * All statistics of the experiments, on Hipparchus: what a {@link io.dl4jext.experiments.statistics.Sample} says of
 * itself, and the {@link io.dl4jext.experiments.statistics.Significance} of differences. Trainings that share seeds are
 * pairs.
 */
package io.dl4jext.experiments.statistics;
