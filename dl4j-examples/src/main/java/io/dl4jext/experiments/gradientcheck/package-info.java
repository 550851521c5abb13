/**
 * {@code gradient-check}: gradients of backpropagation against finite differences over a range of step sizes. A {@code Sweep}
 * holds the checks of one data type, {@code ErrorSample} what one of them found, {@code SweepReport} and {@code ErrorPictures}
 * show it.
 */
package io.dl4jext.experiments.gradientcheck;
