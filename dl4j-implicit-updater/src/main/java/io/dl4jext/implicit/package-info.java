/**
 * Implicit backpropagation: for a layer with an element-wise activation, the parameter update that solves the proximal
 * problem of each sample in closed form or by one-dimensional minimisation, instead of following the explicit gradient.
 * An updater, the layers that feed it and a converter for existing configurations belong here; the AdaGrad family and
 * the learning-rate schedules go beside it, in {@code io.dl4jext.adagrad} and {@code io.dl4jext.schedule}.
 *
 * <p>Nothing is in it yet.
 */
package io.dl4jext.implicit;
