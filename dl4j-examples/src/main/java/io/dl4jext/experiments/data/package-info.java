/**
 * Data sets as arrays of bytes or floats in memory, and the iterator that hands them to DL4J batch by batch.
 *
 * <p>A reader ({@link io.dl4jext.experiments.data.Mnist}, {@link io.dl4jext.experiments.data.Cifar10}, {@link
 * io.dl4jext.experiments.data.Digits}, {@link io.dl4jext.experiments.data.CsvTable}) gives an {@link
 * io.dl4jext.experiments.data.ImageSet}: training and test {@link io.dl4jext.experiments.data.Examples}. A {@link
 * io.dl4jext.experiments.data.BatchIterator} turns them into {@code DataSet}s, converting bytes to floats for the batch
 * at hand only. {@link io.dl4jext.experiments.data.PianoRolls} are pieces of music, one a batch. A file that is
 * missing, truncated or of another kind gives a {@link io.dl4jext.experiments.data.DataFileException}: one line with
 * the file, what was expected and what was found.
 */
package io.dl4jext.experiments.data;
