/**
 * One command-line program with the experiments of the extension pack. It runs on data inside this module (see {@code
 * data/README.md} among the resources) or on full data sets read from a directory; nothing is downloaded.
 */
package io.dl4jext.experiments;
