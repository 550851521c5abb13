package io.dl4jext.updater.internal.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.impl.FrozenVertex;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.layers.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/** DL4J's two kinds of networks as one. A view without state of its own, made where it is needed. */
public abstract class Network {

    private Network() {}

    /** Whether it is one of DL4J's two networks. Single layers that are pretrained are models, too. */
    public static boolean is(Model model) {
        return model instanceof MultiLayerNetwork || model instanceof ComputationGraph;
    }

    /**
     * The view of a network that is ready to be trained.
     *
     * @param caller what the message begins with
     * @throws IllegalArgumentException unless it is one of DL4J's two networks, and initialised
     */
    public static Network ready(Model model, String caller) {
        Network network;
        if (model instanceof MultiLayerNetwork) {
            network = new Layers((MultiLayerNetwork) model);
        } else if (model instanceof ComputationGraph) {
            network = new Graph((ComputationGraph) model);
        } else {
            throw new IllegalArgumentException(caller + ": expected a MultiLayerNetwork or ComputationGraph, got "
                    + (model == null ? "null" : "a " + model.getClass().getName())
                    + (model instanceof Layer ? ": layer-wise pretraining is not possible" : ""));
        }
        if (network.layers() == null) {
            throw new IllegalArgumentException(
                    caller + ": expected an initialised network, got one without init(): call init() first");
        }
        return network;
    }

    /**
     * @param caller what the message begins with
     * @throws IllegalArgumentException unless there are features and labels for each input and output
     */
    public static MultiDataSet complete(MultiDataSet data, String caller) {
        boolean features = data != null && isComplete(data.getFeatures());
        if (!features || !isComplete(data.getLabels())) {
            throw new IllegalArgumentException(caller + ": expected a data set with features and labels, got "
                    + (data == null ? "null" : features ? "one without labels" : "one without features"));
        }
        return data;
    }

    private static boolean isComplete(INDArray[] arrays) {
        return arrays != null && arrays.length > 0 && Arrays.stream(arrays).noneMatch(Objects::isNull);
    }

    public abstract Model model();

    public abstract Layer[] layers();

    public abstract BaseMultiLayerUpdater<?> updater();

    /** A copy. */
    public abstract List<TrainingListener> listeners();

    public abstract int iteration();

    public abstract int epoch();

    public abstract void setIteration(int iteration);

    public abstract void setScore(double score);

    /** What l1, l2 and weight decay add to the score. */
    public abstract double penalty();

    /**
     * Whether DL4J keeps the parameters of a layer or vertex of a network as they are. Only the objects tell: the
     * configuration that a frozen layer has is that of the layer inside.
     */
    public static boolean isFrozen(Trainable trainable) {
        if (trainable instanceof GraphVertex) {
            Layer layer = ((GraphVertex) trainable).getLayer();
            return trainable instanceof FrozenVertex || layer != null && isFrozen(layer);
        }
        if (trainable instanceof FrozenLayer || trainable instanceof FrozenLayerWithBackprop) {
            return true;
        }
        return trainable instanceof BaseWrapperLayer && isFrozen(((BaseWrapperLayer) trainable).getUnderlying());
    }

    /** Forward and backward over whole time series, without an update and without a recurrent layer's state. */
    public void pass(MultiDataSet data) {
        BackpropType type = backpropType();
        // With truncation the series would begin where the last pass ended, within wrappers even after
        // rnnClearPreviousState().
        setBackpropType(BackpropType.Standard);
        try {
            computeGradientAndScore(data);
        } finally {
            setBackpropType(type);
        }
    }

    abstract BackpropType backpropType();

    abstract void setBackpropType(BackpropType type);

    abstract void computeGradientAndScore(MultiDataSet data);

    /** Frees what the last pass left in the layers. */
    public abstract void clear();

    /** Layers or vertices with parameters, in the order of these. */
    public abstract List<Trainable> trainables();

    /** A network of its own from the same configuration, with the same parameters as numbers of another type. */
    public abstract Network copy(DataType type);

    /** What a pass's gradient is to be divided by for that of the mean loss. */
    public long divisor(MultiDataSet data) {
        // Without mini-batches DL4J takes the sum for the loss. Labels count: a preprocessor or vertex may make several
        // rows of a sample, or one of several.
        return model().conf().isMiniBatch() ? data.getLabels(0).size(0) : 1;
    }

    private static final class Layers extends Network {

        private final MultiLayerNetwork network;

        Layers(MultiLayerNetwork network) {
            this.network = network;
        }

