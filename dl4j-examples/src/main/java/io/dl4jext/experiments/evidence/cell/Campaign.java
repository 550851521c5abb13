package io.dl4jext.experiments.evidence.cell;

import io.dl4jext.experiments.engine.Progress;
import io.dl4jext.experiments.engine.ResultFolder;
import io.dl4jext.experiments.report.Numbers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All cells of a report in one folder. A cell that has come to its end is never run again there; one that was broken
 * off leaves nothing that counts. Each has a folder {@code cells/NAME-KEY} with {@code log.txt}, {@code results} and,
 * at last, {@code done.json}.
 */
public final class Campaign {

    private static final String CELLS = "cells";
    private static final String RESULTS = "results";
    private static final String LOG = "log.txt";
    private static final int LAST_LINES = 12;
    private static final int LONGEST_LINE = 300;
    private static final long UNITS_A_MINUTE = 60_000;

    private final Path cells;
    private final List<Cell> plan;
    private final DataFolder data;
    private final boolean anyVersion;
    private final Predicate<Cell> wanted;
    private final Map<Cell, CellState> states = new LinkedHashMap<>();
    private final List<String> damages = new ArrayList<>();

    /**
     * The cells as they stand in the folder.
     *
     * @param folder of the whole report
     * @param anyVersion whether what other versions of this program and of DL4J have measured counts, too
     * @param wanted the cells that are to be run if they have not been
     */
    public Campaign(Path folder, List<Cell> plan, DataFolder data, boolean anyVersion, Predicate<Cell> wanted)
            throws IOException {
        Cell.requireDifferent(plan);
        this.cells = folder.resolve(CELLS);
        this.plan = List.copyOf(plan);
        this.data = data;
        this.anyVersion = anyVersion;
        this.wanted = wanted;
        for (Cell cell : plan) {
            states.put(cell, found(cell));
        }
    }

    private CellState found(Cell cell) throws IOException {
        if (!data.hasAll(cell)) {
            return CellState.skipped();
        }
        CellKey key = key(cell);
        Optional<String> damage = Optional.empty();
        for (Path folder : folders(cell, key)) {
            Done done = Done.in(folder).orElse(null);
            if (done != null && (done.isOf(key) || anyVersion && done.isOfSetting(key))) {
                Path results = folder.resolve(RESULTS);
                damage = done.damage(results);
                if (damage.isEmpty()) {
                    return CellState.done(done, results);
                }
            }
        }
        damage.ifPresent(what -> damages.add(damage(cell, what)));
        return CellState.notYet();
    }

    private String damage(Cell cell, String what) {
        return "cell " + cell + " counts as not run: " + what
                + (wanted.test(cell) ? "; it is run anew" : "; put the file back, or run it anew by --cells " + cell);
    }

    /**
     * Takes a cell that is done for one that has not been run, since a file of it cannot be read.
     *
     * @return false where the file is none of such a cell
     */
    public boolean takeBack(String file, String problem) {
        for (Map.Entry<Cell, CellState> entry : states.entrySet()) {
            Path results = entry.getValue().results().orElse(null);
            if (results != null && Path.of(file).startsWith(results)) {
                entry.setValue(CellState.notYet());
                damages.add(damage(entry.getKey(), problem));
                return true;
            }
        }
        return false;
    }

    /** What was found of cells whose files are not whole, each a line; each is told once. */
    public List<String> damages() {
        List<String> told = new ArrayList<>(damages);
        damages.clear();
        return told;
    }

    /** Its own first. */
    private List<Path> folders(Cell cell, CellKey key) throws IOException {
        List<Path> folders = new ArrayList<>(List.of(folder(cell, key)));
        if (anyVersion && Files.isDirectory(cells)) {
            try (Stream<Path> all = Files.list(cells)) {
                all.filter(folder -> folder.getFileName().toString().startsWith(cell.name() + "-"))
                        .sorted(Comparator.comparing(
                                (Path folder) ->
                                        Done.in(folder).map(Done::started).orElse(""),
                                Comparator.reverseOrder()))
                        .forEach(folders::add);
            }
        }
        return folders;
    }

