/**
 * The command {@code select}: whether a few epochs tell which batch size and learning rate will be best, by the (C̄_K,
 * L_K) plane (Liao et al., section 3.1) or by the validation loss. {@code SelectCommand} declares it,
 * {@code SelectReport} compares the two ways.
 */
package io.dl4jext.experiments.selection;
