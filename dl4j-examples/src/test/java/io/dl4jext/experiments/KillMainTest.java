package io.dl4jext.experiments;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.users.SeveralThreads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code kill}, each training in processes of its own, and {@code soak} from the command line to the files. */
class KillMainTest extends ProgramTest {

    @Test
    @Tag("slow")
    void trainingsThatWereKilledEndAsTheOthers() throws IOException {
        Path output = folder.resolve("out");
        int code = run("kill", "--kills", "1", "--setups", "controlled", "--seed", "3", "--output", output.toString());

        assertThat(code).as(out + "\n" + err).isZero();
        assertThat(Files.readAllLines(output.resolve("trainings.csv")).subList(1, 2))
                .allSatisfy(row -> assertThat(row).endsWith(",identical"));
        assertThat(output.resolve("table.txt")).content().contains("controlled");
    }

    @Test
    @Tag("slow")
    void aSoakIsSampledAndDrawn() throws IOException {
        SeveralThreads.assumeSafe();
        Path output = folder.resolve("out");
        int code = run(
                "soak",
                "--minutes",
                "0.05",
                "--every",
                "1",
                "--setups",
                "implicit,graph",
                "--output",
                output.toString());

        assertThat(code).as(out + "\n" + err).isZero();
        List<String> rows = Files.readAllLines(output.resolve("soak.csv"));
        assertThat(rows.get(0)).startsWith("minutes,updates,measurements,heap_mib");
        assertThat(rows).hasSizeGreaterThanOrEqualTo(3);
        assertThat(output.resolve("soak.png")).isNotEmptyFile();
        assertThat(output.resolve("table.txt")).content().contains("too short to tell", "open files");
        assertThat(Files.readAllLines(output.resolve("graph").resolve("fisher.csv")))
                .filteredOn(row -> row.matches("\\d+,\\d+,.*"))
                .isNotEmpty();
    }

    @Test
    void whatTheUserCanPutRightIsOneLine() {
        assertThat(run("kill", "--kills", "0")).isEqualTo(2);
        assertThat(err.toString().lines())
                .singleElement()
                .satisfies(line -> assertThat(line).contains("--kills: expected at least 1, got 0"));
    }
}
