/**
 * Watches one backward pass of a DL4J network and hands every layer's input and delta to {@code gram}.
 *
 * <p>All contact with DL4J's internals is here. A {@link io.dl4jext.fisher.internal.capture.LayerTap} stands in for
 * each layer with trainable parameters from {@code onForwardPass} until that layer's turn in the backward pass; it puts
 * the layer back before it runs it. A pass that is broken off half-way leaves taps that only delegate, until the
 * listener's next call takes them out.
 *
 * <p>What is done around a layer's backward pass is said by its {@link io.dl4jext.fisher.internal.capture.LayerRule},
 * one class for each kind of layer, listed in {@link io.dl4jext.fisher.internal.capture.LayerRules}; layers
 * of other libraries may bring theirs ({@link io.dl4jext.fisher.layer.OuterProductLayers}); all others are replayed.
 */
package io.dl4jext.fisher.internal.capture;
