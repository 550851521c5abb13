/**
 * Watches one backward pass of a DL4J network and hands every layer's input and delta to {@code gram}.
 *
 * <p>All contact with DL4J's internals is here. A {@link io.dl4jext.fisher.capture.LayerTap} stands in for each layer
 * with trainable parameters from {@code onForwardPass} until that layer's turn in the backward pass; it puts the layer
 * back before it runs it, so a network is never left changed, whatever fails.
 */
package io.dl4jext.fisher.capture;
