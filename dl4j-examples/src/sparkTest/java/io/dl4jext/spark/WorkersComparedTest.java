package io.dl4jext.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
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

    @Test
    void refusesABatchThatCannotBeDivided() {
        StringWriter errors = new StringWriter();
        int exit = new CommandLine(new WorkersCompared())
                .setErr(new PrintWriter(errors))
                .execute("--threads", "--workers", "3");
        assertThat(exit).isEqualTo(2);
        assertThat(errors.toString()).contains("expected numbers of workers that divide the batch of 64, got 3");
    }
}
