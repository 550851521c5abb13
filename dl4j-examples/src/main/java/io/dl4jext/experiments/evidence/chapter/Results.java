package io.dl4jext.experiments.evidence.chapter;

import io.dl4jext.experiments.evidence.cell.Cell;
import io.dl4jext.experiments.evidence.cell.CellState;
import io.dl4jext.experiments.evidence.cell.DataFolder;
import io.dl4jext.experiments.evidence.cell.Scale;
import io.dl4jext.experiments.report.CsvRows;
import io.dl4jext.experiments.report.CsvRows.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The files of the cells that are done. Immutable. */
public final class Results {

    private final Scale scale;
    private final DataFolder data;
    private final Map<String, Path> folders = new TreeMap<>();
    private final Set<String> failed = new TreeSet<>();

    public Results(Scale scale, DataFolder data, Map<Cell, CellState> states) {
        this.scale = scale;
        this.data = data;
        states.forEach((cell, state) -> state.results().ifPresent(folder -> folders.put(cell.name(), folder)));
        states.forEach((cell, state) -> {
            if (state.kind() == CellState.Kind.FAILED) {
                failed.add(cell.name());
            }
        });
    }

    public Scale scale() {
        return scale;
    }

    /** The sets that there are. */
    public DataFolder data() {
        return data;
    }

    /** The folder of a cell; none if it is not done. */
    public Optional<Path> folder(Cell cell) {
        return Optional.ofNullable(folders.get(cell.name()));
    }

    /** The rows of a CSV file of these cells, one after the other; none of those that are not done. */
    public List<Row> rows(List<Cell> cells, String file) throws IOException {
        List<Row> rows = new ArrayList<>();
        for (Cell cell : cells) {
            Path folder = folders.get(cell.name());
            if (folder != null) {
                rows.addAll(CsvRows.read(folder.resolve(file)));
            }
        }
        return rows;
    }

    /** The names of those of these cells that are not done. */
    List<String> missing(List<Cell> cells) {
        return cells.stream()
                .map(Cell::name)
                .filter(name -> !folders.containsKey(name))
                .collect(Collectors.toList());
    }

    /** The names of those of these cells that failed. */
    List<String> failed(List<Cell> cells) {
        return cells.stream().map(Cell::name).filter(failed::contains).collect(Collectors.toList());
    }

    /** Whether a cell that is done has such a file. */
    public boolean has(Cell cell, String file) {
        return folder(cell).map(folder -> Files.exists(folder.resolve(file))).orElse(false);
    }
}
