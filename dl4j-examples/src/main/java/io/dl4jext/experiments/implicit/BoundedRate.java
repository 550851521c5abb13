package io.dl4jext.experiments.implicit;

/** A highest stable rate, or a ratio of two, of which perhaps only a bound is known. Immutable. */
final class BoundedRate {

    final double value;

    /** Whether {@link #value} is a lower bound. */
    final boolean mayBeHigher;

    /** Whether {@link #value} is an upper bound; if it is a lower one, too, nothing is known. */
    final boolean mayBeLower;

    private BoundedRate(double value, boolean mayBeHigher, boolean mayBeLower) {
        this.value = value;
        this.mayBeHigher = mayBeHigher;
        this.mayBeLower = mayBeLower;
    }

    /** @param bracket that exists */
    BoundedRate(RateSearch.Bracket bracket) {
        this(bracket.stable, bracket.isOpen(), false);
    }

    /** This rate divided by another. */
    BoundedRate over(BoundedRate other) {
        return new BoundedRate(value / other.value, mayBeHigher || other.mayBeLower, mayBeLower || other.mayBeHigher);
    }

    boolean isExact() {
        return !mayBeHigher && !mayBeLower;
    }
}
