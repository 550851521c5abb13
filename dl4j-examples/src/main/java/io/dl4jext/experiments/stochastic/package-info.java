/**
 * The command {@code stochastic-batch}: Nakamura et al.'s comparison. A {@code Variant} (a method with its settings) is trained under a
 * setting (batch size, momentum, share of the examples) with a seed: a {@code MethodTrial}; {@code StochasticReport} compares.
 */
package io.dl4jext.experiments.stochastic;
