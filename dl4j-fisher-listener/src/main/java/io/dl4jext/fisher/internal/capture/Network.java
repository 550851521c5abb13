package io.dl4jext.fisher.internal.capture;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.impl.LayerVertex;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** DL4J's two kinds of networks as one. A view without state of its own, made where it is needed. */
public abstract class Network {

    private Network() {}

    /** Whether it is one of DL4J's two networks. */
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
        throw new IllegalArgumentException("Expected a MultiLayerNetwork or a ComputationGraph, got "
                + (model == null ? null : model.getClass().getName()));
    }

    /** The iteration counter, as the network's learning-rate schedules see it. */
    public abstract int iteration();

    /** The epoch counter, as the network's learning-rate schedules see it. */
    public abstract int epoch();

    /** Null before {@code init()}. */
    public abstract Layer[] layers();

    /** Whether a series is trained on in pieces, each an iteration. */
    public abstract boolean isTruncated();

    /** Those that hear its training; never null. */
    public List<TrainingListener> listeners() {
        return ownListeners() == null ? List.of() : List.copyOf(ownListeners());
    }

    abstract Collection<TrainingListener> ownListeners();

    /** The first features of the mini-batch that the network holds; null where it holds none. */
    public abstract INDArray input();

    /** The places of all its layers. */
    abstract List<LayerSite> places();

    /** Those of its layers that are trained. */
    List<LayerSite> sites() {
        return places().stream().filter(place -> place.idle().isEmpty()).collect(Collectors.toList());
    }

    /** The places of the vertices with parameters that hold no layer. */
    abstract List<VertexSite> vertices();

    /**
     * After a forward pass, by the name of a vertex behind it: the vertex that takes the samples' rows apart or
     * together in another order than i, i + B, i + 2B, …
     */
    abstract Map<String, String> rowsReordered();

    /**
     * What has parameters that are trained: layers, and vertices that hold none; those of the network itself, not taps.
     */
    public List<Trainable> trained() {
        Stream<Trainable> layers = sites().stream().map(site -> site.layer);
        Stream<Trainable> others =
                vertices().stream().filter(site -> site.idle().isEmpty()).map(site -> site.vertex);
        return Stream.concat(layers, others).collect(Collectors.toList());
    }

    /**
     * The examples of the mini-batch that the network holds; 0 where it holds none any more. Not DL4J's own
     * {@code batchSize()}: that asks the labels, and fails where there are none (1.0.0-beta7 and -M2.1).
     */
    public int batchSize() {
        INDArray input = input();
        return input == null ? 0 : Math.toIntExact(input.size(0));
    }

    private static final class Layers extends Network {

        private final MultiLayerNetwork network;

        Layers(MultiLayerNetwork network) {
            this.network = network;
        }

        @Override
        public int iteration() {
            return network.getLayerWiseConfigurations().getIterationCount();
        }

        @Override
        public int epoch() {
            return network.getLayerWiseConfigurations().getEpochCount();
        }

        @Override
        public Layer[] layers() {
            return network.getLayers();
        }

        @Override
        public boolean isTruncated() {
            return network.getLayerWiseConfigurations().getBackpropType() == BackpropType.TruncatedBPTT;
        }

        @Override
        Collection<TrainingListener> ownListeners() {
            return network.getListeners();
        }

        @Override
        public INDArray input() {
            return network.getInput();
        }

        @Override
        List<LayerSite> places() {
            List<LayerSite> places = new ArrayList<>();
            Layer[] layers = network.getLayers();
            for (int i = 0; i < layers.length; i++) {
                int index = i;
                NeuralNetConfiguration configuration =
                        network.getLayerWiseConfigurations().getConf(i);
                String given = configuration.getLayer().getLayerName();
                String name = "layer " + i + (given == null ? "" : " '" + given + "'");
                List<String> names = given == null ? List.of(String.valueOf(i)) : List.of(String.valueOf(i), given);
                places.add(new LayerSite(name, names, configuration, () -> layers[index], l -> layers[index] = l));
            }
            return places;
        }

        @Override
        List<VertexSite> vertices() {
            return List.of();
        }

        @Override
        Map<String, String> rowsReordered() {
            return Map.of();
        }
    }

    private static final class Graph extends Network {

        private final ComputationGraph graph;

        Graph(ComputationGraph graph) {
            this.graph = graph;
        }

        @Override
        public int iteration() {
            return graph.getConfiguration().getIterationCount();
        }

        @Override
        public int epoch() {
            return graph.getConfiguration().getEpochCount();
        }

        @Override
        public Layer[] layers() {
            return graph.getLayers();
        }

        @Override
        public boolean isTruncated() {
            return graph.getConfiguration().getBackpropType() == BackpropType.TruncatedBPTT;
        }

        @Override
        Collection<TrainingListener> ownListeners() {
            return graph.getListeners();
        }

        @Override
        public INDArray input() {
            INDArray[] inputs = graph.getInputs();
            return inputs == null ? null : inputs[0];
        }

        @Override
        List<LayerSite> places() {
            List<LayerSite> places = new ArrayList<>();
            for (GraphVertex vertex : graph.getVertices()) {
                if (vertex instanceof LayerVertex) {
                    LayerVertex holder = (LayerVertex) vertex;
                    String name = vertex.getVertexName();
                    NeuralNetConfiguration configuration = ((org.deeplearning4j.nn.conf.graph.LayerVertex)
                                    graph.getConfiguration().getVertices().get(name))
                            .getLayerConf();
                    places.add(new LayerSite(
                            "layer '" + name + "'", List.of(name), configuration, holder::getLayer, holder::setLayer));
                }
            }
            return places;
        }

        @Override
        List<VertexSite> vertices() {
            return IntStream.range(0, graph.getVertices().length)
                    .mapToObj(this::vertex)
                    .filter(site -> !site.vertex.hasLayer() && site.vertex.numParams() > 0)
                    .collect(Collectors.toList());
        }

        @Override
        Map<String, String> rowsReordered() {
            return new RowOrder(graph.getVertices(), graph.getConfiguration().getVertices(), batchSize())
                    .reordered(graph.topologicalSortOrder());
        }

        private VertexSite vertex(int index) {
            GraphVertex[] vertices = graph.getVertices();
            String name = vertices[index].getVertexName();
            org.deeplearning4j.nn.conf.graph.GraphVertex configuration =
                    graph.getConfiguration().getVertices().get(name);
            return new VertexSite(
                    configuration,
                    () -> vertices[index],
                    vertex -> vertices[index] = vertex,
                    (input, series) -> maskOf(series, graphInputs(vertices[index], input)),
                    parameters ->
                            configuration.instantiate(graph, name, index, parameters, false, parameters.dataType()));
        }

        /** Which of the graph's inputs an input of a vertex comes from, in their order. */
        private IntStream graphInputs(GraphVertex vertex, int input) {
            Deque<Integer> open = new ArrayDeque<>(List.of(vertex.getInputVertices()[input].getVertexIndex()));
            Set<Integer> seen = new HashSet<>(open);
            while (!open.isEmpty()) {
                GraphVertex ancestor = graph.getVertices()[open.pop()];
                for (int k = 0; k < ancestor.getNumInputArrays(); k++) {
                    int before = ancestor.getInputVertices()[k].getVertexIndex();
                    if (seen.add(before)) {
                        open.push(before);
                    }
                }
            }
            List<String> inputs = graph.getConfiguration().getNetworkInputs();
            return IntStream.range(0, inputs.size())
                    .filter(i -> seen.contains(graph.getVertex(inputs.get(i)).getVertexIndex()));
        }

        /** Of a series, the first mask with as many steps of these inputs; of k stacked series, the first k. */
        private INDArray maskOf(INDArray series, IntStream inputs) {
            INDArray[] masks = graph.getInputMaskArrays();
            if (masks == null || series.rank() != 3) {
                return null;
            }
            long stacked = series.size(0) / batchSize();
            INDArray[] fitting = inputs.mapToObj(i -> masks[i])
                    .filter(mask -> mask != null
                            && mask.rank() == 2
                            && mask.size(0) * stacked == series.size(0)
                            && mask.size(1) == series.size(2))
                    .limit(stacked)
                    .toArray(INDArray[]::new);
            if (fitting.length == 0 || fitting.length < stacked) {
                return null;
            }
            return stacked == 1 ? fitting[0] : Nd4j.vstack(fitting);
        }
    }
}
