package io.dl4jext.experiments.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableFilesTest {

    @TempDir
    Path folder;

    private void make(String... names) throws IOException {
        for (String name : names) {
            Files.createFile(folder.resolve(name));
        }
    }

    @Test
    void tablesByName() throws IOException {
        make(
                "wine.data",
                "b.csv.gz",
                "a.CSV",
                "c.data.gz",
                "README.md",
                "wine.names",
                ".hidden.csv",
                "csv",
                "d.csv.zip");
        Files.createDirectory(folder.resolve("folder.csv"));
        assertThat(TableFiles.in(folder))
                .extracting(file -> file.getFileName().toString())
                .containsExactly("a.CSV", "b.csv.gz", "c.data.gz", "wine.data");
    }

    @Test
    void aFolderWithoutTablesIsNamed() throws IOException {
        make("README.md");
        assertThatThrownBy(() -> TableFiles.in(folder))
                .isInstanceOf(DataFileException.class)
                .hasMessage(folder + ": expected files *.csv or *.data, plain or .gz, found none");
    }

    @Test
    void tablesAreNamedWithoutTheirEndings() {
        assertThat(TableFiles.tableName(Path.of("x", "wine.data"))).isEqualTo("wine");
        assertThat(TableFiles.tableName(Path.of("page.blocks.csv.gz"))).isEqualTo("page.blocks");
        assertThat(TableFiles.tableName(Path.of("a.CSV"))).isEqualTo("a");
        assertThat(TableFiles.tableName(Path.of("rows.txt"))).isEqualTo("rows.txt");
    }
}
