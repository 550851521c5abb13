package io.dl4jext.experiments.evidence.chapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.experiments.evidence.cell.Cell;
import io.dl4jext.experiments.evidence.cell.CellState;
import io.dl4jext.experiments.evidence.cell.DataFolder;
import io.dl4jext.experiments.evidence.cell.DataSet;
import io.dl4jext.experiments.evidence.cell.Scale;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DescribedTest {

    @TempDir
    Path folder;

    private static Cell cell(int seed, String... arguments) {
        return new Cell("seed" + seed, 1, List.of(arguments));
    }

    private Results results(Map<Cell, CellState> states) {
        return new Results(Scale.FULL, DataFolder.none(), states);
    }

    @Test
    void aLimitTheEpochsAndTheMomentumAreNamed() {
        String mnist = DataSet.MNIST.placeholder();
        List<Cell> cells = List.of(
                cell(1, "fisher", "--data-dir", mnist, "--limit", "6000", "--epochs", "1", "--momentum", "0.9"),
                cell(2, "fisher", "--data-dir", mnist, "--limit", "6000", "--epochs", "1", "--momentum", "0.9"));
        assertThat(Described.of(cells, results(Map.of())))
                .isEqualTo("First 6,000 training images, 1 epoch, momentum 0.9; 0 of 2 seeds done.");
    }

    @Test
    void withoutALimitItIsAllOfAFolderOrAllThatTheProgramBrings() {
        Cell folders = cell(1, "implicit", "--data-dir", DataSet.MNIST.placeholder(), "--epochs", "2");
        Cell own = cell(1, "implicit", "--epochs", "2");
        Results none = results(Map.of());
        assertThat(Described.of(List.of(folders), none, "pieces"))
                .isEqualTo("All training pieces, 2 epochs; 0 of 1 seed done.");
        assertThat(Described.of(List.of(own), none, "pieces", "cell"))
                .isEqualTo("All the program's own training pieces, 2 epochs; 0 of 1 cell done.");
    }

    @Test
    void theCellsThatAreDoneAreCounted() {
        List<Cell> cells = List.of(cell(1, "music"), cell(2, "music"));
        Results one = results(Map.of(cells.get(1), CellState.done(null, folder)));
        assertThat(Described.of(cells, one, "pieces"))
                .isEqualTo("All the program's own training pieces; 1 of 2 seeds done.");
    }
}
