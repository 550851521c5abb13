/**
 * What the commands share: {@link io.dl4jext.experiments.command.ExperimentCommand} and options as mixins, for data, network
 * and length of training, momentum, measuring, seeds.
 */
package io.dl4jext.experiments.command;
