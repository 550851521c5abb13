package io.dl4jext.fisher;

import io.dl4jext.fisher.internal.capture.GradientCapture;
import io.dl4jext.fisher.internal.capture.Network;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.rng.Random;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.helpers.NOPLogger;

/**
 * The measurement of a {@link FisherListener} on demand: for any mini-batch, without training and without a trace on the
 * network or on ND4J's random numbers.
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
 * <p>One forward and backward pass in training mode (dropout draws, batch normalisation uses the mini-batch) on a copy
 * of the network, so it takes memory for another set of parameters and gradients while it runs.
 */
public final class FisherProbe {

    private static final Configured DEFAULT = new Builder().build();

    private FisherProbe() {}

    /**
     * Measures one mini-batch with default settings. The measurement keeps F̃ ({@link FisherMeasurement#gramMatrix()}); its
     * iteration, epoch and learning rate are those the network stands at.
     *
     * @param model an initialised MultiLayerNetwork, or ComputationGraph with one input and one output
     * @param data features, and labels unless no output layer needs any
     * @throws IllegalArgumentException naming every layer whose gradients cannot be told apart by sample; or if the network
     *     is not initialised, or the data do not fit it
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

        private Watcher watcher(Model model) {
            boolean another = last.get() != model;
            last = new WeakReference<>(model);
            return new Watcher(settings, another);
        }

        /**
         * Measures one mini-batch.
         *
         * @see FisherProbe#measure(Model, DataSet)
         */
        public FisherMeasurement measure(Model model, DataSet data) {
            requireReady(model);
            requireData(data);
            if (model instanceof MultiLayerNetwork) {
                return measureCopy((MultiLayerNetwork) model, data, watcher(model));
            }
            return measureCopy((ComputationGraph) model, data.toMultiDataSet(), watcher(model));
        }

        /**
         * Measures one mini-batch of a network with any number of inputs and outputs.
         *
         * @see FisherProbe#measure(Model, MultiDataSet)
         */
        public FisherMeasurement measure(Model model, MultiDataSet data) {
            requireReady(model);
            requireData(data);
            if (!(model instanceof MultiLayerNetwork)) {
                return measureCopy((ComputationGraph) model, data, watcher(model));
            }
            int labels = data.getLabels() == null ? 0 : data.numLabelsArrays();
            if (data.numFeatureArrays() != 1 || labels > 1) {
                throw new IllegalArgumentException(
                        "Expected one features and one labels array for a MultiLayerNetwork, got "
                                + data.numFeatureArrays()
                                + " and "
                                + labels);
            }
            return measureCopy(
                    (MultiLayerNetwork) model,
                    new org.nd4j.linalg.dataset.DataSet(
                            data.getFeatures(0),
                            labels == 0 ? null : data.getLabels(0),
                            first(data.getFeaturesMaskArrays()),
                            first(data.getLabelsMaskArrays())),
                    watcher(model));
        }

        private static INDArray first(INDArray[] arrays) {
            return arrays == null || arrays.length == 0 ? null : arrays[0];
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

    private static void requireReady(Model model) {
        if (Network.of(model).layers() == null || model.params() == null) {
            throw new IllegalArgumentException("Expected an initialised network, got a "
                    + model.getClass().getSimpleName() + " without parameters: call init() first");
        }
    }

    private static void requireData(Object data) {
        if (data == null) {
            throw new IllegalArgumentException("Expected a mini-batch to measure, got null");
        }
    }

    private static FisherMeasurement measureCopy(MultiLayerNetwork network, DataSet data, Watcher watcher) {
        if (data.getFeatures() == null) {
            throw new IllegalArgumentException("Expected a mini-batch with features, got none");
        }
        Layer output = network.getOutputLayer();
        if (data.getLabels() == null && needsLabels(output)) {
            throw new IllegalArgumentException("Expected labels for the output layer ("
                    + output.getClass().getSimpleName() + "), got a mini-batch without");
        }
        GradientCapture.requireSupported(network);
        MultiLayerNetwork copy = network.clone();
        return watch(copy, watcher, () -> {
            copy.setInput(data.getFeatures());
            copy.setLabels(data.getLabels());
            copy.setLayerMaskArrays(data.getFeaturesMaskArray(), data.getLabelsMaskArray());
            copy.computeGradientAndScore();
        });
    }

    private static FisherMeasurement measureCopy(ComputationGraph graph, MultiDataSet data, Watcher watcher) {
        List<String> inputs = graph.getConfiguration().getNetworkInputs();
        requireArrays("features", inputs, inputs, data.getFeatures());
        List<String> outputs = graph.getConfiguration().getNetworkOutputs();
        List<String> labelled = new ArrayList<>();
        for (String name : outputs) {
            if (needsLabels(graph.getLayer(name))) {
                labelled.add(name);
            }
        }
        requireArrays("labels", outputs, labelled, data.getLabels());
        GradientCapture.requireSupported(graph);
        ComputationGraph copy = copyOf(graph);
        return watch(copy, watcher, () -> {
            copy.setInputs(data.getFeatures());
            copy.setLabels(data.getLabels() == null ? new INDArray[outputs.size()] : data.getLabels());
            copy.setLayerMaskArrays(data.getFeaturesMaskArrays(), data.getLabelsMaskArrays());
            copy.computeGradientAndScore();
        });
    }

    private static boolean needsLabels(Layer layer) {
        return layer instanceof IOutputLayer && ((IOutputLayer) layer).needsLabels();
    }

    private static void requireArrays(String kind, List<String> names, List<String> needed, INDArray[] arrays) {
        for (String name : needed) {
            int place = names.indexOf(name);
            if (arrays == null || arrays.length <= place || arrays[place] == null) {
                throw new IllegalArgumentException("Expected " + kind + " for '" + name + "', got none");
            }
        }
        if (arrays != null && arrays.length != names.size()) {
            throw new IllegalArgumentException(
                    "Expected " + kind + " for " + String.join(", ", names) + ", got " + arrays.length + " arrays");
        }
    }

    /**
     * Not {@code graph.clone()}: that shares the list of listeners with its original and, like its configuration's clone,
     * forgets how far training has come (DL4J 1.0.0-beta7 to -M2.1).
     */
    private static ComputationGraph copyOf(ComputationGraph graph) {
        ComputationGraphConfiguration configuration = graph.getConfiguration().clone();
        configuration.setIterationCount(graph.getConfiguration().getIterationCount());
        configuration.setEpochCount(graph.getConfiguration().getEpochCount());
        ComputationGraph copy = new ComputationGraph(configuration);
        copy.init(graph.params().dup(), false);
        for (Layer layer : graph.getLayers()) {
            String name = layer.conf().getLayer().getLayerName();
            if (layer instanceof FrozenLayer && !(copy.getLayer(name) instanceof FrozenLayer)) {
                copy.getVertex(name).setLayerAsFrozen();
            }
        }
        return copy;
    }

    private static FisherMeasurement watch(Model copy, Watcher watcher, Runnable pass) {
        Random random = Nd4j.getRandom();
        long rootState = random.rootState();
        long nodeState = random.nodeState();
        try {
            copy.setListeners(watcher);
            pass.run();
            return watcher.measurement;
        } finally {
            random.setStates(rootState, nodeState);
        }
    }

    private static final class Watcher extends BaseTrainingListener {

        private final GradientCapture capture;
        private final Measurer measurer;
        private FisherMeasurement measurement;

        Watcher(MeasurementSettings settings, boolean sayCost) {
            capture = new GradientCapture(settings.replayBudget(), settings.layerTraces(), sayCost);
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
            measurement = measurer.measure(model, capture);
        }
    }
}
