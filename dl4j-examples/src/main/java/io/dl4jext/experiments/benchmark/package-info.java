/**
 * Measures what the pack costs: {@link io.dl4jext.experiments.benchmark.BenchmarkCommand} runs a plain network and the same
 * network with the pack in turns ({@link io.dl4jext.experiments.benchmark.Turns}) and writes a file headed by the doctor's
 * text.
 */
package io.dl4jext.experiments.benchmark;
