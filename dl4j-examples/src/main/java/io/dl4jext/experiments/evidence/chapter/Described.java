package io.dl4jext.experiments.evidence.chapter;

import io.dl4jext.experiments.evidence.cell.Cell;
import io.dl4jext.experiments.report.Numbers;
import java.util.List;
import java.util.Locale;

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
        int done = cells.size() - results.missing(cells).size();
        return first.value("--limit")
                        .map(limit ->
                                String.format(Locale.ROOT, "First %,d training %s", Integer.parseInt(limit), unit))
                        .orElse((first.data().isEmpty() ? "All the program's own training " : "All training ") + unit)
                + first.value("--epochs")
                        .map(epochs -> ", " + Numbers.count(Long.parseLong(epochs), "epoch"))
                        .orElse("")
                + first.value("--momentum")
                        .map(momentum -> ", momentum " + momentum)
                        .orElse("")
                + "; " + done + " of " + Numbers.count(cells.size(), part) + " done.";
    }
}
