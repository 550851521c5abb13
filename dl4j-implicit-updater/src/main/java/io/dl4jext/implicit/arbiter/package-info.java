/**
 * Searches with Arbiter ({@code arbiter-deeplearning4j} 1.0.0-beta7, which the user adds) over networks with implicit
 * steps.
 */
package io.dl4jext.implicit.arbiter;
