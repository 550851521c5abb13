/**
 * {@code stochastic-batch}: paper 2's comparison. An {@link io.dl4jext.experiments.stochastic.Arm} (a method with its settings)
 * trains under a {@link io.dl4jext.experiments.stochastic.Setting} (batch size, momentum, share of the examples); {@link
 * io.dl4jext.experiments.stochastic.Training} gives a {@link io.dl4jext.experiments.stochastic.Run}, {@link
 * io.dl4jext.experiments.stochastic.Comparison} their tables.
 */
package io.dl4jext.experiments.stochastic;
