package io.dl4jext.experiments.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvFileTest {

    @TempDir
    Path folder;

    @Test
    void cellsAreQuotedByRfc4180() throws IOException {
        Path path = folder.resolve("a.csv");
        CsvFile<String> file = new CsvFile<String>(path)
                .column("text", text -> text)
                .quotedColumn("quoted", text -> "x")
                .column("length", String::length)
                .column("number", text -> 0.1);
        file.add("plain");
        file.add(List.of("a,b", "say \"a\"", "two\nlines"));
        assertThat(path)
                .content()
                .isEqualTo(String.join(
                        System.lineSeparator(),
                        "text,quoted,length,number",
                        "plain,\"x\",5,0.1",
                        "\"a,b\",\"x\",3,0.1",
                        "\"say \"\"a\"\"\",\"x\",7,0.1",
                        "\"two\nlines\",\"x\",9,0.1",
                        ""));
        assertThat(folder.toFile().list()).containsExactly("a.csv");
        file.replace(List.of("b"));
        assertThat(path)
                .content()
                .isEqualTo(String.join(System.lineSeparator(), "text,quoted,length,number", "b,\"x\",1,0.1", ""));
    }

    @Test
    void aFullDiskIsNamedAndLeavesTheRowsOfBefore() throws IOException {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full));
        Path path = folder.resolve("a.csv");
        CsvFile<String> file = new CsvFile<String>(path).column("text", text -> text);
        file.add("kept");
        Files.createSymbolicLink(folder.resolve("a.csv.new"), full);
        assertThatThrownBy(() -> file.add("lost"))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContainingAll(path.toString(), "No space left on device");
        assertThat(path).content().contains("kept").doesNotContain("lost");
        assertThat(folder.toFile().list()).containsExactly("a.csv");
    }
}
