package io.dl4jext.fisher.arbiter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.deeplearning4j.arbiter.optimize.api.ParameterSpace;
import org.deeplearning4j.arbiter.optimize.parameter.discrete.DiscreteParameterSpace;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * One of several: updaters, schedules, presets, each with its own searched settings or none.
 *
 * <pre>{@code
 * ParameterSpace<IUpdater> updater = ChoiceSpace.of(
 *         SettingsSpace.of(IUpdater.class, AdaGradPresets.keras().build()),
 *         SettingsSpace.of(IUpdater.class, new Adam()).search("learningRate", new ContinuousParameterSpace(1e-4, 1e-2)));
 * ParameterSpace<BatchSchedule> sizes = ChoiceSpace.of(
 *         BatchSchedule.class, BatchSchedule.named("s16-to-64", 20), BatchSchedule.named("s64", 20));
 * }</pre>
 *
 * <p>Every alternative is as likely as the others. Unlike Arbiter's {@code DiscreteParameterSpace} of objects it can be
 * read from the JSON of a search.
 *
 * @param <T> what is made
 */
public final class ChoiceSpace<T> extends CompositeSpace<T> {

    private final List<ParameterSpace<? extends T>> alternatives;
    private final ParameterSpace<Integer> choice;

    @JsonCreator
    private ChoiceSpace(
            @JsonProperty(value = "alternatives", required = true) List<ParameterSpace<? extends T>> alternatives,
            @JsonProperty(value = "choice", required = true) ParameterSpace<Integer> choice) {
        this.alternatives = alternatives;
        this.choice = choice;
    }

    /**
     * One of several spaces.
     *
     * @param <T> what is made
     * @throws IllegalArgumentException unless there are two or more
     */
    @SafeVarargs
    public static <T> ChoiceSpace<T> of(ParameterSpace<? extends T>... alternatives) {
        return of(Arrays.asList(alternatives));
    }

    /**
     * One of several settings.
     *
     * @param <T> what is made
     * @param kind what the user of the space expects: {@code IUpdater.class}, {@code ISchedule.class}, …
     * @throws IllegalArgumentException unless there are two or more, each as {@link SettingsSpace#of} asks
     */
    @SafeVarargs
    public static <T> ChoiceSpace<T> of(Class<T> kind, T... alternatives) {
        return of(Stream.of(alternatives)
                .map(settings -> SettingsSpace.of(kind, settings))
                .collect(Collectors.toList()));
    }

    private static <T> ChoiceSpace<T> of(List<? extends ParameterSpace<? extends T>> alternatives) {
        if (alternatives.size() < 2 || alternatives.contains(null)) {
            throw new IllegalArgumentException("Expected at least two alternatives, got " + alternatives);
        }
        Integer[] numbers = IntStream.range(0, alternatives.size()).boxed().toArray(Integer[]::new);
        return new ChoiceSpace<>(new ArrayList<>(alternatives), new DiscreteParameterSpace<>(numbers));
    }

    @Override
    public T getValue(double[] parameterValues) {
        return chosen(parameterValues).getValue(parameterValues);
    }

    private ParameterSpace<? extends T> chosen(double[] parameterValues) {
        return alternatives.get(choice.getValue(parameterValues));
    }

    @Override
    Collection<ParameterSpace<?>> used(double[] parameterValues) {
        return List.of(chosen(parameterValues));
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Map<String, ParameterSpace> getNestedSpaces() {
        Map<String, ParameterSpace> nested = new LinkedHashMap<>();
        nested.put("choice", choice);
        for (int i = 0; i < alternatives.size(); i++) {
            nested.put(String.valueOf(i), alternatives.get(i));
        }
        return nested;
    }

    @JsonProperty("alternatives")
    private List<ParameterSpace<? extends T>> alternatives() {
        return alternatives;
    }

    @JsonProperty("choice")
    private ParameterSpace<Integer> choice() {
        return choice;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ChoiceSpace
                && alternatives.equals(((ChoiceSpace<?>) other).alternatives)
                && choice.equals(((ChoiceSpace<?>) other).choice);
    }

    @Override
    public int hashCode() {
        return 31 * alternatives.hashCode() + choice.hashCode();
    }

    @Override
    public String toString() {
        return "one of " + alternatives;
    }
}
