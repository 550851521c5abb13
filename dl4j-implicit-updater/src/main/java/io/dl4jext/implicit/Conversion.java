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
    private final List<String> replaced;

    Conversion(T result, List<String> converted, List<String> leftExplicit, List<String> replaced) {
        this.result = result;
        this.converted = Collections.unmodifiableList(converted);
        this.leftExplicit = Collections.unmodifiableList(leftExplicit);
        this.replaced = Collections.unmodifiableList(replaced);
    }

    /** Another result of the same conversion. */
    <R> Conversion<R> with(R other) {
        return new Conversion<>(other, converted, leftExplicit, replaced);
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

    /**
     * Each layer, implicit or explicit, that had another updater, or a bias updater of its own: index or name, type,
     * the updaters that it had with their learning rates, and the one that it has now, for weights and biases.
     */
    public List<String> replacedUpdaters() {
        return replaced;
    }

    /** The three lists as text. */
    public String summary() {
        StringBuilder text = new StringBuilder("Implicit layers: ").append(converted.size());
        converted.forEach(line -> text.append("\n  ").append(line));
        text.append("\nExplicit layers: ").append(leftExplicit.size());
        leftExplicit.forEach(line -> text.append("\n  ").append(line));
        text.append("\nReplaced updaters: ").append(replaced.size());
        replaced.forEach(line -> text.append("\n  ").append(line));
        return text.toString();
    }

    @Override
    public String toString() {
        return summary();
    }
}
