package io.dl4jext.fisher.arbiter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.arbiter.optimize.api.ParameterSpace;
import org.deeplearning4j.arbiter.util.LeafUtils;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect.Visibility;

/**
 * A space made of others: what Arbiter asks of one, answered from {@code getNestedSpaces()}. Subclasses name their properties
 * for JSON.
 *
 * @param <T> what is made
 */
@JsonAutoDetect(
        fieldVisibility = Visibility.NONE,
        getterVisibility = Visibility.NONE,
        isGetterVisibility = Visibility.NONE,
        setterVisibility = Visibility.NONE)
public abstract class CompositeSpace<T> implements ParameterSpace<T> {

    @Override
    public final int numParameters() {
        return LeafUtils.countUniqueParameters(collectLeaves());
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
