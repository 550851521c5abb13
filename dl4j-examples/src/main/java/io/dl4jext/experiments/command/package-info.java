/**
 * What the commands share: {@link io.dl4jext.experiments.command.ExperimentCommand}, options as mixins, for data,
 * network and length of training, momentum, measuring, seeds, and {@link io.dl4jext.experiments.command.GridTrial} for
 * those that train a grid of batch sizes and learning rates.
 */
package io.dl4jext.experiments.command;
