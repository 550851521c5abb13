package io.dl4jext.experiments.implicit;

import io.dl4jext.experiments.report.Numbers;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A variant and, if it clips, the largest norm of a layer's gradient. Immutable. */
final class Method {

    /** The one that all thresholds of divergence are about. */
    static final Method EXPLICIT = new Method(Variant.EXPLICIT, Double.NaN);

    final Variant variant;

    /** NaN for a variant that does not clip. */
    final double clip;

    private Method(Variant variant, double clip) {
        this.variant = variant;
        this.clip = clip;
    }

    /** @param clip of no meaning to a variant that does not clip */
    static Method of(Variant variant, double clip) {
        return new Method(variant, variant.isClipped ? clip : Double.NaN);
    }

    /** All variants, those that clip with each threshold. */
    static List<Method> all(Set<Variant> variants, Collection<Double> clips) {
        return EnumSet.copyOf(variants).stream()
                .flatMap(variant -> variant.isClipped
                        ? new LinkedHashSet<>(clips).stream().map(clip -> of(variant, clip))
                        : Stream.of(of(variant, Double.NaN)))
                .collect(Collectors.toList());
    }

    /** The one with the same clipping and plain SGD. */
    Method reference() {
        return new Method(variant.reference(), clip);
    }

    /** Whether it is one that others are compared with. */
    boolean isReference() {
        return equals(reference());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Method
                && ((Method) other).variant == variant
                && Double.compare(((Method) other).clip, clip) == 0;
    }

    @Override
    public int hashCode() {
        return Objects.hash(variant, clip);
    }

    /** The variant's name, and the threshold if it clips: implicit, implicit-clip-8. */
    @Override
    public String toString() {
        return variant + (variant.isClipped ? "-" + clipText() : "");
    }

    /** The threshold for a table; empty if it does not clip. */
    String clipText() {
        return variant.isClipped ? Numbers.plain(clip) : "";
    }
}
