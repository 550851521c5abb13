/**
 * Internal: what this module's updaters share whose parameters do not interact; public only because Java has packages
 * and no modules here, and free to change. A configuration ({@code RatedUpdater}: learning rate or schedule, whole
 * state arrays) makes an {@code ElementStep} for one iteration; {@code StateUpdater} holds the state and runs the step
 * over host memory, each array read and written once, or in ND4J operations.
 */
package io.dl4jext.updater.internal.elementwise;
