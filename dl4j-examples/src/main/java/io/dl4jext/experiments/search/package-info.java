/** Searches for good settings: by Arbiter, and by whatever else can start a program. */
package io.dl4jext.experiments.search;
