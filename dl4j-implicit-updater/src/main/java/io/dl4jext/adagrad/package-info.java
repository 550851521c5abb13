/**
 * The AdaGrad family with the results of the framework that a user comes from: {@code AdaGradPresets} names them,
 * {@code AdaGradFamily}, {@code DualAveraging} and {@code MadGrad} are the updaters, {@code AdaGradListener} tells
 * those that need it where tensors begin and what the parameters are.
 */
package io.dl4jext.adagrad;
