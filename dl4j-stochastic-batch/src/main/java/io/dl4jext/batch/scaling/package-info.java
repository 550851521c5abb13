/**
 * The learning rate as a function of the batch size: {@link io.dl4jext.batch.scaling.LearningRateScaling}.
 */
package io.dl4jext.batch.scaling;
