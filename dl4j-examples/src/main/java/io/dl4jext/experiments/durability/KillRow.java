package io.dl4jext.experiments.durability;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A training that was killed and resumed until it ended. */
final class KillRow {

    final Setup setup;

    /** How long after it had begun or gone on with the training each of its processes was killed, in milliseconds. */
    final List<Long> kills = new ArrayList<>();

    /** The updates that its processes began with. */
    List<Integer> resumedAt = List.of();

    int updates;

    /** What is not as in the training that was not killed. */
    List<String> different = List.of();

    KillRow(Setup setup) {
        this.setup = setup;
    }

    String resumed() {
        return resumedAt.stream().map(String::valueOf).collect(Collectors.joining(" "));
    }

    String outcome() {
        return different.isEmpty() ? "identical" : "different: " + String.join(", ", different);
    }
}
