/**
 * The methods that the stochastic batch size paper compares itself with (section 5): Entropy-SGD and accelerated SGD as
 * updaters, dropout that grows with depth as {@code IDropout}. Plain SGD, momentum and dropout are DL4J's own.
 */
package io.dl4jext.baseline;
