package io.dl4jext.experiments.evidence.claim;

import io.dl4jext.experiments.statistics.Sample;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/** One measure of one setting, a value for each seed; NaN where a training diverged. Trainings of one seed are pairs. Immutable. */
public final class PerSeed {

    private final String name;
    private final SortedMap<Long, Double> values = new TreeMap<>();

    private PerSeed(String name) {
        this.name = name;
    }

    /**
     * One value of each.
     *
     * @param name of the setting, for whoever reads that it was not run
     * @param rows none where the setting was not run
     */
    public static <T> PerSeed of(
            String name, Collection<T> rows, ToLongFunction<? super T> seed, ToDoubleFunction<? super T> value) {
        PerSeed measure = new PerSeed(name);
        rows.forEach(row -> measure.values.put(seed.applyAsLong(row), value.applyAsDouble(row)));
        return measure;
    }

    /** A measure that was not taken. */
    public static PerSeed none(String name) {
        return new PerSeed(name);
    }

    public String name() {
        return name;
    }

    public boolean isEmpty() {
        return values.isEmpty();
    }

    public int seeds() {
        return values.size();
    }

    /** How many values are not finite. */
    public int diverged() {
        return sample().notFinite();
    }

    public Sample sample() {
        return Sample.of(values.values(), value -> value);
    }

    /** The values after a function. */
    public PerSeed map(DoubleUnaryOperator function) {
        PerSeed mapped = new PerSeed(name);
        values.forEach((seed, value) -> mapped.values.put(seed, function.applyAsDouble(value)));
        return mapped;
    }

    /**
     * The differences to another's values, of the seeds that both have; none where one was not measured.
     *
     * @param nameOfDifference for whoever reads that it was not run
     */
    public PerSeed minus(PerSeed other, String nameOfDifference) {
        PerSeed difference = new PerSeed(nameOfDifference);
        for (long seed : common(other)) {
            difference.values.put(seed, values.get(seed) - other.values.get(seed));
        }
        return difference;
    }

    Sample minus(PerSeed other) {
        return minus(other, name).sample();
    }

    /** The values of the seeds that another has, too. */
    Sample with(PerSeed other) {
        return Sample.of(common(other), values::get);
    }

    /** The same values under another name. */
    public PerSeed named(String other) {
        PerSeed named = new PerSeed(other);
        named.values.putAll(values);
        return named;
    }

    public void forEach(BiConsumer<Long, Double> use) {
        values.forEach(use);
    }

    double value(long seed) {
        return values.get(seed);
    }

    /** The seeds that both have. */
    TreeSet<Long> common(PerSeed other) {
        TreeSet<Long> seeds = new TreeSet<>(values.keySet());
        seeds.retainAll(other.values.keySet());
        return seeds;
    }
}
