/**
 * The command {@code fisher}: Liao et al.'s grid of batch sizes and learning rates under a Fisher listener. {@link
 * io.dl4jext.experiments.fisher.FisherCommand} declares it, {@code GridReport} compares.
 */
package io.dl4jext.experiments.fisher;
