/**
 * One command-line program with the experiments of the extension pack. It runs on data inside this module (see {@code
 * data/README.md} among the resources) or on full data sets read from a directory; nothing is downloaded.
 *
 * <p>An experiment is a declaration: its command (one package for each paper, or for each of its experiments) lists
 * trials, which are data × network × variants × settings × seeds; {@code engine} trains them, all in the same loop, and
 * gives runs; the package's report makes tables, files and pictures of these with {@code report} and
 * {@code statistics}. The arrow goes one way: {@link io.dl4jext.experiments.Main} → {@code evidence} (runs the others
 * and compares with the papers) → {@code fisher}, {@code sampling}, {@code implicit}, {@code stochastic},
 * {@code optimisers}, {@code gradientcheck}, {@code benchmark} → {@code command} (options) → {@code engine} →
 * {@code data}; {@code report} → {@code statistics}.
 *
 * <p>Trainings that share seeds are pairs, and tested so. What is chosen is chosen on validation examples ({@link
 * io.dl4jext.experiments.engine.HeldOut}).
 */
package io.dl4jext.experiments;
