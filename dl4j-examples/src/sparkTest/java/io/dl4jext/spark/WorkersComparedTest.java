package io.dl4jext.spark;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The program runs. */
class WorkersComparedTest {

    @Test
    void comparesThreads() {
        assertThat(new CommandLine(new WorkersCompared())
                        .execute("--threads", "--updates", "4", "--every", "1,2", "--hidden", "20"))
                .isZero();
    }
}
