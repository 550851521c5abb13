package io.dl4jext.experiments.evidence.cell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {

    @TempDir
    Path folder;

    private static void mnist(Path at) throws IOException {
        Files.createDirectories(at);
        for (String name : List.of("train-images-idx3-ubyte", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte")) {
            Files.writeString(at.resolve(name), "x");
        }
        Files.writeString(at.resolve("t10k-labels-idx1-ubyte"), "xyz");
        Files.writeString(at.resolve("README"), "no part of it");
    }

    @Test
    void setsAreFoundWhereTheyMayLie() throws IOException {
        mnist(folder.resolve("mnist"));
        Path cifar = Files.createDirectories(folder.resolve("cifar-10").resolve("cifar-10-batches-bin"));
        for (String name : List.of("1", "2", "3", "4", "5")) {
            Files.writeString(cifar.resolve("data_batch_" + name + ".bin"), "x");
        }
        assertThat(DataFolder.at(folder).has(DataSet.CIFAR10))
                .as("five of six files")
                .isFalse();
        Files.writeString(cifar.resolve("test_batch.bin"), "x");
        Files.createDirectories(folder.resolve("uci"));
        DataFolder data = DataFolder.at(folder);
        assertThat(data.has(DataSet.CIFAR10)).isTrue();
        assertThat(data.missing(EnumSet.allOf(DataSet.class), List.of()).keySet())
                .containsExactly("JSB Chorales", "UCI sets");
        assertThat(data.files(DataSet.MNIST)).hasSize(4);
        assertThat(data.read(new Cell("a", 1, List.of("{MNIST}")), DataSet.MNIST))
                .hasSize(4)
                .containsEntry("t10k-labels-idx1-ubyte", 3L)
                .containsEntry("train-labels-idx1-ubyte", 1L);
        assertThat(data.resolved(List.of("--data-dir", "{CIFAR10}", "{MNIST}/x")))
                .containsExactly(
                        "--data-dir",
                        cifar.toAbsolutePath().toString(),
                        folder.resolve("mnist").toAbsolutePath() + "/x");
        assertThat(data.shown(List.of("--data-dir", "{CIFAR10}")))
                .containsExactly("--data-dir", "DIR/cifar-10/cifar-10-batches-bin");
    }

    @Test
    void aFileThatIsThereTwicePackedAndUnpackedIsOne() throws IOException {
        mnist(folder);
        Files.delete(folder.resolve("t10k-labels-idx1-ubyte"));
        Files.writeString(folder.resolve("train-labels-idx1-ubyte"), "x");
        assertThat(DataFolder.at(folder).has(DataSet.MNIST)).isFalse();
    }

    @Test
    void theFolderItselfMayBeASet() throws IOException {
        mnist(folder);
        DataFolder data = DataFolder.at(folder);
        assertThat(data.has(DataSet.MNIST)).isTrue();
        assertThat(data.shown(List.of("{MNIST}"))).containsExactly("DIR");
        assertThat(data.resolved(List.of("{MNIST}")))
                .containsExactly(folder.toAbsolutePath().toString());
    }

    @Test
    void aFileThatACellNamesMayBeMissingWhereOthersOfItsSetAreThere() throws IOException {
        Files.writeString(Files.createDirectories(folder.resolve("uci")).resolve("car.csv.gz"), "x");
        DataFolder data = DataFolder.at(folder);
        Cell car = new Cell("car", 1, List.of("--file", "{UCI}/car.csv.gz"));
        Cell yeast = new Cell("yeast", 1, List.of("--file", "{UCI}/yeast.csv"));
        assertThat(data.hasAll(car)).isTrue();
        assertThat(data.hasAll(yeast)).isFalse();
        assertThat(data.missing(List.of(DataSet.UCI), List.of(car, yeast)))
                .containsExactly(entry("UCI sets (yeast.csv)", DataSet.UCI.howToGet()));
        assertThat(DataFolder.none().missing(List.of(DataSet.UCI), List.of(car, yeast)))
                .containsOnlyKeys("UCI sets");
    }

    @Test
    void aFileThatIsAnotherByNowIsNamed() throws IOException {
        mnist(folder.resolve("mnist"));
        Path uci = Files.createDirectories(folder.resolve("uci"));
        Files.writeString(uci.resolve("car.csv"), "1,2");
        Files.writeString(uci.resolve("yeast.csv"), "1,2");
        DataFolder data = DataFolder.at(folder);
        Cell car = new Cell("car", 1, List.of("--file", "{UCI}/car.csv"));
        Cell digits = new Cell("digits", 1, List.of("--data-dir", "{MNIST}"));
        assertThat(data.changed(car)).isEmpty();
        assertThat(data.changed(digits)).isEmpty();

        Files.writeString(uci.resolve("yeast.csv"), "1,2\n3,4");
        assertThat(data.changed(car)).isEmpty();
        Files.writeString(uci.resolve("car.csv"), "1,2\n3,4");
        Files.delete(folder.resolve("mnist").resolve("t10k-labels-idx1-ubyte"));
        assertThat(data.changed(car)).containsExactly("car.csv");
        assertThat(data.changed(digits)).contains("t10k-labels-idx1-ubyte");
        assertThat(DataFolder.none().changed(new Cell("none", 1, List.of("x")))).isEmpty();
    }

    /** As the command that reads them, which passes over what macOS leaves beside a file. */
    @Test
    void tablesAreThoseThatTheCommandTakes() throws IOException {
        Path uci = Files.createDirectories(folder.resolve("uci"));
        for (String name : List.of("._car.csv", ".hidden.csv.gz", "car.csv", "Wine.CSV", "seeds.data", "notes.txt")) {
            Files.writeString(uci.resolve(name), "1,2");
        }
        assertThat(DataFolder.at(folder).files(DataSet.UCI)).containsExactly("Wine.CSV", "car.csv", "seeds.data");
    }

    @Test
    void noneAndNoFolder() {
        assertThat(DataFolder.none().missing(List.of(DataSet.MNIST), List.of())).containsOnlyKeys("MNIST");
        assertThatThrownBy(() -> DataFolder.at(folder.resolve("absent")))
                .hasMessageContaining("--data-dir: expected a folder with data sets, got ")
                .hasMessageContaining("absent");
    }
}
