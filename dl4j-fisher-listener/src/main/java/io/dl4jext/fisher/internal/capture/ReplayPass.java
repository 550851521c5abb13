package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.Place;
import io.dl4jext.fisher.internal.gram.SampleGradients;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalInt;
import org.deeplearning4j.nn.api.Layer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Replays a layer sample by sample through the {@code backpropGradient} of a {@link Twin}. Exact for every
 * layer whose samples do not interact. The layer itself is only read.
 *
 * <p>What proves it is the sum: the gradients must add up to the layer's own to within rounding. Where they do not, the
 * layer may depend on the size of its mini-batch: then every sample is replayed as
 * a mini-batch of copies of itself. Where these do not add up either, samples interact, or the layer draws random
 * numbers, or has a state that nobody sees, and measuring is refused.
 */
final class ReplayPass extends LayerPass {

    /** The most that rounding at a kink (relu at 0) can explain, when it happens once. Relative to Σ ‖g_i‖. */
    static final double ONCE_TOLERANCE = 1e-3;

    private final LayerSite site;
    private final SampleGradients target;
    private final ReplayHistory history;
    private final Duration budget;
    private RecordedPass recorded;

    ReplayPass(LayerSite site, SampleGradients target, ReplayHistory history, Duration budget) {
        this.site = site;
        this.target = target;
        this.history = history;
        this.budget = budget;
    }

    /** How far the sum may be from the layer's own gradient by rounding, relative to Σ ‖g_i‖. */
    static double tolerance(DataType type) {
        switch (type) {
            case DOUBLE:
                return 1e-11;
            case FLOAT:
                return 2e-5;
            default:
                return 2e-2;
        }
    }

    @Override
    void before(Layer layer, INDArray epsilon, OptionalInt truncation) {
        recorded = new RecordedPass(layer, epsilon, truncation);
    }

    @Override
    void after(Layer layer) {
        int samples = target.samples();
        INDArray own = layer.getGradientsViewArray();
        INDArray gradients = Nd4j.createUninitialized(layer.params().dataType(), samples, layer.numParams());
        try (RecordedPass pass = recorded;
                Twin twin = new Twin(site.configuration, layer, pass, samples, history.workspaceBytes)) {
            replay(twin, gradients, own.reshape(own.length()), history, budget);
            history.workspaceBytes = twin.workspaceBytes();
            target.addRows(gradients, Place.flat(layer.numParams()));
        } finally {
            RecordedPass.giveBack(gradients);
        }
    }

    /** Fills in all samples' gradients, whose sum must be that of the whole mini-batch. */
    static void replay(SingleSamples twin, INDArray gradients, INDArray own, ReplayHistory history, Duration budget) {
        double tolerance = tolerance(own.dataType());
        double alone = 0;
        // Not-a-number is no deviation: then the layer's own gradient is not a number either.
        if (!history.needsWholeBatches()) {
            alone = deviation(twin, false, gradients, own, budget);
            if (!(alone > tolerance)) {
                history.addedUp(false);
                return;
            }
        }
        double inWholeBatches = deviation(twin, true, gradients, own, budget);
        if (!(inWholeBatches > tolerance)) {
            history.addedUp(true);
            return;
        }
        if (history.trusted() && inWholeBatches <= ONCE_TOLERANCE) {
            history.wasOff();
            return;
        }
        throw new IllegalStateException("replayed sample by sample, its gradients add up to another sum than its own"
                + " gradient (norm of the difference relative to the sum of their norms: "
                + inWholeBatches
                + (alone > 0 ? ", or " + alone + " as mini-batches of one" : "")
                + ", expected at most "
                + tolerance
                + "): its samples interact, it draws random numbers, or it has a state of its own");
    }

    private static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.3g s", time.toNanos() / 1e9);
    }

    /** Fills in all samples' gradients; ‖Σ g_i − own‖ / Σ ‖g_i‖, NaN where all are 0. */
    private static double deviation(
            SingleSamples twin, boolean wholeBatches, INDArray gradients, INDArray own, Duration budget) {
        long begin = System.nanoTime();
        int samples = gradients.rows();
        for (int i = 0; i < samples; i++) {
            twin.gradient(i, wholeBatches, gradients.getRow(i));
            Duration taken = Duration.ofNanos(System.nanoTime() - begin);
            if (taken.compareTo(budget) > 0 && i + 1 < samples) {
                throw new IllegalStateException("it is replayed sample by sample, and " + (i + 1) + " of " + samples
                        + " samples took "
                        + seconds(taken)
                        + ", more than the replay budget of "
                        + seconds(budget)
                        + " for one layer at a measured step. Raise FisherListener.Builder.replayTime, measure smaller"
                        + " mini-batches, or freeze the layer");
            }
        }
        INDArray norms = gradients.norm2(1);
        // Into an array of its own: of a single row, DL4J 1.0.0-beta7 returns the row itself.
        INDArray difference = Nd4j.createUninitialized(gradients.dataType(), gradients.columns());
        try {
            gradients.sum(difference, 0);
            difference.subi(own);
            return difference.norm2Number().doubleValue() / norms.sumNumber().doubleValue();
        } finally {
            RecordedPass.giveBack(norms);
            RecordedPass.giveBack(difference);
        }
    }
}