    private CellKey key(Cell cell) {
        return CellKey.of(cell, data, Machine.versions());
    }

    private Path folder(Cell cell, CellKey key) {
        return cells.resolve(cell.name() + "-" + key.inNames());
    }

    /** What has become of each cell, in the order of the plan. */
    public Map<Cell, CellState> states() {
        return new LinkedHashMap<>(states);
    }

    private List<Cell> of(CellState.Kind kind) {
        return plan.stream().filter(cell -> states.get(cell).kind() == kind).collect(Collectors.toList());
    }

    public List<Cell> failed() {
        return of(CellState.Kind.FAILED);
    }

    /** What {@link #run} would run. */
    public List<Cell> left() {
        return of(CellState.Kind.NOT_YET).stream().filter(wanted).collect(Collectors.toList());
    }

    /** How many cells that are not done here another version has finished, which does not count. */
    public int ofOtherVersions() throws IOException {
        if (anyVersion || !Files.isDirectory(cells)) {
            return 0;
        }
        List<Done> there;
        try (Stream<Path> all = Files.list(cells)) {
            there = all.flatMap(folder -> Done.in(folder).stream()).collect(Collectors.toList());
        }
        return (int) of(CellState.Kind.NOT_YET).stream()
                .map(this::key)
                .filter(key -> there.stream().anyMatch(done -> done.isOfSetting(key) && !done.isOf(key)))
                .count();
    }

    /** How many cells lie in the folder that are none of the plan, or of other data or versions. */
    public int others() throws IOException {
        if (!Files.isDirectory(cells)) {
            return 0;
        }
        Set<Path> used = new HashSet<>();
        states.values().forEach(state -> state.results().ifPresent(results -> used.add(results.getParent())));
        of(CellState.Kind.NOT_YET).forEach(damaged -> used.add(folder(damaged, key(damaged))));
        try (Stream<Path> all = Files.list(cells)) {
            return (int) all.filter(
                            folder -> !used.contains(folder) && Done.in(folder).isPresent())
                    .count();
        }
    }

    /** What is done whenever a cell has come to its end or failed. */
    public interface After {
        void run() throws IOException;
    }

    /**
     * Runs what is left: first, one after the other, the cells that need the machine for themselves; then the others.
     *
     * @param jobs how many of these at a time, each with its part of the processors
     */
    public void run(CellRunner runner, int jobs, Progress progress, After after) throws IOException {
        List<Cell> left = left();
        int[] ended = {0};
        SideBySide.End<Ran> end = ran -> {
            states.put(ran.cell, ran.state);
            ran.told.rest();
            synchronized (progress) {
                progress.finished(ran.text() + " (" + ++ended[0] + " of " + left.size() + ")");
            }
            after.run();
        };
        Map<Boolean, List<Cell>> byNeed =
                left.stream().collect(Collectors.partitioningBy(cell -> cell.isAlone() || jobs == 1));
        SideBySide.run(tasks(byNeed.get(true), runner, Share.whole(), progress), 1, end);
        SideBySide.run(tasks(byNeed.get(false), runner, Share.one(jobs), progress), jobs, end);
    }

    private List<Callable<Ran>> tasks(List<Cell> some, CellRunner runner, Share share, Progress progress) {
        return some.stream()
                .map(cell -> (Callable<Ran>) () -> {
                    Told told = new Told(progress, cell);
                    synchronized (progress) {
                        progress.started(cell.name());
                    }
                    return new Ran(cell, run(cell, runner, share, told), told);
                })
                .collect(Collectors.toList());
    }

    /** A cell that has come to its end, or failed. */
    private static final class Ran {

        private final Cell cell;
        private final CellState state;
        private final Told told;
        private final double minutes;

        Ran(Cell cell, CellState state, Told told) {
            this.cell = cell;
            this.state = state;
            this.told = told;
            this.minutes = told.minutes();
        }

