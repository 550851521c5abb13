package io.dl4jext.fisher.internal.capture;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.graph.StackVertex;
import org.deeplearning4j.nn.conf.graph.UnstackVertex;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Which rows of a graph's activations belong to sample i after a forward pass: as a rule i, i + B, i + 2B, … A
 * {@code ReshapeVertex} in c order that changes the number of rows leaves a sample's rows side by side, until another
 * makes one row a sample of them again.
 */
final class RowOrder {

    /** Rows in another order than the rule. */
    private static final class Reordered {

        final String by;

        /** Whether a sample's rows are side by side; else anyhow. */
        final boolean sideBySide;

        Reordered(String by, boolean sideBySide) {
            this.by = by;
            this.sideBySide = sideBySide;
        }
    }

    private final GraphVertex[] vertices;
    private final Map<String, org.deeplearning4j.nn.conf.graph.GraphVertex> configurations;
    private final long samples;

    /** By the index of the vertex; null where the rule holds. */
    private final Reordered[] outputs;

    /**
     * @param vertices after a forward pass
     * @param configurations by their names
     * @param samples B
     */
    RowOrder(
            GraphVertex[] vertices,
            Map<String, org.deeplearning4j.nn.conf.graph.GraphVertex> configurations,
            long samples) {
        this.vertices = vertices;
        this.configurations = configurations;
        this.samples = samples;
        this.outputs = new Reordered[vertices.length];
    }

    /**
     * By the name of each vertex whose input's rows are reordered: the vertex that did it.
     *
     * @param forward the vertices' indices in the order of the forward pass
     */
    Map<String, String> reordered(int[] forward) {
        Map<String, String> names = new HashMap<>();
        for (int index : forward) {
            GraphVertex vertex = vertices[index];
            if (!vertex.isInputVertex()) {
                Reordered input = input(vertex);
                if (input != null) {
                    names.put(vertex.getVertexName(), input.by);
                }
                outputs[index] = output(vertex, input);
            }
        }
        return names;
    }

    private Reordered input(GraphVertex vertex) {
        Reordered[] inputs = Arrays.stream(vertex.getInputVertices())
                .map(input -> outputs[input.getVertexIndex()])
                .toArray(Reordered[]::new);
        Reordered first =
                Arrays.stream(inputs).filter(order -> order != null).findFirst().orElse(null);
        boolean alike = Arrays.stream(inputs).allMatch(order -> order != null && order.sideBySide);
        return first == null || alike ? first : new Reordered(first.by, false);
    }

    private Reordered output(GraphVertex vertex, Reordered input) {
        org.deeplearning4j.nn.conf.graph.GraphVertex kind = configurations.get(vertex.getVertexName());
        if (kind instanceof FrozenVertex) {
            kind = ((FrozenVertex) kind).getUnderlying();
        }
        if (kind instanceof ReshapeVertex) {
            return reshaped(vertex, (ReshapeVertex) kind, input);
        }
        return input != null && (kind instanceof StackVertex || kind instanceof UnstackVertex)
                ? new Reordered(input.by, false)
                : input;
    }

    private Reordered reshaped(GraphVertex vertex, ReshapeVertex configuration, Reordered input) {
        INDArray before = vertex.getInputs()[0];
        long rows = rows(before, configuration.getNewShape());
        if (rows == before.size(0) || configuration.getReshapeOrder() == 'f') {
            return input;
        }
        boolean sideBySide = input == null ? before.size(0) == samples : input.sideBySide;
        return sideBySide && rows == samples
                ? null
                : new Reordered(input == null ? vertex.getVertexName() : input.by, sideBySide);
    }

    /** Of the reshaped array; one size of the shape may be -1, for what is left. */
    private static long rows(INDArray before, int[] shape) {
        if (shape[0] >= 0) {
            return shape[0];
        }
        long others = Arrays.stream(shape).skip(1).asLongStream().reduce(1, (a, b) -> a * b);
        return before.length() / others;
    }
}
