/**
 * Adds up F̃ = JᵀJ, the Gram matrix of per-sample gradients, layer by layer, without forming J.
 *
 * <p>Each contribution class knows how the gradient of one kind of layer follows from the layer's input and the delta
 * of its pre-activations, and adds its B × B contribution to a {@link io.dl4jext.fisher.internal.gram.GramMatrix}.
 * Works on arrays alone and knows nothing of DL4J's layers. All working memory is held in reused buffers of bounded
 * size.
 *
 * <p>A contribution gets R = k·B rows. DL4J lays several rows of one sample out with the sample index fastest (time
 * series as rows, stacked vertices), so row r belongs to sample r mod B throughout.
 */
package io.dl4jext.fisher.internal.gram;
