package io.dl4jext.fisher.arbiter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.deeplearning4j.arbiter.optimize.api.ParameterSpace;
import org.deeplearning4j.arbiter.optimize.serde.jackson.JsonMapper;
import org.deeplearning4j.arbiter.util.LeafUtils;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect.Visibility;
import org.nd4j.shade.jackson.databind.JsonNode;

/**
 * A space made of others: what Arbiter asks of one, answered from {@code getNestedSpaces()}. Subclasses name their
 * properties for JSON.
 *
 * @param <T> what is made
 */
@JsonAutoDetect(
        fieldVisibility = Visibility.NONE,
        getterVisibility = Visibility.NONE,
        isGetterVisibility = Visibility.NONE,
        setterVisibility = Visibility.NONE)
public abstract class CompositeSpace<T> implements ParameterSpace<T> {

    /**
     * How many values a candidate is made from. A leaf that is used in two places counts once, also after JSON, which
     * makes two of it: they share an index.
     */
    @Override
    public final int numParameters() {
        Set<Integer> indices = new HashSet<>();
        int count = 0;
        for (ParameterSpace<?> leaf : LeafUtils.getUniqueObjects(collectLeaves())) {
            int values = leaf.numParameters();
            JsonNode index = values == 0
                    ? null
                    : JsonMapper.getMapper().valueToTree(leaf).get("index");
            boolean placed = index != null && index.isInt() && index.asInt() >= 0;
            if (!placed || indices.add(index.asInt())) {
                count += values;
            }
        }
        return count;
    }

    @Override
    @SuppressWarnings("rawtypes")
    public final List<ParameterSpace> collectLeaves() {
        List<ParameterSpace> leaves = new ArrayList<>();
        for (ParameterSpace<?> space : getNestedSpaces().values()) {
            leaves.addAll(space.collectLeaves());
        }
        return leaves;
    }

    /**
     * The first space of a kind among those that a candidate is made from, from the outside in.
     *
     * @param <S> the kind
     * @param space a search's
     * @param parameterValues the candidate's
     */
    public static <S extends ParameterSpace<?>> Optional<S> find(
            Class<S> kind, ParameterSpace<?> space, double[] parameterValues) {
        if (kind.isInstance(space)) {
            return Optional.of(kind.cast(space));
        }
        Collection<ParameterSpace<?>> parts = new ArrayList<>();
        if (space instanceof CompositeSpace) {
            parts.addAll(((CompositeSpace<?>) space).used(parameterValues));
        } else {
            space.getNestedSpaces().values().forEach(parts::add);
        }
        return parts.stream()
                .map(part -> find(kind, part, parameterValues))
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** The nested spaces that a candidate is made from. */
    Collection<ParameterSpace<?>> used(double[] parameterValues) {
        Collection<ParameterSpace<?>> all = new ArrayList<>();
        getNestedSpaces().values().forEach(all::add);
        return all;
    }

    @Override
    public final boolean isLeaf() {
        return false;
    }

    /** Arbiter sets the leaves' indices; this is none. */
    @Override
    public final void setIndices(int... indices) {
        throw new UnsupportedOperationException(
                "Expected to set the indices of a leaf, got " + Arrays.toString(indices) + " for " + this);
    }
}
