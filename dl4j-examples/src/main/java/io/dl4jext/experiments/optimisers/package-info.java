/**
 * {@code optimisers}: paper 3's tables and paper 5's networks. {@code PaperTables} has the paper's settings and numbers; a {@code
 * Setting} makes a network with its updater, {@code Training} trains and measures it, {@code Run} keeps what came out; {@code
 * Comparison} and {@code CurvePicture} show it.
 */
package io.dl4jext.experiments.optimisers;
