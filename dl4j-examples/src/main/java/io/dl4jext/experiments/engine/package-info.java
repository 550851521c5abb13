/**
 * The engine of all experiments.
 *
 * <p>An experiment is a list of {@link io.dl4jext.experiments.engine.Trial}s, each a variant under a setting with a
 * seed, and how to make a {@link io.dl4jext.experiments.engine.Training} of one: network, batches, length, what is
 * measured when. {@link io.dl4jext.experiments.engine.Experiment} runs them in order, tells the progress, and hands
 * each {@link io.dl4jext.experiments.engine.Run} on to whoever writes files; tables and pictures are made from the list
 * of runs.
 */
package io.dl4jext.experiments.engine;
