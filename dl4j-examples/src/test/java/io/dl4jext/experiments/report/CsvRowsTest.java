package io.dl4jext.experiments.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvRowsTest {

    @TempDir
    Path folder;

    @Test
    void whatCsvFileWritesComesBack() throws IOException {
        List<String> texts =
                List.of("plain", "sgd 0.1, m 10", "with \"quotes\"", "two\nlines", "", "\"", "#no comment");
        Path file = folder.resolve("a.csv");
        new CsvFile<String>(file)
                .quotedColumn("text", text -> text)
                .column("length", String::length)
                .column("nan", text -> Double.NaN)
                .add(texts);
        List<CsvRows.Row> rows = CsvRows.read(file);
        assertThat(rows.stream().map(row -> row.text("text")).collect(Collectors.toList()))
                .isEqualTo(texts);
        assertThat(rows)
                .allSatisfy(row -> assertThat(row.whole("length"))
                        .isEqualTo(row.text("text").length()));
        assertThat(rows.get(0).number("nan")).isNaN();
    }

    @Test
    void commentsBlankLinesAndMissingEndsDoNotMatter() throws IOException {
        List<CsvRows.Row> rows = CsvRows.parse("x", "# first, a \"comment\"\r\na,b\r\n1,\r\n\n# end\n2,true");
        assertThat(rows).hasSize(2);
        assertThat(rows.get(0).number("b")).isNaN();
        assertThat(rows.get(1).isTrue("b")).isTrue();
    }

    @Test
    void whatIsWrongIsNamedWithItsFile() throws IOException {
        Path file = Files.writeString(folder.resolve("bad.csv"), "a,b\n1\n");
        assertThatThrownBy(() -> CsvRows.read(file))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("bad.csv")
                .hasMessageContaining("expected 2 cells, found [1]");
        Path bytes = Files.write(folder.resolve("bytes.csv"), new byte[] {'a', '\n', (byte) 0xff, '\n'});
        assertThatThrownBy(() -> CsvRows.read(bytes))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("bytes.csv: expected text in UTF-8");
        assertThatThrownBy(() -> CsvRows.parse("e.csv", "# only this")).hasMessageContaining("expected a header");
        CsvRows.Row row = CsvRows.parse("c.csv", "a\nword").get(0);
        assertThatThrownBy(() -> row.text("b")).hasMessageContaining("c.csv: expected a column b, found a");
        assertThatThrownBy(() -> row.number("a"))
                .hasMessageContaining("expected a number in the column a, found 'word'");
        CsvRows.Row numbers = CsvRows.parse("d.csv", "a,b\n2.7,").get(0);
        assertThatThrownBy(() -> numbers.whole("a"))
                .hasMessageContaining("expected a whole number in the column a, found '2.7'");
        assertThatThrownBy(() -> numbers.whole("b")).hasMessageContaining("expected a whole number in the column b");
        assertThatThrownBy(() -> numbers.isTrue("a"))
                .hasMessageContaining("expected true or false in the column a, found '2.7'");
    }
}
