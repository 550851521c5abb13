/**
 * What the pack costs: the plain step and the step with the pack are {@code Contender}s that take turns
 * ({@code TurnsCommand}), and the result is a file headed by the doctor's text.
 */
package io.dl4jext.experiments.benchmark;
