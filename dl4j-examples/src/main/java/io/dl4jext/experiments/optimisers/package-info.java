/**
 * The command {@code optimisers}: paper 3's tables and paper 5's networks. {@code PaperNumbers} has what the papers report; a
 * {@code Setting} (paper 3) or a {@code CifarModel} (paper 5) makes a network with its updater; {@code CurveTrial} is one
 * training with its files and cells of a table, {@code CurvePicture} shows its course.
 */
package io.dl4jext.experiments.optimisers;
