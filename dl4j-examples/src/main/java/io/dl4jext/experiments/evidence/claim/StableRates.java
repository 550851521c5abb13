package io.dl4jext.experiments.evidence.claim;

import io.dl4jext.experiments.statistics.Sample;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * The highest stable learning rate of one method with each seed: NaN where no rate was stable, a lower bound where none
 * was unstable. Immutable.
 */
public final class StableRates {

    private final PerSeed rates;
    private final Set<Long> open = new HashSet<>();

    private StableRates(PerSeed rates) {
        this.rates = rates;
    }

    /**
     * One rate of each.
     *
     * @param name of the method
     * @param rows none where the method was not run
     * @param rate NaN where none was stable
     * @param isOpen whether the rate is a lower bound
     */
    public static <T> StableRates of(
            String name,
            Collection<T> rows,
            ToLongFunction<? super T> seed,
            ToDoubleFunction<? super T> rate,
            Predicate<? super T> isOpen) {
        StableRates all = new StableRates(PerSeed.of(name, rows, seed, rate));
        rows.stream().filter(isOpen).forEach(row -> all.open.add(seed.applyAsLong(row)));
        return all;
    }

    public String name() {
        return rates.name();
    }

    public boolean isEmpty() {
        return rates.isEmpty();
    }

    public int seeds() {
        return rates.seeds();
    }

    /** With how many seeds no rate was stable. */
    public int none() {
        return rates.diverged();
    }

    /** With how many seeds the rate is a lower bound. */
    public int bounds() {
        return open.size();
    }

    /** Of the seeds with which a rate was stable; lower bounds among them. */
    public Sample finite() {
        return rates.sample().finite();
    }

    /** The ratios to another method's rates. */
    public RateRatios over(StableRates other) {
        return new RateRatios(this, other);
    }

    PerSeed rates() {
        return rates;
    }

    boolean isOpen(long seed) {
        return open.contains(seed);
    }
}
