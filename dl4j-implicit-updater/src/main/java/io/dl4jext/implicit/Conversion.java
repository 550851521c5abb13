package io.dl4jext.implicit;

import java.util.Collections;
import java.util.List;

/**
 * What {@link ImplicitBackprop} made of a configuration or network, and how it treated each layer.
 *
 * @param <T> the type that was converted
 */
public final class Conversion<T> {

    private final T result;
    private final List<String> converted;
    private final List<String> leftExplicit;

    Conversion(T result, List<String> converted, List<String> leftExplicit) {
        this.result = result;
        this.converted = Collections.unmodifiableList(converted);
        this.leftExplicit = Collections.unmodifiableList(leftExplicit);
    }

    /** The converted copy. */
    public T result() {
        return result;
    }

    /** Each layer that takes implicit steps now: index or name, and type. */
    public List<String> converted() {
        return converted;
    }

    /** Each other layer: index or name, type, and the reason. */
    public List<String> leftExplicit() {
        return leftExplicit;
    }

    /** Both lists as text. */
    public String summary() {
        StringBuilder text = new StringBuilder("Implicit layers: ").append(converted.size());
        converted.forEach(line -> text.append("\n  ").append(line));
        text.append("\nExplicit layers: ").append(leftExplicit.size());
        leftExplicit.forEach(line -> text.append("\n  ").append(line));
        return text.toString();
    }

    @Override
    public String toString() {
        return summary();
    }
}
