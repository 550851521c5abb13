/**
 * Entropy-SGD (Chaudhari et al.): SGD on the local entropy of the loss.
 */
package io.dl4jext.entropysgd;
