package io.dl4jext.fisher;

import io.dl4jext.fisher.internal.capture.GradientCapture;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.slf4j.helpers.NOPLogger;

/**
 * The measurement of a {@link FisherListener} on demand: for any mini-batch, without training and without a trace on
 * the network or on ND4J's random numbers.
 *
 * <pre>{@code
 * FisherMeasurement measured = FisherProbe.measure(network, data);
 *
 * FisherMeasurement comparable = FisherProbe.builder()
 *         .rankTolerance(RankTolerance.SINGLE_PRECISION)
 *         .learningRate(0.1)
 *         .build()
 *         .measure(network, data);
 * }</pre>
 *
 * <p>One forward and backward pass in training mode (dropout draws, batch normalisation uses the mini-batch; series
 * whole, also where training truncates backpropagation through time) on a copy of the network, so it takes memory for
 * another set of parameters and gradients while it runs. In a listener it may be called in any event but
 * {@code onForwardPass} of a {@code MultiLayerNetwork}, where it is refused.
 */
public final class FisherProbe {

    private static final Configured DEFAULT = new Builder().build();

    private FisherProbe() {}

    /**
     * Measures one mini-batch with default settings. The measurement keeps F̃ ({@link FisherMeasurement#gramMatrix()});
     * its iteration, epoch and learning rate are those the network stands at.
     *
     * @param model an initialised MultiLayerNetwork, or ComputationGraph with one input and one output
     * @param data features, and labels unless no output layer needs any
     * @throws IllegalArgumentException naming every layer whose gradients cannot be told apart by sample; or if the
     *     network is not initialised, or the data do not fit it
     */
    public static FisherMeasurement measure(Model model, DataSet data) {
        return DEFAULT.measure(model, data);
    }

    /**
     * Measures one mini-batch of a network with any number of inputs and outputs, with default settings.
     *
     * @see #measure(Model, DataSet)
     */
    public static FisherMeasurement measure(Model model, MultiDataSet data) {
        return DEFAULT.measure(model, data);
    }

    /** A probe with settings of its own: see {@link Builder}. */
    public static final class Configured {

        private final MeasurementSettings settings;

        /** The network probed last: what its replay takes has been said. */
        private volatile WeakReference<Model> last = new WeakReference<>(null);

        private Configured(MeasurementSettings settings) {
            this.settings = settings;
        }

        private FisherMeasurement measure(Batch batch) {
            GradientCapture.requireSupported(batch.model());
            boolean another = last.get() != batch.model();
            last = new WeakReference<>(batch.model());
            return measure(batch, new GradientCapture(settings.replayBudget(), settings.layerTraces(), another));
        }

        /** @param capture closed afterwards */
        FisherMeasurement measure(Batch batch, GradientCapture capture) {
            Watcher watcher = new Watcher(settings, capture);
            try (capture;
                    NetworkCopy copy = new NetworkCopy(batch)) {
                copy.pass(RandomState.present(), watcher);
            }
            return watcher.measurement;
        }

        /**
         * Measures one mini-batch.
         *
         * @see FisherProbe#measure(Model, DataSet)
         */
        public FisherMeasurement measure(Model model, DataSet data) {
            return measure(Batch.of(model, data));
        }

        /**
         * Measures one mini-batch of a network with any number of inputs and outputs.
         *
         * @see FisherProbe#measure(Model, MultiDataSet)
         */
        public FisherMeasurement measure(Model model, MultiDataSet data) {
            return measure(Batch.of(model, data));
        }
    }

    /** Begins a probe; every setting has a default. */
    public static Builder builder() {
        return new Builder();
    }

    /** Configures a probe; every setting has a default, and the same meaning as a {@link FisherListener}'s. */
    public static final class Builder extends MeasurementSettings.Builder<Builder> {

        private Builder() {}

        @Override
        Builder self() {
            return this;
        }

        public Configured build() {
            return new Configured(new MeasurementSettings(this));
        }
    }

    private static final class Watcher extends BaseTrainingListener {

        private final GradientCapture capture;
        private final Measurer measurer;
        private FisherMeasurement measurement;

        Watcher(MeasurementSettings settings, GradientCapture capture) {
            this.capture = capture;
            measurer = new Measurer(settings, true, NOPLogger.NOP_LOGGER);
        }

        @Override
        public void onForwardPass(Model model, List<INDArray> activations) {
            capture.begin(model);
        }

        @Override
        public void onForwardPass(Model model, Map<String, INDArray> activations) {
            capture.begin(model);
        }

        @Override
        public void onBackwardPass(Model model) {
            measurement = measurer.measure(model, capture).join();
        }
    }
}
