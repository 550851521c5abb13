/**
 * The command {@code implicit}: Fagan and Iyengar's experiments. Each sub-command gives one or more {@code Task}s (data, network, loss);
 * {@code RateSweepCommand} declares a {@code RateTrial} for every variant, learning rate and seed; {@code RateReport} and
 * {@code LossPicture} show which rates are stable.
 */
package io.dl4jext.experiments.implicit;
