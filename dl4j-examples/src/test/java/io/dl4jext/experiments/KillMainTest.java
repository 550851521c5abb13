package io.dl4jext.experiments;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code kill} from the command line to the files; each training in processes of its own. */
class KillMainTest extends ProgramTest {

    @Test
    @Tag("slow")
    void trainingsThatWereKilledEndAsTheOthers() throws IOException {
        Path output = folder.resolve("out");
        int code = run("kill", "--kills", "4", "--seed", "3", "--output", output.toString());

        assertThat(code).as(out + "\n" + err).isZero();
        assertThat(Files.readAllLines(output.resolve("trainings.csv")).subList(1, 5))
                .allSatisfy(row -> assertThat(row).endsWith(",identical"));
        assertThat(output.resolve("table.txt")).content().contains("implicit", "controlled", "accumulated", "graph");
    }

    @Test
    void whatTheUserCanPutRightIsOneLine() {
        assertThat(run("kill", "--kills", "0")).isEqualTo(2);
        assertThat(err.toString().lines())
                .singleElement()
                .satisfies(line -> assertThat(line).contains("--kills: expected at least 1, got 0"));
    }
}
