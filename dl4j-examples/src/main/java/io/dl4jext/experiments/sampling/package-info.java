/**
 * The command {@code dynamic-sampling}: paper 1's section 4.3, and batch sizes in closed loop beside it. {@link
 * io.dl4jext.experiments.sampling.DynamicSamplingCommand} makes policies (constant sizes, schedules by name, controllers),
 * trains a network with each for every seed, and compares test error and training time. Policies go in, runs come out;
 * from the runs follow the comparison with its p-values, the files, and the picture of the (C̄_K, L_K) plane.
 */
package io.dl4jext.experiments.sampling;
