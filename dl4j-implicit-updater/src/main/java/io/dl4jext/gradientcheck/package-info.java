/**
 * Gradients against finite differences, for any network and data set: {@code GradientCheck} perturbs some parameters of
 * a copy of the network and compares the loss's differences with the gradient of backpropagation;
 * {@code RelativeErrors} is the distribution of what is between them.
 */
package io.dl4jext.gradientcheck;
