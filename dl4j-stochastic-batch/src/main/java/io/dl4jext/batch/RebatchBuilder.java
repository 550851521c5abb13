package io.dl4jext.batch;

import io.dl4jext.batch.internal.Checks;
import io.dl4jext.batch.update.RateCoupling;
import io.dl4jext.batch.update.UpdateListener;

/** What both iterators can be given. */
abstract class RebatchBuilder<B extends RebatchBuilder<B>> {

    final BatchSizes sizes;
    LastBatch lastBatch = LastBatch.KEEP;
    int maxExamples = Integer.MAX_VALUE;
    RateCoupling coupling = RateCoupling.none();

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
     * The most examples in one pass through the network. A scheduled batch that is larger becomes a virtual one: it is
     * handed out in parts of at most this size, whose gradients are added up for a single update, the same that the whole
     * batch would give. Default: no limit. (The whole batch's own examples wait here, so that its true size is known from
     * the first part on; activations and gradients, which cost most, are those of a part.)
     *
     * <p>The same to rounding, that is, for layers whose gradient is the sum over the examples. Batch normalisation
     * normalises within each part; its running statistics then get the parts' mean, weighted by examples. Dropout and
     * other noise is drawn for each part. Gradient clipping, l1, l2, weight decay and momentum are applied once, to the
     * whole; the network's iteration count counts updates. Listeners hear of every part, with the iteration of its
     * update.
     *
     * <p>The network must be {@link DynamicBatchIterator#attachTo attached}, and its listener stay: otherwise every part
     * would be an update of its own. The iterator refuses to hand out what it cannot hear trained.
     *
     * @throws IllegalArgumentException unless max &gt; 0
     */
    public B maxExamplesInMemory(int max) {
        maxExamples = Checks.positive("maxExamplesInMemory", max);
        return self();
    }

    /**
     * How the network's learning rate follows the batch size. Default: not at all. The network must be {@link
     * DynamicBatchIterator#attachTo attached}, and its listener stay.
     */
    public B learningRate(RateCoupling rule) {
        if (rule == null) {
            throw new IllegalArgumentException("Expected a coupling or RateCoupling.none(), got null");
        }
        coupling = rule;
        return self();
    }

    Rebatcher rebatcher(ExampleSource source) {
        boolean inParts = maxExamples < Integer.MAX_VALUE;
        Progress progress = new Progress();
        HandedOut handedOut = new HandedOut();
        UpdateListener updates =
                inParts || !coupling.isNone() ? new UpdateListener(coupling, inParts ? handedOut : null) : null;
        ProgressListener listener = new ProgressListener(progress, updates, !coupling.isNone());
        return new Rebatcher(source, sizes, lastBatch, maxExamples, progress, handedOut, listener);
    }

    /** For the iterators' toString(). */
    String settings(Object source) {
        return sizes + ", lastBatch " + lastBatch
                + (maxExamples < Integer.MAX_VALUE ? ", maxExamplesInMemory " + maxExamples : "")
                + (coupling.isNone() ? "" : ", learningRate " + coupling)
                + ", source " + source;
    }
}
