/**
 * What a report runs, and that it is run once. A {@code Cell} is a command of this program with its arguments; a
 * {@code CellKey} says by what its result is known again: arguments, names and sizes of the data files, versions. A
 * {@code Campaign} runs the cells that have not come to their end in its folder, each through a {@code CellRunner} in a
 * JVM of its own, and writes {@code Done} last.
 */
package io.dl4jext.experiments.evidence.cell;
