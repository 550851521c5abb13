package io.dl4jext.batch;

import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.TrainingListener;

/**
 * What both iterators are: a {@link Rebatcher} that hands out data sets of one type.
 *
 * @param <D> DL4J's DataSet or MultiDataSet
 */
abstract class RebatchingIterator<D> implements Serializable {

    private static final long serialVersionUID = 1L;

    private final transient Rebatcher rebatcher;
    private final transient String settings;

    RebatchingIterator(RebatchBuilder<?> builder, ExampleSource source, Object shown) {
        this.rebatcher = builder.rebatcher(source);
        this.settings = builder.settings(shown);
    }

    /** A data set of these examples, pre-processed. */
    abstract D finished(Examples examples);

    /**
     * The next batch, of the size scheduled for it; or the next part of it, see
     * {@link DynamicBatchIterator.Builder#microBatchSize(int)}.
     *
     * @throws java.util.NoSuchElementException if none is left
     * @throws IllegalStateException if the size asked for is not positive, or the source gives null, an empty batch, or
     *     arrays that do not fit together; the message says where
     */
    public D next() {
        return rebatcher.next(this::finished);
    }

    /**
     * A batch of that many examples, or fewer at the end, outside the schedule. It counts as an iteration.
     *
     * @throws java.util.NoSuchElementException if no example is left
     */
    public D next(int examples) {
        return rebatcher.next(examples, this::finished);
    }

    /** Asks for the size of the next batch only where {@link LastBatch#DROP} or CARRY needs it to tell. */
    public boolean hasNext() {
        return rebatcher.hasNext();
    }

    /**
     * Begins the source anew; but stays where {@link #restore} has gone to within a pass, until a batch is handed out:
     * programs call this before each {@code fit}, also before that which goes on.
     *
     * @throws UnsupportedOperationException if the source cannot be
     * @throws IllegalStateException if the settings need a network and none was ever attached
     */
    public void reset() {
        rebatcher.reset();
    }

    public boolean resetSupported() {
        return rebatcher.resetSupported();
    }

    /** False: a prefetched batch would be of a size decided too early. */
    public boolean asyncSupported() {
        return false;
    }

    /**
     * Makes the {@link #listener()} the first of the network's and takes its epoch and iteration over at once.
     * Listeners may be added afterwards; {@code setListeners} would remove this one. The network that was attached
     * before is left as by {@link #detachFrom}; what its last epoch left to carry over is the next one's. For a network
     * that is attached already the pass through the data goes on.
     *
     * @param network a MultiLayerNetwork or ComputationGraph
     * @throws IllegalArgumentException if it is another model or null, has not been initialised, or cannot be trained
     *     as the settings want it
     */
    public void attachTo(Model network) {
        rebatcher.attachTo(network);
    }

    /**
     * Undoes {@link #attachTo}: the listener is removed and the network has its own updater and rates again. Gradients
     * added up for an update that is not complete are dropped; what is left of its batch makes one of its own.
     *
     * @throws IllegalArgumentException if it is another model or null, or has not been initialised
     */
    public void detachFrom(Model network) {
        rebatcher.detachFrom(network);
    }

    /**
     * Tells this iterator how far the network is. Scaled learning rates and gradient accumulation need it; {@link
     * #attachTo} sees to that before the first batch.
     */
    public TrainingListener listener() {
        return rebatcher.listener();
    }

    /**
     * Where in the data this iterator stands, counting what was handed out. Within an accumulated batch: where that
     * began.
     */
    public BatchState state() {
        return rebatcher.state();
    }

    /**
     * Goes to where an iterator over the same source stood: resets the source if it can be, and skips what was handed
     * out already. The source must give the same examples in the same order.
     *
     * @throws IllegalStateException if the source ends before that
     */
    public void restore(BatchState state) {
        rebatcher.restore(state);
    }

    final Rebatcher rebatcher() {
        return rebatcher;
    }

    final int lastBatchSize() {
        return rebatcher.batchSize();
    }

    @Override
    public String toString() {
        return getClass().getSimpleName() + "(" + settings + ")";
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
        throw new NotSerializableException(getClass().getName() + ": save what state() returns instead");
    }
}
