package io.dl4jext.experiments.evidence.cell;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** What has become of a cell. Immutable. */
public final class CellState {

    /** The kinds of it. */
    public enum Kind {
        DONE("done"),
        FAILED("failed"),
        NOT_YET("not yet run"),
        SKIPPED("skipped: no data");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    private final Kind kind;
    private final Done done;
    private final Path results;
    private final String fault;
    private final Set<DataSet> missing;

    private CellState(Kind kind, Done done, Path results, String fault, Set<DataSet> missing) {
        this.kind = kind;
        this.done = done;
        this.results = results;
        this.fault = fault;
        this.missing = missing;
    }

    /** @param results the folder with its files */
    public static CellState done(Done done, Path results) {
        return new CellState(Kind.DONE, done, results, "", Set.of());
    }

    /** @param fault what it said at its end */
    public static CellState failed(String fault) {
        return new CellState(Kind.FAILED, null, null, fault, Set.of());
    }

    public static CellState notYet() {
        return new CellState(Kind.NOT_YET, null, null, "", Set.of());
    }

    /** @param missing what it would have read */
    public static CellState skipped(Set<DataSet> missing) {
        return new CellState(Kind.SKIPPED, null, null, "", Set.copyOf(missing));
    }

    public Kind kind() {
        return kind;
    }

    /** Of a cell that is done. */
    public Optional<Done> done() {
        return Optional.ofNullable(done);
    }

    /** Of a cell that is done: the folder with its files. */
    public Optional<Path> results() {
        return Optional.ofNullable(results);
    }

    /** Of a cell that failed, else empty. */
    public String fault() {
        return fault;
    }

    /** Of a cell that was skipped. */
    public Set<DataSet> missing() {
        return missing;
    }
}
