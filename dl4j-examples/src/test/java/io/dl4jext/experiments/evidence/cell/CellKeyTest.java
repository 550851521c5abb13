package io.dl4jext.experiments.evidence.cell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CellKeyTest {

    private static final Map<String, String> VERSIONS = Map.of("pack", "1");

    @TempDir
    Path folder;

    private static CellKey key(DataFolder data, Map<String, String> versions, String... arguments) {
        return CellKey.of(new Cell("a", 1, List.of(arguments)), data, versions);
    }

    private static CellKey key(String... arguments) {
        return key(DataFolder.none(), VERSIONS, arguments);
    }

    @Test
    void argumentsAndVersionsCountNameAndMinutesDoNot() {
        CellKey key = key("fisher", "--epochs", "3");
        assertThat(key.whole()).matches("[0-9a-f]{64}").startsWith(key.inNames());
        assertThat(key("fisher", "--epochs", "3").whole()).isEqualTo(key.whole());
        assertThat(CellKey.of(new Cell("b", 9, List.of("fisher", "--epochs", "3")), DataFolder.none(), VERSIONS)
                        .whole())
                .isEqualTo(key.whole());
        assertThat(key("fisher", "--epochs", "4").whole()).isNotEqualTo(key.whole());
        assertThat(key("fisher", "--epochs3").whole()).isNotEqualTo(key.whole());
        CellKey other = key(DataFolder.none(), Map.of("pack", "2"), "fisher", "--epochs", "3");
        assertThat(other.whole()).isNotEqualTo(key.whole());
        assertThat(other.setting()).isEqualTo(key.setting());
    }

    /** Neither the place of the data nor their contents, which would take long to read. */
    @Test
    void namesAndSizesOfTheDataCount() throws IOException {
        Path jsb = Files.createDirectories(folder.resolve("one").resolve("jsb"));
        Files.writeString(jsb.resolve("jsb-chorales.json"), "12");
        Path moved = Files.createDirectories(folder.resolve("two").resolve("jsb"));
        Files.writeString(moved.resolve("jsb-chorales.json"), "34");
        CellKey key = key(DataFolder.at(folder.resolve("one")), VERSIONS, "{JSB}");
        assertThat(key(DataFolder.at(folder.resolve("two")), VERSIONS, "{JSB}").whole())
                .isEqualTo(key.whole());
        Files.writeString(moved.resolve("jsb-chorales.json"), "345");
        CellKey larger = key(DataFolder.at(folder.resolve("two")), VERSIONS, "{JSB}");
        assertThat(larger.whole()).isNotEqualTo(key.whole());
        assertThat(larger.setting()).isNotEqualTo(key.setting());
        assertThat(key(DataFolder.at(folder.resolve("one")), VERSIONS, "fisher").whole())
                .as("data that the cell does not read")
                .isEqualTo(key("fisher").whole());
    }

    @Test
    void cellsAreChecked() {
        assertThatThrownBy(() -> new Cell("A b", 1, List.of())).hasMessageContaining("got A b");
        assertThatThrownBy(() -> new Cell("a", 0, List.of())).hasMessageContaining("expected minutes above 0, got 0");
        Cell one = new Cell("a", 1, List.of("x"));
        assertThatThrownBy(() -> Cell.requireDifferent(List.of(one, new Cell("a", 1, List.of("y")))))
                .hasMessageContaining("[a, a]");
        assertThat(Cell.typed(List.of("fisher", "--x", "two words", "it's", "a~b:0.1,2")))
                .isEqualTo("java -jar dl4j-examples.jar fisher --x 'two words' 'it'\\''s' a~b:0.1,2");
    }
}
