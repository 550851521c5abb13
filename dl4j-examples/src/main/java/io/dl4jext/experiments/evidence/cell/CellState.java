package io.dl4jext.experiments.evidence.cell;

import java.nio.file.Path;
import java.util.Optional;

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

    private CellState(Kind kind, Done done, Path results, String fault) {
        this.kind = kind;
        this.done = done;
        this.results = results;
        this.fault = fault;
    }

    /** @param results the folder with its files */
    public static CellState done(Done done, Path results) {
        return new CellState(Kind.DONE, done, results, "");
    }

    /** @param fault what it said at its end */
    public static CellState failed(String fault) {
        return new CellState(Kind.FAILED, null, null, fault);
    }

    public static CellState notYet() {
        return new CellState(Kind.NOT_YET, null, null, "");
    }

    public static CellState skipped() {
        return new CellState(Kind.SKIPPED, null, null, "");
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
}
