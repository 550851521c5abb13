package io.dl4jext.experiments.evidence.chapter;

import io.dl4jext.experiments.evidence.cell.Cell;
import io.dl4jext.experiments.report.Numbers;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What cells train on and for how long, in words, from their arguments. */
final class Described {

    private Described() {}

    /** Such as "first 6,000 images, 3 epochs, momentum 0.9; 2 of 3 seeds done". */
    static String of(List<Cell> cells, Results results) {
        return of(cells, results, "images");
    }

    /** @param unit of what is trained on, such as "images" */
    static String of(List<Cell> cells, Results results, String unit) {
        return of(cells, results, unit, "seed");
    }

    /** @param part of the experiment that a cell is, such as "seed" */
    static String of(List<Cell> cells, Results results, String unit, String part) {
        Cell first = cells.get(0);
        long done =
                cells.stream().filter(cell -> results.folder(cell).isPresent()).count();
        return value(first, "--limit")
                        .map(limit ->
                                String.format(Locale.ROOT, "First %,d training %s", Integer.parseInt(limit), unit))
                        .orElse("All training " + unit)
                + value(first, "--epochs")
                        .map(epochs -> ", " + Numbers.count(Long.parseLong(epochs), "epoch"))
                        .orElse("")
                + value(first, "--momentum")
                        .map(momentum -> ", momentum " + momentum)
                        .orElse("")
                + "; " + done + " of " + Numbers.count(cells.size(), part) + " done.";
    }

    private static Optional<String> value(Cell cell, String option) {
        int at = cell.arguments().indexOf(option);
        return at < 0 ? Optional.empty() : Optional.of(cell.arguments().get(at + 1));
    }
}
