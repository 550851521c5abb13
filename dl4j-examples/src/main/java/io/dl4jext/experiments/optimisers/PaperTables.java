package io.dl4jext.experiments.optimisers;

import io.dl4jext.experiments.cli.EnumName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Tables 1 to 6 of paper 3, as they stand in a file beside this class. */
final class PaperTables {

    static final int LAST = 6;

    private static final String FILE = "paper-3-tables.csv";
    private static final List<String> TITLES = List.of(
            "SGD", "SGD with decay", "SGD with momentum", "SGD with decay and momentum", "AdaGrad", "all methods");

    private PaperTables() {}

    static String title(int table) {
        return "Table " + table + ", " + TITLES.get(table - 1);
    }

    /** All rows in the paper's order. */
    static List<PaperRow> rows() throws IOException {
        List<PaperRow> rows = new ArrayList<>();
        for (Map<String, String> record : PaperFile.read(FILE)) {
            double rate = number(record.get("learning_rate"), Double.NaN);
            rows.add(new PaperRow(
                    Integer.parseInt(record.get("table")),
                    new Setting(
                            new EnumName<>(Method.class).convert(record.get("method")),
                            rate,
                            number(record.get("final_learning_rate"), rate),
                            Integer.parseInt(record.get("batch_size")),
                            number(record.get("momentum"), 0)),
                    number(record.get("loss"), Double.NaN),
                    number(record.get("accuracy"), Double.NaN)));
        }
        return rows;
    }

    private static double number(String text, double otherwise) {
        return text.isEmpty() ? otherwise : text.equals("nan") ? Double.NaN : Double.parseDouble(text);
    }
}
