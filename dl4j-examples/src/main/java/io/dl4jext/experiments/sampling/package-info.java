/**
 * The command {@code dynamic-sampling}: Liao et al.'s section 4.3, and batch sizes in closed loop beside it. {@link
 * io.dl4jext.experiments.sampling.DynamicSamplingCommand} declares the trainings, {@code Policy} says how batch sizes
 * are chosen, {@code SamplingTrial} is one training, {@code SamplingReport} compares.
 */
package io.dl4jext.experiments.sampling;
