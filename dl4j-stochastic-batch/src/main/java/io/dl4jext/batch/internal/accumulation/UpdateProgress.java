package io.dl4jext.batch.internal.accumulation;

import io.dl4jext.batch.internal.Network;
import java.util.IdentityHashMap;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far one network is within an update: what a listener knows of it, however often DL4J creates the network's
 * updater anew meanwhile ({@code setLearningRate}).
 */
final class UpdateProgress {

    private static final Logger log = LoggerFactory.getLogger(UpdateProgress.class);

    final GradientSum sum = new GradientSum();

    /** Whether a pass has begun whose update is still to come. */
    boolean announced;

    /** Whether the optimiser step that goes on has come through to an update. */
    boolean updated;

    /** Whether that pass is one of {@code fit}, and so to come to an update, not one of {@code calculateGradients}. */
    boolean ofFit;

    /** The examples of the announced pass; a listener may have put others into the network since. */
    int examples;

    /** The part that the announced pass is on, or null for a whole batch. */
    MicroBatch micro;

    /** Whether that part's update cannot be made any more, as another part of it failed. */
    boolean lost;

    /** Whether passes have been made of an iteration whose update was not. */
    boolean open;

    /** The iteration of the update that the sum belongs to. */
    int iteration;

    /** Whether the last update was one of other data, between two parts. */
    boolean aside;

    private boolean saidUnfinished;

    /** Of layers that heed their input mini-batch size: rows for each example, in the update's first part. */
    private final Map<Layer, Double> rowsPerExample = new IdentityHashMap<>();

    /** An update of other data is made: it has the iteration of the one that goes on, if that does, which has the next. */
    void otherUpdate() {
        open &= !sum.isEmpty();
        aside = open;
        iteration++;
    }

    /** Says once that an update was not made, though nothing failed. */
    void sayUnfinished() {
        if (!saidUnfinished) {
            saidUnfinished = true;
            log.warn(
                    "An accumulated batch comes to no update: {} of its examples were trained on, the rest was not, as"
                            + " the data began anew or other batches came first. What counts or takes data sets"
                            + " (EarlyTerminationDataSetIterator, a loop by hand) gets parts, and must take all of a batch",
                    sum.examples());
        }
    }

    /**
     * Tells the layers the size of the update that a part's examples belong to, in rows of their input (a dense layer
     * over a time series has one for each step): for this backward pass it is their input mini-batch size. DL4J's own
     * layers take no notice.
     *
     * @throws IllegalStateException if the parts of an update differ in time steps where a layer divides by them
     */
    void tellLayers(Model network, MicroBatch micro) {
        if (micro.isFirst()) {
            rowsPerExample.clear();
        }
        for (Layer layer : Network.of(network).layers()) {
            // An output layer's input is that of the pass before still; it has a row for each example.
            boolean known = !(layer instanceof IOutputLayer) && layer.input() != null;
            long rows = known ? layer.input().size(0) : micro.examples();
            double perExample = (double) rows / micro.examples();
            int size = (int) Math.round(perExample * micro.updateExamples());
            layer.setInputMiniBatchSize(size);
            if (known && size != rows && layer.getInputMiniBatchSize() == size) {
                Double before = rowsPerExample.putIfAbsent(layer, perExample);
                if (before != null && before != perExample) {
                    throw new IllegalStateException(
                            "Expected time series of one length in all parts of a batch, as layer '"
                                    + layer.conf().getLayer().getLayerName() + "' divides by the batch's rows: got "
                                    + before
                                    + " and " + perExample + " rows for each example");
                }
            }
        }
    }
}
