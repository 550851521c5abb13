/**
 * {@code gradient-check}: gradients of backpropagation against finite differences over a range of step sizes. A
 * {@code Check} has one data type, kind of difference and step size, {@code ErrorSample} what it found,
 * {@code SweepReport} and {@code ErrorPictures} show all checks of a type beside each other.
 */
package io.dl4jext.experiments.gradientcheck;
