/**
 * Stochastic batch size for every parameter (Nakamura, Soatto and Hong, "Stochastic batch size for adaptive
 * regularization in deep network optimization").
 *
 * <p>A {@link io.dl4jext.stochastic.StochasticBatch} is the updater's configuration; a
 * {@link io.dl4jext.stochastic.StochasticBatchListener} tells it which parameters form a group. At each iteration, the
 * gradient's moments in each group give the probability with which each parameter is updated; draws from a
 * counter-based generator decide; a parameter that is not updated waits and adds up its gradients. What happened is
 * counted in {@link io.dl4jext.stochastic.UpdateStatistics}.
 */
package io.dl4jext.stochastic;
