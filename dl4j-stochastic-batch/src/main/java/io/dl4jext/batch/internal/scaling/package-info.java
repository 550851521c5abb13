/**
 * Internal: learning rates scaled for one pass and its update, and put back after it. Free to change.
 */
package io.dl4jext.batch.internal.scaling;
