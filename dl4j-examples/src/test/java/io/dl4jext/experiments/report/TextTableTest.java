package io.dl4jext.experiments.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TextTableTest {

    @Test
    void eachColumnIsAsWideAsItsWidestCell() {
        TextTable<String> table = new TextTable<>(List.of("a", "four"))
                .column("word", word -> word)
                .column("n", String::length)
                .column("mark", word -> word.equals("a") ? "*" : "");
        assertThat(table.toString()).isEqualTo("word  n  mark\na     1     *\nfour  4\n");
    }

    @Test
    void withoutRowsThereIsAHeader() {
        assertThat(new TextTable<>(List.of()).column("word", word -> word).toString())
                .isEqualTo("word\n");
    }
}
