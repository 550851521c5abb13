package io.dl4jext.experiments.evidence.chapter;

import io.dl4jext.experiments.evidence.cell.Cell;
import io.dl4jext.experiments.report.CsvRows;
import io.dl4jext.experiments.report.CsvRows.Row;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Every batch size and learning rate with one seed: one cell, or one for each batch size. Immutable. */
final class SeedGrid {

    /** One training of a grid: its row in the summary, and where its measurements are. Immutable. */
    static final class Member {

        private final Row row;
        private final Path folder;

        private Member(Row row, Path folder) {
            this.row = row;
            this.folder = folder;
        }

        /** Batch size, rate and what came out. */
        Row row() {
            return row;
        }

        /** Its measurements, in their order. */
        List<Row> course() throws IOException {
            return CsvRows.read(folder.resolve(row.text("configuration") + ".csv"));
        }
    }

    private final List<Cell> cells;

    private SeedGrid(List<Cell> cells) {
        this.cells = List.copyOf(cells);
    }

    /**
     * All in one cell.
     *
     * @param id of the grid, such as {@code mlp-mnist}
     * @param minutes of all
     * @param arguments of the command for batch sizes such as "16,32", without {@code --seed}
     */
    static SeedGrid inOneCell(
            String id, int seed, List<String> sizes, double minutes, Function<String, List<String>> arguments) {
        return new SeedGrid(List.of(cell(id, seed, minutes, arguments.apply(String.join(",", sizes)))));
    }

    /** A cell for each batch size, where one of all would take so long that it is likely to be broken off. */
    static SeedGrid bySize(
            String id, int seed, List<String> sizes, double minutes, Function<String, List<String>> arguments) {
        List<Cell> cells = new ArrayList<>();
        for (String size : sizes) {
            cells.add(cell(id + "-b" + size, seed, minutes / sizes.size(), arguments.apply(size)));
        }
        return new SeedGrid(cells);
    }

    private static Cell cell(String id, int seed, double minutes, List<String> arguments) {
        List<String> all = new ArrayList<>(List.of("fisher"));
        all.addAll(arguments);
        all.addAll(List.of("--seed", String.valueOf(seed)));
        return new Cell("fisher-" + id + "-seed" + seed, minutes, all);
    }

    List<Cell> cells() {
        return cells;
    }

    /** Whether all cells are done. */
    boolean isWhole(Results results) {
        return results.missing(cells).isEmpty();
    }

    /** The trainings of the cells that are done. */
    List<Member> members(Results results) throws IOException {
        List<Member> members = new ArrayList<>();
        for (Cell cell : cells) {
            for (Row row : results.rows(List.of(cell), "summary.csv")) {
                members.add(new Member(row, results.folder(cell).orElseThrow()));
            }
        }
        return members;
    }
}
