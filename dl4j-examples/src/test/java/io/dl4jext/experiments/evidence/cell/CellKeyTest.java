package io.dl4jext.experiments.evidence.cell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
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

    /** As everyone packs them anew, or not at all. */
    @Test
    void packingDoesNotCount() throws IOException {
        Path packed = Files.createDirectories(folder.resolve("packed").resolve("uci"));
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed.resolve("car.csv.gz")))) {
            out.write(new byte[1000]);
        }
        Path plain = Files.createDirectories(folder.resolve("plain").resolve("uci"));
        Files.write(plain.resolve("car.csv"), new byte[1000]);
        DataFolder one = DataFolder.at(folder.resolve("packed"));
        DataFolder other = DataFolder.at(folder.resolve("plain"));
        CellKey key = key(one, VERSIONS, "--file", "{UCI}/car.csv.gz");
        assertThat(key(other, VERSIONS, "--file", "{UCI}/car.csv").whole()).isEqualTo(key.whole());
        assertThat(key(one, VERSIONS, "{UCI}").whole())
                .isEqualTo(key(other, VERSIONS, "{UCI}").whole());
        Files.write(plain.resolve("car.csv"), new byte[1001]);
        assertThat(key(DataFolder.at(folder.resolve("plain")), VERSIONS, "--file", "{UCI}/car.csv")
                        .setting())
                .isNotEqualTo(key.setting());
    }

    /** As bgzip, pigz --independent and {@code cat a.gz b.gz} make them. */
    @Test
    void aFileOfSeveralPackedPartsHasTheSizeOfAll() throws IOException {
        Path uci = Files.createDirectories(folder.resolve("uci"));
        Path file = uci.resolve("car.csv.gz");
        try (OutputStream raw = Files.newOutputStream(file)) {
            for (int size : new int[] {1000, 10}) {
                GZIPOutputStream part = new GZIPOutputStream(raw);
                part.write(new byte[size]);
                part.finish();
            }
        }
        assertThat(PackedFile.sizeUnpacked(file)).isEqualTo(1010);
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 20));
        assertThat(PackedFile.sizeUnpacked(file)).as("damaged").isEqualTo(20);
        Files.writeString(file, "not packed, though it is named so");
        assertThat(PackedFile.sizeUnpacked(file)).isEqualTo(33);
        Files.writeString(file, "");
        assertThat(PackedFile.sizeUnpacked(file)).isZero();
    }

    /** Other files of the folder do not count for a cell that names its own. */
    @Test
    void filesThatACellNamesCountAlone() throws IOException {
        Path uci = Files.createDirectories(folder.resolve("uci"));
        Files.writeString(uci.resolve("car.csv"), "1,2");
        String setting =
                key(DataFolder.at(folder), VERSIONS, "--file", "{UCI}/car.csv").setting();
        String all = key(DataFolder.at(folder), VERSIONS, "{UCI}").setting();
        Files.writeString(uci.resolve("yeast.csv"), "1,2");
        DataFolder more = DataFolder.at(folder);
        assertThat(key(more, VERSIONS, "--file", "{UCI}/car.csv").setting()).isEqualTo(setting);
        assertThat(key(more, VERSIONS, "{UCI}").setting()).isNotEqualTo(all);
    }

    /** Two builds of one commit with changes that were not committed are told apart by what was built. */
    @Test
    void changesThatWereNotCommittedCount() throws IOException {
        assertThat(OwnCode.told("1.0 (commit 0123abc)")).isEqualTo("1.0 (commit 0123abc)");
        assertThat(OwnCode.told("1.0 (commit 0123abc-dirty)"))
                .matches("1\\.0 \\(commit 0123abc-dirty\\) [0-9a-f]{12}")
                .isEqualTo(OwnCode.told("1.0 (commit 0123abc-dirty)"));
        Path code = Files.createDirectories(folder.resolve("classes").resolve("a"));
        Files.writeString(code.resolve("A.class"), "1");
        String before = OwnCode.digest(List.of(code.getParent()));
        assertThat(OwnCode.digest(List.of(code.getParent()))).isEqualTo(before);
        Files.writeString(code.resolve("A.class"), "2");
        assertThat(OwnCode.digest(List.of(code.getParent()))).isNotEqualTo(before);
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
