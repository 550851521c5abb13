/**
 * Implicit backpropagation: for a layer with an element-wise activation, the parameter update that solves the proximal
 * problem of each sample in closed form or by one-dimensional minimisation, instead of following the explicit gradient.
 * {@code internal.prox} has the one-dimensional problem and its solutions, {@code activation} the activations that ND4J
 * lacks; the updater, the layers that feed it and the converter for existing configurations come on top of them, in
 * this package.
 */
package io.dl4jext.implicit;
