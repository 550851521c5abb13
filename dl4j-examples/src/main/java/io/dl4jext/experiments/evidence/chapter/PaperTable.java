package io.dl4jext.experiments.evidence.chapter;

import io.dl4jext.experiments.report.CsvRows;
import io.dl4jext.experiments.report.CsvRows.Row;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Numbers of a paper, from a CSV file beside this class. */
final class PaperTable {

    private PaperTable() {}

    static List<Row> read(String name) throws IOException {
        try (InputStream in = PaperTable.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("Expected the resource " + name + " beside " + PaperTable.class.getName()
                        + ", found none: the jar is not whole");
            }
            return CsvRows.parse(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }
}
