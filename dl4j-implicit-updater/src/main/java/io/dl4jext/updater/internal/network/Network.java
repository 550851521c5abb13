package io.dl4jext.updater.internal.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
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
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
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

    /**
     * A configuration of its own.
     *
     * @param caller what the message begins with
     * @throws IllegalArgumentException if it cannot be written as JSON and read
     */
    public static MultiLayerConfiguration copyOf(MultiLayerConfiguration configuration, String caller) {
        return throughJson(() -> MultiLayerConfiguration.fromJson(configuration.toJson()), caller);
    }

    /** As the other. */
    public static ComputationGraphConfiguration copyOf(ComputationGraphConfiguration configuration, String caller) {
        return throughJson(() -> ComputationGraphConfiguration.fromJson(configuration.toJson()), caller);
    }

    /**
     * The vertices in DL4J's order, network inputs first. It is noted in the configuration, where DL4J looks for it when
     * it makes a network.
     */
    public static List<String> orderOf(ComputationGraphConfiguration configuration) {
        new ComputationGraph(configuration).calculateIndices();
        return configuration.getTopologicalOrderStr();
    }

    /** DL4J's clone() would share the layers within wrappers, and what they keep from pass to pass. */
    private static <T> T throughJson(Supplier<T> copy, String caller) {
        try {
            return copy.get();
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    caller
                            + ": expected a network that can be saved and loaded, as its configuration is copied by"
                            + " JSON, got one that cannot: a layer, vertex or activation of your own needs a class with"
                            + " a name and what Jackson needs to make one",
                    e);
        }
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

    /**
     * Whether DL4J's backward pass comes to this layer or vertex. It does not where the layer itself is frozen, nor,
     * in a MultiLayerNetwork, below a FrozenLayer. (A graph with something to train there does not train at all.) DL4J
     * applies updater and regularisation below a FrozenLayer all the same, to what the last update left in the
     * gradient.
     */
    public boolean isReached(Trainable trainable) {
        return !isFrozen(trainable);
    }

    /**
     * The mean loss of a forward pass as in training, over whole time series and without a recurrent layer's state,
     * l1, l2 and weight decay. Random layers draw in the order of {@link #pass}, whose own score would not do: DL4J
     * computes that one after the backward pass, in which some output layers have overwritten their input.
     */
    public abstract double loss(MultiDataSet data);

    /**
     * Forward and backward over whole time series, without an update and without a recurrent layer's state. The
     * gradient is 0 wherever no backward pass comes.
     */
    public void pass(MultiDataSet data) {
        INDArray gradient = model().getGradientsViewArray();
        if (gradient != null) {
            // DL4J leaves there what was in it.
            gradient.assign(0);
        }
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

    /**
     * A network of its own from the same configuration, with the same parameters as numbers of another type.
     *
     * @param caller what the message begins with
     * @throws IllegalArgumentException if the configuration cannot be written as JSON and read
     */
    public abstract Network copy(DataType type, String caller);

    /**
     * What a pass's gradient is to be divided by for that of the mean loss.
     *
     * @throws IllegalArgumentException if the outputs have different numbers of rows: DL4J takes the mean over each
     *     one's own for the loss, but divides all gradients by one number
     */
    public long divisor(MultiDataSet data) {
        // Without mini-batches DL4J takes the sum for the loss. Labels count: a preprocessor or vertex may make several
        // rows of a sample, or one of several.
        if (!model().conf().isMiniBatch()) {
            return 1;
        }
        long rows = data.getLabels(0).size(0);
        for (int i = 1; i < data.getLabels().length; i++) {
            if (data.getLabels(i).size(0) != rows) {
                throw new IllegalArgumentException("Expected outputs of equally many rows, got " + rows + " of '"
                        + outputs().get(0) + "' and " + data.getLabels(i).size(0) + " of '"
                        + outputs().get(i) + "'");
            }
        }
        return rows;
    }

    /** The names of the outputs. */
    abstract List<String> outputs();

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
        List<String> outputs() {
            return List.of(network.getOutputLayer().conf().getLayer().getLayerName());
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

        /** DL4J's backward pass ends at the last one; by index, as DL4J's clone() wraps layers anew. */
        @Override
        public boolean isReached(Trainable trainable) {
            int index = ((Layer) trainable).getIndex();
            return super.isReached(trainable)
                    && Arrays.stream(network.getLayers()).skip(index).noneMatch(FrozenLayer.class::isInstance);
        }

        @Override
        public double loss(MultiDataSet data) {
            DataSet whole = new DataSet(
                    data.getFeatures(0),
                    data.getLabels(0),
                    first(data.getFeaturesMaskArrays()),
                    first(data.getLabelsMaskArrays()));
            return network.score(whole, true) - penalty();
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
        public Network copy(DataType type, String caller) {
            MultiLayerConfiguration configuration = copyOf(network.getLayerWiseConfigurations(), caller);
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
        List<String> outputs() {
            return graph.getConfiguration().getNetworkOutputs();
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

        /**
         * Not the graph's score(data, true): it comes to the output layers in another order than the backward pass,
         * which draws their dropout, and takes 0 for the loss of one within FrozenLayerWithBackprop (M2.1 and beta7).
         */
        @Override
        public double loss(MultiDataSet data) {
            graph.setInputs(data.getFeatures());
            graph.setLayerMaskArrays(data.getFeaturesMaskArrays(), data.getLabelsMaskArrays());
            graph.feedForward(true, true, false);
            int[] order = graph.topologicalSortOrder();
            double loss = 0;
            for (int i = order.length - 1; i >= 0; i--) {
                int output = outputs().indexOf(graph.getVertices()[order[i]].getVertexName());
                if (output >= 0) {
                    loss += loss(graph.getVertices()[order[i]].getLayer(), output, data);
                }
            }
            return loss;
        }

        private static double loss(Layer layer, int output, MultiDataSet data) {
            Layer last = layer instanceof FrozenLayerWithBackprop
                    ? ((FrozenLayerWithBackprop) layer).getInsideLayer()
                    : layer;
            INDArray[] masks = data.getLabelsMaskArrays();
            last.setMaskArray(masks == null ? null : masks[output]);
            ((IOutputLayer) last).setLabels(data.getLabels(output));
            return ((IOutputLayer) last).computeScore(0, true, LayerWorkspaceMgr.noWorkspaces());
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
        public Network copy(DataType type, String caller) {
            ComputationGraphConfiguration configuration = copyOf(graph.getConfiguration(), caller);
            configuration.setDataType(type);
            ComputationGraph copy = new ComputationGraph(configuration);
            copy.init(graph.params().castTo(type).dup(), false);
            return new Graph(copy);
        }
    }
}
