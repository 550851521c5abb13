/**
 * The command {@code optimisers}: Yotkov's tables and Daza's networks. {@code PaperNumbers} has what the papers report;
 * a {@code Setting} (Yotkov) or a {@code CifarModel} (Daza) makes a network with its updater; {@code CurveTrial} is one
 * training with its files and cells of a table, {@code CurvePicture} shows its course.
 */
package io.dl4jext.experiments.optimisers;
