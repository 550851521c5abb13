package io.dl4jext.batch;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.deeplearning4j.nn.api.Model;

/** What keeps state beside the network and the data, by name, in the order in which it was named. */
final class SavedParts {

    private final Map<String, Part> parts = new LinkedHashMap<>();

    private static final class Part {

        final Supplier<String> state;
        final BiConsumer<String, Model> restore;
        final Runnable begin;

        Part(Supplier<String> state, BiConsumer<String, Model> restore, Runnable begin) {
            this.state = state;
            this.restore = restore;
            this.begin = begin;
        }
    }

    /**
     * @param restore takes a state back, for the network that is resumed
     * @param begin called in place of it where there is no checkpoint
     * @throws IllegalArgumentException if the name is taken
     */
    void put(String name, Supplier<String> state, BiConsumer<String, Model> restore, Runnable begin) {
        if (parts.putIfAbsent(name, new Part(state, restore, begin)) != null) {
            throw new IllegalArgumentException("Expected one part named '" + name + "', got a second one");
        }
    }

    /** The same parts, to which others may be put. */
    SavedParts copy() {
        SavedParts copy = new SavedParts();
        copy.parts.putAll(parts);
        return copy;
    }

    Set<String> names() {
        return parts.keySet();
    }

    /**
     * What each keeps now, by name.
     *
     * @throws IllegalStateException if one has nothing to say
     */
    Map<String, String> states() {
        Map<String, String> states = new TreeMap<>();
        parts.forEach((name, part) -> {
            String state = part.state.get();
            if (state == null) {
                throw new IllegalStateException("Expected a state of part '" + name + "', got null");
            }
            states.put(name, state);
        });
        return states;
    }

    void restore(Map<String, String> states, Model network) {
        parts.forEach((name, part) -> part.restore.accept(states.get(name), network));
    }

    void begin() {
        parts.values().forEach(part -> part.begin.run());
    }
}
