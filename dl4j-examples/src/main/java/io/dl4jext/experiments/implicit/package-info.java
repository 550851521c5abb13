/**
 * The command {@code implicit}: Fagan and Iyengar's experiments. Each sub-command gives one or more {@code Task}s
 * (data, network, loss). {@code RateSweepCommand} declares a {@code RateTrial} for every {@code Method} (a variant with
 * its clipping), learning rate and seed; {@code RateReport}, {@code AccuracyReport} and {@code LossPicture} show which
 * rates are stable and what is learnt. Or it lets a {@code RateSearchPlan} look for the highest stable rate of each
 * seed by {@code RateSearch}, for {@code HighestRateReport} to tell.
 */
package io.dl4jext.experiments.implicit;
