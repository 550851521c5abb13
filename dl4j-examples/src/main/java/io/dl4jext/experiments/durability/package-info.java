/** {@code kill}: trainings that are killed and resumed; {@code soak}: a training that runs for hours. */
package io.dl4jext.experiments.durability;
