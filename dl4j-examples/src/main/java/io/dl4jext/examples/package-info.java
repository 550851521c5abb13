/**
 * Programs to copy: each is one file with data, network, the pack's lines and output, shows one thing, and runs in
 * seconds on the handwritten digits inside this module. The command-line program with the experiments is
 * {@code io.dl4jext.experiments}.
 */
package io.dl4jext.examples;
