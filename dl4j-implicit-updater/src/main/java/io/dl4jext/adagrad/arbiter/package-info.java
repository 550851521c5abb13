/** Searches with Arbiter ({@code arbiter-deeplearning4j} 1.0.0-beta7, which the user adds) over the AdaGrad family. */
package io.dl4jext.adagrad.arbiter;
