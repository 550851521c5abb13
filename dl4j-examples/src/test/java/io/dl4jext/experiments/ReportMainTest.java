package io.dl4jext.experiments;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.experiments.evidence.cell.Cell;
import io.dl4jext.experiments.evidence.cell.DataFolder;
import io.dl4jext.experiments.evidence.cell.Scale;
import io.dl4jext.experiments.evidence.chapter.Chapter;
import io.dl4jext.experiments.evidence.chapter.Chapters;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code report} as a command of the program; its cells are commands of the program, too. */
@Tag("once")
class ReportMainTest extends ProgramTest {

    @ParameterizedTest
    @EnumSource
    void everyCellIsACommand(Scale scale) throws IOException {
        for (String name : List.of(
                "mnist/train-images-idx3-ubyte",
                "mnist/train-labels-idx1-ubyte",
                "mnist/t10k-images-idx3-ubyte",
                "mnist/t10k-labels-idx1-ubyte")) {
            Files.createDirectories(folder.resolve("mnist"));
            Files.writeString(folder.resolve(name), "x");
        }
        for (DataFolder data : List.of(DataFolder.none(), DataFolder.at(folder))) {
            for (Chapter chapter : Chapters.all()) {
                for (Cell cell : chapter.cells(scale, data)) {
                    List<String> arguments = new ArrayList<>(data.shown(cell.arguments()));
                    arguments.addAll(List.of("--output", "out"));
                    Main.commandLine().parseArgs(arguments.toArray(new String[0]));
                }
            }
        }
    }

    @Test
    void theProgramKnowsIt() {
        assertThat(run("report", "--list")).as(err.toString()).isZero();
        assertThat(out.toString()).contains("gradient-check", "java -jar dl4j-examples.jar fisher");
        assertThat(run("report", "--chapters", "0")).isEqualTo(2);
        assertThat(err.toString().lines())
                .singleElement()
                .satisfies(line -> assertThat(line).startsWith("error: --chapters: expected papers out of"));
    }
}
