/**
 * Accelerated SGD (Jain, Kidambi et al.), tail averaging left out.
 */
package io.dl4jext.acceleratedsgd;
