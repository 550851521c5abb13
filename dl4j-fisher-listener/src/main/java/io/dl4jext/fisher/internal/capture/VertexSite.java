package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.Place;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffVertex;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.impl.FrozenVertex;
import org.deeplearning4j.nn.layers.samediff.SameDiffGraphVertex;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A place in a graph that holds a vertex with parameters of its own, and the way to put another there. */
final class VertexSite implements ParameterSite {

    final GraphVertex vertex;
    private final org.deeplearning4j.nn.conf.graph.GraphVertex configuration;
    private final Supplier<GraphVertex> present;
    private final Consumer<GraphVertex> place;
    private final Masks masks;
    private final Function<INDArray, GraphVertex> second;

    /** The masks of the graph's inputs. */
    interface Masks {

        /**
         * @param index of the vertex's input
         * @param series that input
         * @return the mask that fits it of those of the graph's inputs that it comes from, or null
         */
        INDArray of(int index, INDArray series);
    }

    /**
     * @param second makes another vertex of the same configuration over parameters
     */
    VertexSite(
            org.deeplearning4j.nn.conf.graph.GraphVertex configuration,
            Supplier<GraphVertex> present,
            Consumer<GraphVertex> place,
            Masks masks,
            Function<INDArray, GraphVertex> second) {
        this.vertex = VertexTap.original(present.get());
        this.configuration = configuration;
        this.present = present;
        this.place = place;
        this.masks = masks;
        this.second = second;
    }

    @Override
    public List<String> names() {
        return List.of(vertex.getVertexName());
    }

    @Override
    public long numParams() {
        return vertex.numParams();
    }

    @Override
    public INDArray params() {
        return vertex.params();
    }

    @Override
    public Map<String, INDArray> paramTable() {
        return vertex.paramTable(true);
    }

    @Override
    public Place place(String parameter) {
        return ParameterSite.place(params(), paramTable().get(parameter));
    }

    GraphVertex present() {
        return present.get();
    }

    void put(GraphVertex replacement) {
        place.accept(replacement);
    }

    /** Whether a second vertex can be made of its configuration: those of SameDiff, attention among them. */
    boolean canBeReplayed() {
        return vertex.getClass() == SameDiffGraphVertex.class && configuration instanceof SameDiffVertex;
    }

    /** The class of its configuration. */
    Class<?> kind() {
        return configuration.getClass();
    }

    @Override
    public Optional<String> idle() {
        return vertex instanceof FrozenVertex ? Optional.of("frozen") : Optional.empty();
    }

    /** Another vertex of the same configuration over the same parameters. */
    GraphVertex second() {
        GraphVertex made = second.apply(vertex.params());
        made.setInputVertices(vertex.getInputVertices());
        return made;
    }

    /** The mask of an input of the vertex, if it is that of one of the graph's inputs; else null. */
    INDArray mask(int index, INDArray input) {
        return masks.of(index, input);
    }

    @Override
    public String name() {
        return "vertex '" + vertex.getVertexName() + "'";
    }

    @Override
    public String type() {
        Object kind = configuration == null ? vertex : configuration;
        return kind.getClass().getSimpleName();
    }

    /** Its name and its kind. */
    @Override
    public String toString() {
        return name() + " (" + type() + ")";
    }
}
