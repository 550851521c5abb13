package io.dl4jext.batch.internal;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Updater;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.graph.ComputationGraphUpdater;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;

/** DL4J's two kinds of networks as one. A view without state of its own, made where it is needed. */
public abstract class Network {

    private Network() {}

    /** Whether it is one of DL4J's two networks. Pre-training of single layers runs through listeners, too. */
    public static boolean is(Model model) {
        return model instanceof MultiLayerNetwork || model instanceof ComputationGraph;
    }

    /** @throws IllegalArgumentException unless it is one of DL4J's two networks */
    public static Network of(Model model) {
        if (model instanceof MultiLayerNetwork) {
            return new Layers((MultiLayerNetwork) model);
        }
        if (model instanceof ComputationGraph) {
            return new Graph((ComputationGraph) model);
        }
        throw new IllegalArgumentException("Expected a MultiLayerNetwork or ComputationGraph, got " + model);
    }

    /** @throws IllegalArgumentException unless it is a network that has been initialised */
    public static Network ready(Model model) {
        Network network = of(model);
        if (network.layers() == null) {
            throw new IllegalArgumentException("Expected a network that has been initialised, got a "
                    + model.getClass().getSimpleName() + " before init(): call init() first");
        }
        return network;
    }

    /**
     * Whether the network has this listener only because it is a clone: {@code ComputationGraph.clone()} hands on the
     * list of listeners itself, but not the layers' own, which have whatever was set for their network.
     */
    public static boolean hasFromOriginal(Model model, TrainingListener listener) {
        if (!(model instanceof ComputationGraph)) {
            return false;
        }
        Layer[] layers = ((ComputationGraph) model).getLayers();
        return layers != null
                && layers.length > 0
                && Arrays.stream(layers).noneMatch(layer -> layer.getListeners().contains(listener));
    }

    /** Null before {@code init()}. */
    public abstract Layer[] layers();

    public abstract BackpropType backpropType();

    public abstract Updater updater();

    /** Null where none has been made yet. */
    public abstract Updater presentUpdater();

    public abstract void setUpdater(Updater updater);

    public abstract Collection<TrainingListener> listeners();

    /** Replaces all listeners. */
    public abstract void setListeners(List<TrainingListener> all);

    abstract void setIterationCount(int iteration);

    abstract void setEpochCount(int epoch);

    /** One at least; null where the network holds no mini-batch. */
    public abstract INDArray[] inputs();

    /** The first. */
    public final INDArray input() {
        return inputs()[0];
    }

    /** Those of the pass that goes on; null where they cannot be asked for, as in a ComputationGraph. */
    public abstract INDArray labels();

    /** Also the layers' own: what depends on it within this pass is computed by them. */
    public void setIteration(int iteration) {
        setIterationCount(iteration);
        for (Layer layer : layers()) {
            layer.setIterationCount(iteration);
        }
    }

    /** Also the layers' own. */
    public void setEpoch(int epoch) {
        setEpochCount(epoch);
        for (Layer layer : layers()) {
            layer.setEpochCount(epoch);
        }
    }

    /**
     * The rows of the network's input. Not {@code batchSize()}: that counts the labels' rows, which there may be none
     * of, or one for each time step.
     *
     * @param otherwise what holds for a network without input
     */
    public int examples(int otherwise) {
        INDArray input = input();
        return input == null ? otherwise : Math.toIntExact(input.size(0));
    }

    private static final class Layers extends Network {

        private final MultiLayerNetwork network;

        Layers(MultiLayerNetwork network) {
            this.network = network;
        }

        @Override
        public Layer[] layers() {
            return network.getLayers();
        }

        @Override
        public BackpropType backpropType() {
            return network.getLayerWiseConfigurations().getBackpropType();
        }

        @Override
        public Updater updater() {
            return network.getUpdater();
        }

        @Override
        public Updater presentUpdater() {
            return network.getUpdater(false);
        }

        @Override
        public void setUpdater(Updater updater) {
            network.setUpdater(updater);
        }

        @Override
        public Collection<TrainingListener> listeners() {
            return network.getListeners();
        }

        @Override
        public void setListeners(List<TrainingListener> all) {
            // Its solver keeps the list it is given; this makes that the network's own.
            network.setListeners(all);
            network.addListeners();
        }

        @Override
        void setIterationCount(int iteration) {
            network.getLayerWiseConfigurations().setIterationCount(iteration);
        }

        @Override
        void setEpochCount(int epoch) {
            network.getLayerWiseConfigurations().setEpochCount(epoch);
        }

        @Override
        public INDArray[] inputs() {
            return new INDArray[] {network.getInput()};
        }

        @Override
        public INDArray labels() {
            return network.getLabels();
        }
    }

    private static final class Graph extends Network {

        private final ComputationGraph graph;

        Graph(ComputationGraph graph) {
            this.graph = graph;
        }

        @Override
        public Layer[] layers() {
            return graph.getLayers();
        }

        @Override
        public BackpropType backpropType() {
            return graph.getConfiguration().getBackpropType();
        }

        @Override
        public Updater updater() {
            return graph.getUpdater();
        }

        @Override
        public Updater presentUpdater() {
            return graph.getUpdater(false);
        }

        @Override
        public void setUpdater(Updater updater) {
            graph.setUpdater((ComputationGraphUpdater) updater);
        }

        @Override
        public Collection<TrainingListener> listeners() {
            return graph.getListeners();
        }

        @Override
        public void setListeners(List<TrainingListener> all) {
            graph.setListeners(all);
            graph.addListeners();
        }

        @Override
        void setIterationCount(int iteration) {
            graph.getConfiguration().setIterationCount(iteration);
        }

        @Override
        void setEpochCount(int epoch) {
            graph.getConfiguration().setEpochCount(epoch);
        }

        @Override
        public INDArray[] inputs() {
            INDArray[] inputs = graph.getInputs();
            return inputs == null || inputs.length == 0 ? new INDArray[1] : inputs;
        }

        @Override
        public INDArray labels() {
            return null;
        }
    }
}