        String text() {
            String end = state.kind() == CellState.Kind.DONE ? "done" : "FAILED";
            return cell + ": " + end + Numbers.format(" in %.1f min", minutes);
        }
    }

    /** The work of all that is left, for a {@link Progress}. */
    public long work() {
        return left().stream().mapToLong(Campaign::work).sum();
    }

    private static long work(Cell cell) {
        return Math.max(1, Math.round(cell.minutes() * UNITS_A_MINUTE));
    }

    /** Tells the progress as the time goes by, never more than the cell was said to take, and once that it is late. */
    private static final class Told implements Runnable {

        private final Progress progress;
        private final String name;
        private final long work;
        private final long start = System.nanoTime();
        private long told;
        private boolean toldLate;

        Told(Progress progress, Cell cell) {
            this.progress = progress;
            this.name = cell.name();
            this.work = work(cell);
        }

        @Override
        public void run() {
            long so = (long) (minutes() * UNITS_A_MINUTE);
            tell(Math.min(work, so));
            if (so > work && !toldLate) {
                toldLate = true;
                synchronized (progress) {
                    progress.late(name);
                }
            }
        }

        double minutes() {
            return (System.nanoTime() - start) / 6e10;
        }

        void rest() {
            tell(work);
        }

        private void tell(long so) {
            long more = so - told;
            told = so;
            if (more > 0) {
                synchronized (progress) {
                    progress.advanced(more);
                }
            }
        }
    }

    private CellState run(Cell cell, CellRunner runner, Share share, Runnable meanwhile) throws IOException {
        Optional<CellState> changed = changed(cell);
        return changed.isPresent() ? changed.get() : runWithData(cell, runner, share, meanwhile);
    }

    /** Failed where its data are no longer those that it would be known by. */
    private Optional<CellState> changed(Cell cell) throws IOException {
        Set<String> changed = data.changed(cell);
        return changed.isEmpty()
                ? Optional.empty()
                : Optional.of(CellState.failed(
                        "expected data files that stay as they were when the report was begun, or gone on with; "
                                + String.join(", ", changed) + " did not: call the report again"));
    }

    private CellState runWithData(Cell cell, CellRunner runner, Share share, Runnable meanwhile) throws IOException {
        CellKey key = key(cell);
        Path folder = Files.createDirectories(folder(cell, key));
        Path results = folder.resolve(RESULTS);
        Files.deleteIfExists(folder.resolve(Done.FILE)); // of results that were damaged
        clear(results);
        Path log = folder.resolve(LOG);
        List<String> arguments = new ArrayList<>(data.resolved(cell.arguments()));
        arguments.addAll(List.of("--output", results.toString()));
        Instant started = Instant.now();
        long start = System.nanoTime();
        int code = runner.run(arguments, share, log, meanwhile);
        double seconds = (System.nanoTime() - start) / 1e9;
        if (code != 0) {
            return CellState.failed("exit code " + code + ", " + log + ":\n" + tail(log));
        }
        Optional<CellState> changed = changed(cell);
        if (changed.isPresent()) {
            return changed.get();
        }
        Done done = Done.of(cell, key, data, share, started, seconds, results);
        done.write(folder);
        return CellState.done(done, results);
    }

    /** Removes what a cell that was broken off has left. */
    private static void clear(Path results) throws IOException {
        if (!Files.exists(results)) {
            return;
        }
        ResultFolder.claim(results); // refused while a process of an earlier run is at work there
        List<Path> all;
        try (Stream<Path> files = Files.walk(results)) {
            all = files.sorted(Comparator.reverseOrder()).collect(Collectors.toList());
        }
        for (Path file : all) {
            Files.delete(file);
        }
    }

    private static String tail(Path log) throws IOException {
        if (!Files.exists(log)) {
            return "(it printed nothing)";
        }
        List<String> lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.isBlank())
                .collect(Collectors.toList());
        return lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()).stream()
                .map(line -> line.length() > LONGEST_LINE ? line.substring(0, LONGEST_LINE) + "…" : line)
                .collect(Collectors.joining("\n"));
    }
}
