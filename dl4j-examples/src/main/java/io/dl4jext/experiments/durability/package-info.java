/** {@code kill}: trainings that are killed and resumed. */
package io.dl4jext.experiments.durability;
