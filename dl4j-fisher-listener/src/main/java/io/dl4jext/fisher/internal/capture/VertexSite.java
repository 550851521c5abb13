package io.dl4jext.fisher.internal.capture;

import java.util.Optional;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.impl.FrozenVertex;
import org.deeplearning4j.nn.layers.samediff.SameDiffGraphVertex;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A place in a graph that holds a vertex with parameters of its own, and the way to put another there. */
final class VertexSite {

    final GraphVertex vertex;
    final ComputationGraph graph;
    private final int index;

    VertexSite(ComputationGraph graph, int index) {
        this.graph = graph;
        this.index = index;
        this.vertex = VertexTap.original(present());
    }

    GraphVertex present() {
        return graph.getVertices()[index];
    }

    void put(GraphVertex replacement) {
        graph.getVertices()[index] = replacement;
    }

    /** Whether a second vertex can be made of its configuration: those of SameDiff, attention among them. */
    boolean canBeReplayed() {
        return vertex.getClass() == SameDiffGraphVertex.class && configuration() instanceof SameDiffVertex;
    }

    /** Why the vertex has no gradients; empty if it has some. */
    Optional<String> idle() {
        return vertex instanceof FrozenVertex ? Optional.of("frozen") : Optional.empty();
    }

    org.deeplearning4j.nn.conf.graph.GraphVertex configuration() {
        return graph.getConfiguration().getVertices().get(vertex.getVertexName());
    }

    /** The masks of the graph's inputs, which may be null. */
    INDArray[] masks() {
        return graph.getInputMaskArrays();
    }

    /** Its name and its kind. */
    @Override
    public String toString() {
        org.deeplearning4j.nn.conf.graph.GraphVertex configuration = configuration();
        Object kind = configuration == null ? vertex : configuration;
        return "vertex '" + vertex.getVertexName() + "' (" + kind.getClass().getSimpleName() + ")";
    }
}
