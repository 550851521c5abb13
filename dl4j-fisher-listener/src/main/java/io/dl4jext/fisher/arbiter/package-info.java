/**
 * Searches with Arbiter ({@code arbiter-deeplearning4j} 1.0.0-beta7, which the user adds): spaces of settings, measured
 * candidates, scores from their measures, searches that go on after a crash.
 */
package io.dl4jext.fisher.arbiter;
