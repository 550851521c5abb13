/**
 * The command {@code implicit}: paper 4's experiments. Each sub-command makes one or more {@link
 * io.dl4jext.experiments.implicit.Task}s (data, network, loss); {@link io.dl4jext.experiments.implicit.ExperimentCommand} has
 * them trained ({@link io.dl4jext.experiments.implicit.Training}) with every {@link io.dl4jext.experiments.implicit.Arm},
 * learning rate and seed, which gives {@link io.dl4jext.experiments.implicit.Run}s; from these follow a {@link
 * io.dl4jext.experiments.implicit.LossCurve} for each arm, the {@link io.dl4jext.experiments.implicit.Stability} of the rates,
 * a table, a file and a picture.
 */
package io.dl4jext.experiments.implicit;
