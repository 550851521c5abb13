/**
 * Measures per-sample gradients while a DL4J network trains: the spectrum of their Gram matrix F̃, the condition
 * number C̄_K and the energy L_K (Liao et al., approximate Fisher information matrix).
 *
 * <p>A {@link io.dl4jext.fisher.FisherListener} watches one backward pass ({@code capture}), adds up each layer's share
 * of F̃ ({@code gram}), takes its eigenvalues ({@code spectrum}), keeps the
 * {@link io.dl4jext.fisher.FisherHistory} and hands every {@link io.dl4jext.fisher.FisherMeasurement} to its
 * {@link io.dl4jext.fisher.FisherSink}s ({@code sink}); {@code chart} and {@code report} show histories. Data flows in
 * that order only. {@code layer} is for authors of layers.
 */
package io.dl4jext.fisher;
