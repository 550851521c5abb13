package io.dl4jext.experiments.optimisers;

import io.dl4jext.experiments.cli.Numbers;
import io.dl4jext.experiments.cli.TextTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** One table of paper 3: its numbers and ours, side by side, and the curves of ours. */
final class Comparison {

    private static final String NONE = "-";

    private final String title;
    private final List<PaperRow> rows;
    private final List<Run> runs;

    /** @param rows with the settings in their order; those without a run keep the paper's numbers only */
    Comparison(String title, List<PaperRow> rows, List<Run> runs) {
        this.title = title;
        this.rows = rows;
        this.runs = runs;
    }

    private boolean isTrained(PaperRow row) {
        return runs.stream().anyMatch(run -> run.name().equals(row.setting().toString()));
    }

    /** Writes the picture, if there is a curve to draw. */
    void draw(Path file, int examples) throws IOException {
        CurvePicture picture = new CurvePicture(title, "epoch");
        for (PaperRow row : rows) {
            if (isTrained(row)) {
                String name = row.setting().toString();
                int size = row.setting().batchSize();
                picture.add(name, Runs.named(name, runs).curve(), (examples + size - 1) / size);
            }
        }
        if (!picture.isEmpty()) {
            picture.writePng(file);
        }
    }

    @Override
    public String toString() {
        TextTable table = new TextTable(
                "method", "rate", "m", "momentum", "paper: loss", "ours", "paper: accuracy", "ours", "seconds");
        for (PaperRow row : rows) {
            Setting setting = row.setting();
            Runs ours = isTrained(row) ? Runs.named(setting.toString(), runs) : null;
            table.row(
                    setting.method().toString(),
                    setting.rates(),
                    Integer.toString(setting.batchSize()),
                    setting.momentum() == 0 ? NONE : Numbers.plain(setting.momentum()),
                    row.isFromPaper() ? paper(row.loss()) : NONE,
                    ours == null ? NONE : ours.loss(),
                    row.isFromPaper() ? String.format(Locale.ROOT, "%.3f", row.accuracy()) : NONE,
                    ours == null ? NONE : ours.accuracy(),
                    ours == null ? NONE : ours.seconds());
        }
        return title + "\n" + table;
    }

    private static String paper(double loss) {
        return Double.isNaN(loss) ? "NaN" : Numbers.plain(loss);
    }
}
