package io.dl4jext.experiments.evidence.claim;

import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.statistics.Sample;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * One measure of one setting, a value for each seed; NaN where a training diverged. Trainings of one seed are pairs. In
 * place of seeds there may be data sets. Immutable.
 */
public final class PerSeed {

    private static final String SEED = "seed";

    private final String name;
    private final String each;
    private final SortedMap<Long, Double> values = new TreeMap<>();

    private PerSeed(String name, String each) {
        this.name = name;
        this.each = each;
    }

    /**
     * One value of each.
     *
     * @param name of the setting, for whoever reads that it was not run
     * @param rows none where the setting was not run
     */
    public static <T> PerSeed of(
            String name, Collection<T> rows, ToLongFunction<? super T> seed, ToDoubleFunction<? super T> value) {
        PerSeed measure = new PerSeed(name, SEED);
        rows.forEach(row -> measure.values.put(seed.applyAsLong(row), value.applyAsDouble(row)));
        return measure;
    }

    /** A measure that was not taken. */
    public static PerSeed none(String name) {
        return new PerSeed(name, SEED);
    }

    /**
     * One setting on several data sets, a value for each: the mean of its seeds'.
     *
     * @param sets in an order that other settings' measures share; nothing is measured where one of them was not
     * @param each what a data set is called, such as {@code table}
     */
    public static PerSeed together(String name, List<PerSeed> sets, String each) {
        PerSeed all = new PerSeed(name, each);
        if (sets.stream().noneMatch(PerSeed::isEmpty)) {
            for (int i = 0; i < sets.size(); i++) {
                all.values.put((long) i, sets.get(i).sample().mean());
            }
        }
        return all;
    }

    /** What the values are of: {@code seed}, or what a data set is called. */
    String each() {
        return each;
    }

    /** So many of the seeds, or data sets, in words. */
    String counted(int count) {
        return Numbers.count(count, each);
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
        PerSeed mapped = new PerSeed(name, each);
        values.forEach((seed, value) -> mapped.values.put(seed, function.applyAsDouble(value)));
        return mapped;
    }

    /**
     * The differences to another's values, of the seeds that both have; none where one was not measured.
     *
     * @param nameOfDifference for whoever reads that it was not run
     */
    public PerSeed minus(PerSeed other, String nameOfDifference) {
        PerSeed difference = new PerSeed(nameOfDifference, each);
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
        PerSeed named = new PerSeed(other, each);
        named.values.putAll(values);
        return named;
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
