package io.dl4jext.experiments.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

/**
 * A table in plain text with a row for each item: the first column to the left, the others to the right, two spaces
 * between.
 */
public final class TextTable<T> {

    private final List<T> items;

    /** The cells of each column below its header. */
    private final List<List<String>> columns = new ArrayList<>();

    public TextTable(Collection<? extends T> items) {
        this.items = List.copyOf(items);
    }

    public TextTable<T> column(String header, Function<? super T, ?> cell) {
        List<String> cells = new ArrayList<>(List.of(header));
        items.forEach(item -> cells.add(String.valueOf(cell.apply(item))));
        columns.add(cells);
        return this;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int row = 0; row <= items.size(); row++) {
            StringBuilder line = new StringBuilder();
            for (List<String> cells : columns) {
                int width = cells.stream().mapToInt(String::length).max().orElseThrow();
                String gap = " ".repeat(width - cells.get(row).length());
                line.append(line.length() == 0 ? cells.get(row) + gap : "  " + gap + cells.get(row));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
