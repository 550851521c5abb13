/**
 * The command {@code stochastic-batch}: Nakamura et al.'s comparison. A {@code Variant} (a method with its settings) is
 * trained under a setting (batch size, momentum, share of the examples) with a learning rate and a seed: a
 * {@code MethodTrial}. A {@code RateChoice} says with which rate a variant counts, a {@code Comparison} how it does
 * against another, seed by seed; {@code StochasticReport} writes all of it, {@code Table3} what the paper has beside
 * it.
 */
package io.dl4jext.experiments.stochastic;
