package io.dl4jext.batch;

import io.dl4jext.batch.internal.Checks;
import io.dl4jext.batch.internal.accumulation.UpdateListener;
import io.dl4jext.batch.scaling.LearningRateScaling;
import io.dl4jext.batch.schedule.BatchSizes;

/** What both iterators can be given. */
abstract class RebatchBuilder<B extends RebatchBuilder<B>> {

    final BatchSizes sizes;
    LastBatch lastBatch = LastBatch.KEEP;
    int microBatchSize = Integer.MAX_VALUE;
    LearningRateScaling scaling = LearningRateScaling.none();

    RebatchBuilder(BatchSizes sizes) {
        if (sizes == null) {
            throw new IllegalArgumentException("Expected batch sizes, got null");
        }
        this.sizes = sizes;
    }

    abstract B self();

    /** What happens to the examples that fill no batch at an epoch's end. Default: {@link LastBatch#KEEP}. */
    public B lastBatch(LastBatch policy) {
        if (policy == null) {
            throw new IllegalArgumentException("Expected KEEP, DROP or CARRY, got null");
        }
        lastBatch = policy;
        return self();
    }

    /**
     * The most examples in one pass through the network. A scheduled batch that is larger is accumulated: it is
     * handed out in parts of at most this size, whose gradients are added up for a single update, the same that the
     * whole batch would give. Default: no limit. (The whole batch's own examples wait here, so that its true size is
     * known from the first part on; activations and gradients, which cost most, are those of a part.)
     *
     * <p>The same to rounding, that is, for layers whose gradient is the sum over the examples. Batch normalisation
     * normalises within each part; its running statistics then get the parts' mean, weighted by examples. Dropout and
     * other noise is drawn for each part. DL4J applies constraints after each part; the layers that have some are named
     * in the log when the network is attached. Gradient clipping, l1, l2, weight decay and momentum are applied once,
     * to the whole; the network's iteration count counts updates. Listeners hear of every part, with the iteration of
     * its update. Dropout, noise and DropConnect with a schedule by iteration have that, too, unless a thread draws
     * ahead of training: then their forward passes have the next iteration's from an update's second part on.
     *
     * <p>The network must be {@link DynamicBatchIterator#attachTo attached}, and its listener stay: otherwise every
     * part would be an update of its own. The iterator refuses to hand out what it cannot hear trained.
     * When a pass on a part fails, its update is lost, the parts before and after it included, and training may go on.
     * An iterator around this one may put other arrays in the place of a part's, but must leave the parts' number, order
     * and sizes as they are.
     *
     * @throws IllegalArgumentException unless max &gt; 0
     */
    public B microBatchSize(int max) {
        microBatchSize = Checks.positive("microBatchSize", max);
        return self();
    }

    /**
     * How the network's learning rate follows the batch size. Default: not at all. The network must be {@link
     * DynamicBatchIterator#attachTo attached}, and its listener stay.
     */
    public B learningRateScaling(LearningRateScaling rule) {
        if (rule == null) {
            throw new IllegalArgumentException("Expected LearningRateScaling.none() or another, got null");
        }
        scaling = rule;
        return self();
    }

    Rebatcher rebatcher(ExampleSource source) {
        boolean inParts = microBatchSize < Integer.MAX_VALUE;
        Progress progress = new Progress();
        HandedOut handedOut = new HandedOut();
        UpdateListener updates =
                inParts || !scaling.isNone() ? new UpdateListener(scaling, inParts ? handedOut : null) : null;
        ProgressListener listener = new ProgressListener(progress, updates, !scaling.isNone());
        return new Rebatcher(source, sizes, lastBatch, microBatchSize, progress, handedOut, listener);
    }

    /** For the iterators' toString(). */
    String settings(Object source) {
        return sizes + ", lastBatch " + lastBatch
                + (microBatchSize < Integer.MAX_VALUE ? ", microBatchSize " + microBatchSize : "")
                + (scaling.isNone() ? "" : ", learningRateScaling " + scaling)
                + ", source " + source;
    }
}
