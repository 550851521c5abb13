/**
 * The command {@code zoo}: DL4J's zoo models with every piece of the pack. {@code ZooModel} makes one, small enough for
 * a few processors; {@code ZooTrial} tries the pieces on it in a JVM of its own; {@code ZooReport} is the table.
 */
package io.dl4jext.experiments.zoo;
