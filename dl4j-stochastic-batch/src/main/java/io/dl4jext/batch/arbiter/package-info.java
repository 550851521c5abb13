/**
 * Searches with Arbiter ({@code arbiter-deeplearning4j} 1.0.0-beta7, which the user adds, as well as {@code
 * dl4j-fisher-listener}): batch size, batch schedule and micro-batches as searched parameters.
 */
package io.dl4jext.batch.arbiter;