        @Override
        public Model model() {
            return network;
        }

        @Override
        public Layer[] layers() {
            return network.getLayers();
        }

        @Override
        public BaseMultiLayerUpdater<?> updater() {
            return (BaseMultiLayerUpdater<?>) network.getUpdater();
        }

        @Override
        public List<TrainingListener> listeners() {
            return new ArrayList<>(network.getListeners());
        }

        @Override
        public int iteration() {
            return network.getIterationCount();
        }

        @Override
        public int epoch() {
            return network.getEpochCount();
        }

        @Override
        public void setIteration(int iteration) {
            network.getLayerWiseConfigurations().setIterationCount(iteration);
        }

        @Override
        public void setScore(double score) {
            network.setScore(score);
        }

        @Override
        public double penalty() {
            return network.calcRegularizationScore(true);
        }

        @Override
        BackpropType backpropType() {
            return network.getLayerWiseConfigurations().getBackpropType();
        }

        @Override
        void setBackpropType(BackpropType type) {
            network.getLayerWiseConfigurations().setBackpropType(type);
        }

        @Override
        void computeGradientAndScore(MultiDataSet data) {
            network.setInput(data.getFeatures(0));
            network.setLabels(data.getLabels(0));
            network.setLayerMaskArrays(first(data.getFeaturesMaskArrays()), first(data.getLabelsMaskArrays()));
            network.computeGradientAndScore();
        }

        private static INDArray first(INDArray[] masks) {
            return masks == null || masks.length == 0 ? null : masks[0];
        }

        @Override
        public void clear() {
            network.clearLayerMaskArrays();
            network.clearLayersStates();
        }

        @Override
        public List<Trainable> trainables() {
            return List.of(network.getLayers());
        }

        @Override
        public Network copy(DataType type) {
            MultiLayerConfiguration configuration = MultiLayerConfiguration.fromJson(
                    network.getLayerWiseConfigurations().toJson());
            configuration.setDataType(type);
            MultiLayerNetwork copy = new MultiLayerNetwork(configuration);
            copy.init(network.params().castTo(type).dup(), false);
            return new Layers(copy);
        }
    }

    private static final class Graph extends Network {

        private final ComputationGraph graph;

        Graph(ComputationGraph graph) {
            this.graph = graph;
        }

        @Override
        public Model model() {
            return graph;
        }

        @Override
        public Layer[] layers() {
            return graph.getLayers();
        }

        @Override
        public BaseMultiLayerUpdater<?> updater() {
            return graph.getUpdater();
        }

        @Override
        public List<TrainingListener> listeners() {
            return new ArrayList<>(graph.getListeners());
        }

        @Override
        public int iteration() {
            return graph.getIterationCount();
        }

        @Override
        public int epoch() {
            return graph.getEpochCount();
        }

        @Override
        public void setIteration(int iteration) {
            graph.getConfiguration().setIterationCount(iteration);
        }

        @Override
        public void setScore(double score) {
            graph.setScore(score);
        }

        @Override
        public double penalty() {
            return graph.calcRegularizationScore(true);
        }

        @Override
        BackpropType backpropType() {
            return graph.getConfiguration().getBackpropType();
        }

        @Override
        void setBackpropType(BackpropType type) {
            graph.getConfiguration().setBackpropType(type);
        }

        @Override
        void computeGradientAndScore(MultiDataSet data) {
            graph.setInputs(data.getFeatures());
            graph.setLabels(data.getLabels());
            graph.setLayerMaskArrays(data.getFeaturesMaskArrays(), data.getLabelsMaskArrays());
            graph.computeGradientAndScore();
        }

        @Override
        public void clear() {
            graph.clearLayerMaskArrays();
            graph.clearLayersStates();
        }

        @Override
        public List<Trainable> trainables() {
            List<Trainable> vertices = new ArrayList<>();
            for (int vertex : graph.topologicalSortOrder()) {
                if (graph.getVertices()[vertex].numParams() > 0) {
                    vertices.add(graph.getVertices()[vertex]);
                }
            }
            return vertices;
        }

        @Override
        public Network copy(DataType type) {
            ComputationGraphConfiguration configuration = ComputationGraphConfiguration.fromJson(
                    graph.getConfiguration().toJson());
            configuration.setDataType(type);
            ComputationGraph copy = new ComputationGraph(configuration);
            copy.init(graph.params().castTo(type).dup(), false);
            return new Graph(copy);
        }
    }
}
