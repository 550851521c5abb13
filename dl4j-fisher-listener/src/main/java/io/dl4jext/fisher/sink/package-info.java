/**
 * Where measurements go while a network trains: the log, a CSV file, a JSON Lines file.
 *
 * <p>Each sink takes a {@link io.dl4jext.fisher.FisherMeasurement} and the running
 * {@link io.dl4jext.fisher.FisherSummary} and writes one line at once, so that the file of an interrupted training run
 * is whole up to its last measurement. Nothing flows back: a sink never touches the network.
 */
package io.dl4jext.fisher.sink;
