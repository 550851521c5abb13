/**
 * The command {@code fisher}: paper 1's experiment. {@link io.dl4jext.experiments.fisher.FisherCommand} makes a grid of
 * configurations (batch size × learning rate), trains a network with each under a Fisher listener, and compares test error
 * with C̄_K and L_K: as a table, as files, as pictures. Configurations go in, results come out, and from the list of results
 * follow the best region, the table, the summary file and the pictures.
 */
package io.dl4jext.experiments.fisher;
