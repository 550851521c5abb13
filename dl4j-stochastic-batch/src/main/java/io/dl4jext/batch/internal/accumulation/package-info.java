/**
 * What the size of a batch does to the parameter update: the learning rate scaled by it, and gradient accumulation: the
 * batch is passed in parts, whose gradients are added up over several passes before one update. Both act where DL4J
 * hands the gradient to the network's updater; {@link io.dl4jext.batch.internal.accumulation.UpdateListener} puts them
 * there. Knows nothing of iterators.
 */
package io.dl4jext.batch.internal.accumulation;
